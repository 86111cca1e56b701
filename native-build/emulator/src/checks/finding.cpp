#include "finding.h"

#include <cstdarg>
#include <cstdio>

namespace bitlift_emulator::checks {

void found(CUresult error, const char* format, ...) {
    static char why[400];
    va_list values;
    va_start(values, format);
    std::vsnprintf(why, sizeof(why), format, values);
    va_end(values);
    block.fail(error, why);
}

const char* name_of(Access access) {
    return access == Access::Read ? "read" : access == Access::Write ? "write" : "atomic operation";
}

namespace {

/** The parameter that points into the region, for the message. */
unsigned parameter_of(const Region& region) {
    for (unsigned i = 0; i < running.launch->kernel->parameterCount; i++) {
        std::uintptr_t value = 0;
        if (running.launch->kernel->parameters[i].size != sizeof(value)) continue;
        __builtin_memcpy(&value, running.launch->arguments.data() + running.launch->offsets[i], sizeof(value));
        if (value >= region.extent.at && value <= region.extent.at + region.extent.bytes) return i + 1;
    }
    return 0;
}

}  // namespace

const char* place_of(const Region& region, std::uintptr_t at) {
    static char text[200];
    const auto offset = static_cast<long long>(at - region.extent.at);
    const unsigned parameter = region.kind == Kind::Shared ? 0 : parameter_of(region);
    char which[40] = "";
    if (parameter != 0) std::snprintf(which, sizeof(which), " behind parameter %u", parameter);
    std::snprintf(text, sizeof(text), "byte %lld of %s%s (%zu bytes)", offset, region.name.c_str(), which, region.extent.bytes);
    return text;
}

void found_race(const Region& region, std::uintptr_t at, Access access, const char* earlier, std::uint32_t run,
                unsigned thread) {
    const char* place = place_of(region, at);
    if (run == running.ordering.current_run()) {
        const Index3 size = running.launch->block;
        found(CUDA_ERROR_LAUNCH_FAILED, "race: %s of %s, with nothing between it and the %s by thread (%u, %u, %u)", name_of(access),
              place, earlier, thread % size.x, thread / size.x % size.y, thread / size.x / size.y);
    }
    const Index3 other = block_at(*running.launch, running.order[run - running.ordering.first_run()]);
    found(CUDA_ERROR_LAUNCH_FAILED, "race: %s of %s, and a %s by block (%u, %u, %u)", name_of(access), place, earlier, other.x, other.y,
          other.z);
}

}  // namespace bitlift_emulator::checks

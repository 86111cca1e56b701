#include "access.h"

#include <cstdarg>
#include <cstdio>
#include <vector>

#include <link.h>

#include "../block.h"
#include "ordering.h"
#include "shadow.h"

namespace bitlift_emulator::checks {

namespace {

Ordering ordering;
const Launch* launched = nullptr;
std::vector<unsigned> order;  // of the launch's blocks
std::uintptr_t imageBegin = 0, imageEnd = 0;  // of the library that the kernel is in

/** Made at first use: libraries announce shared variables, and kernels allocate, in no order we could rely on. */
Shadow& shadow() {
    static Shadow shadow;
    return shadow;
}

unsigned self() { return block.current().place.linear; }

[[noreturn]] void found(CUresult error, const char* format, ...) {
    static char why[400];
    va_list values;
    va_start(values, format);
    std::vsnprintf(why, sizeof(why), format, values);
    va_end(values);
    block.fail(error, why);
}

const char* name_of(Access access) { return access == Access::Read ? "read" : access == Access::Write ? "write" : "atomic operation"; }

/** The parameter that points into the region, for the message. */
unsigned parameter_of(const Region& region) {
    for (unsigned i = 0; i < launched->kernel->parameterCount; i++) {
        std::uintptr_t value = 0;
        if (launched->kernel->parameters[i].size != sizeof(value)) continue;
        __builtin_memcpy(&value, launched->arguments.data() + launched->offsets[i], sizeof(value));
        if (value >= region.extent.at && value <= region.extent.at + region.extent.bytes) return i + 1;
    }
    return 0;
}

/** "byte 12 of shared tile (64 bytes)"; the text is overwritten by the next call. */
const char* place_of(const Region& region, std::uintptr_t at) {
    static char text[200];
    const auto offset = static_cast<long long>(at - region.extent.at);
    const unsigned parameter = region.kind == Kind::Shared ? 0 : parameter_of(region);
    char which[40] = "";
    if (parameter != 0) std::snprintf(which, sizeof(which), " behind parameter %u", parameter);
    std::snprintf(text, sizeof(text), "byte %lld of %s%s (%zu bytes)", offset, region.name.c_str(), which, region.extent.bytes);
    return text;
}

[[noreturn]] void race(const Region& region, std::uintptr_t at, Access access, const char* earlier, std::uint32_t run, unsigned thread) {
    const char* place = place_of(region, at);
    if (run == ordering.current_run()) {
        const Index3 size = launched->block;
        found(CUDA_ERROR_LAUNCH_FAILED, "race: %s of %s, with nothing between it and the %s by thread (%u, %u, %u)", name_of(access),
              place, earlier, thread % size.x, thread / size.x % size.y, thread / size.x / size.y);
    }
    const Index3 other = block_at(*launched, order[run - ordering.first_run()]);
    found(CUDA_ERROR_LAUNCH_FAILED, "race: %s of %s, and a %s by block (%u, %u, %u)", name_of(access), place, earlier, other.x, other.y,
          other.z);
}

unsigned first_lane(const Cell& cell) {
    const unsigned others = cell.readLanes & ~(cell.readWarp == self() / 32 ? 1u << self() % 32 : 0u);
    return cell.readWarp * 32u + static_cast<unsigned>(__builtin_ctz(others != 0 ? others : cell.readLanes));
}

bool readers_before(const Cell& cell) {
    if (cell.readRun < ordering.first_run()) return true;
    if (cell.readByBlocks) return false;
    if (cell.readRun == ordering.current_run() && cell.readPhase == ordering.phase() && cell.readByWarps) return false;
    return ordering.before(self(), cell.readRun, cell.readPhase, cell.readWarp, cell.readLanes, cell.readTime);
}

void check_races(const Region& region, const Cell& cell, std::uintptr_t at, unsigned bytes, Access access) {
    if (cell.pendingRun == ordering.current_run())
        found(CUDA_ERROR_LAUNCH_FAILED, "race: %s of %s before the asynchronous copy to it by thread number %u was waited for",
              name_of(access), place_of(region, at), cell.pendingThread);
    if ((cell.writeBytes & bytes) != 0 && !(access == Access::Atomic && cell.writeAtomic) &&
        !ordering.before(self(), cell.writeRun, cell.writePhase, cell.writeThread / 32u, 1u << cell.writeThread % 32, cell.writeTime))
        race(region, at, access, "write", cell.writeRun, cell.writeThread);
    if (access != Access::Read && (cell.readBytes & bytes) != 0 && !readers_before(cell))
        race(region, at, access, "read", cell.readRun, first_lane(cell));
}

void remember_read(Cell& cell, unsigned bytes) {
    const unsigned warp = self() / 32, lane = 1u << self() % 32;
    const bool thisLaunch = cell.readRun >= ordering.first_run(), thisRun = cell.readRun == ordering.current_run();
    const bool unordered = thisRun && cell.readPhase == ordering.phase() && !readers_before(cell);
    cell.readByBlocks = thisLaunch && (cell.readByBlocks || !thisRun);
    cell.readByWarps = thisRun && cell.readPhase == ordering.phase() && (cell.readByWarps || cell.readWarp != warp);
    cell.readLanes = unordered && cell.readWarp == warp ? cell.readLanes | lane : lane;
    cell.readBytes = static_cast<std::uint8_t>(thisLaunch ? cell.readBytes | bytes : bytes);
    cell.readWarp = static_cast<std::uint16_t>(warp);
    cell.readRun = ordering.current_run();
    cell.readPhase = ordering.phase();
    cell.readTime = ordering.time(warp);
}

unsigned known_bytes(const Region& region, const Cell& cell) {
    if (region.kind == Kind::Pinned) return 0xf;
    return cell.known;
}

void set_known(const Region& region, Cell& cell, unsigned bytes, unsigned known) {
    cell.known = static_cast<std::uint8_t>((known_bytes(region, cell) & ~bytes) | known);
}

void remember_write(const Region& region, Cell& cell, unsigned bytes, bool atomic) {
    const unsigned warp = self() / 32;
    cell.writeRun = ordering.current_run();
    cell.writePhase = ordering.phase();
    cell.writeTime = ordering.time(warp);
    cell.writeThread = static_cast<std::uint16_t>(self());
    cell.writeBytes = static_cast<std::uint8_t>(bytes);
    cell.writeAtomic = atomic;
    set_known(region, cell, bytes, bytes);
}

/** The region of an access that is to be looked at; null for the thread's own variables and constants. */
const Region* region_of(std::uintptr_t at, std::size_t bytes, Access access) {
    const auto* address = reinterpret_cast<const void*>(at);
    if (block.current().stack->holds(address)) return nullptr;
    const Region* region = shadow().find(at);
    if (region != nullptr && region->holds(at, bytes)) return region;
    if (region != nullptr)
        found(CUDA_ERROR_ILLEGAL_ADDRESS, "out of bounds: %s of %zu bytes at %s", name_of(access), bytes, place_of(*region, at));
    if (block.owns(address) || (at >= reinterpret_cast<std::uintptr_t>(&bitlift_emulator_block) &&
                                at < reinterpret_cast<std::uintptr_t>(&bitlift_emulator_block + 1)) ||
        at == reinterpret_cast<std::uintptr_t>(&bitlift_emulator_place))
        return nullptr;
    if (at >= imageBegin && at < imageEnd && access == Access::Read) return nullptr;
    found(CUDA_ERROR_ILLEGAL_ADDRESS, "out of bounds: %s of %zu bytes at %p, which belongs to no allocation", name_of(access), bytes, address);
}

/** Shared memory begins anew with every block. */
Cell& cell_of(const Region& region, std::uintptr_t at) {
    Cell& cell = region.cell(at);
    if (region.kind == Kind::Shared && cell.sharedRun != ordering.current_run()) {
        cell = {};
        cell.sharedRun = ordering.current_run();
    }
    return cell;
}

template <class Body>
void each_cell(const Region& region, std::uintptr_t at, std::size_t bytes, Body body) {
    for (std::uintptr_t cellAt = at & ~std::uintptr_t{3}; cellAt < at + bytes; cellAt += 4)
        body(cell_of(region, cellAt), cellAt, bytes_of(cellAt, at, bytes));
}

bool recording() { return bitlift_emulator_place != nullptr; }

void find_image() {
    const auto kernel = reinterpret_cast<std::uintptr_t>(launched->kernel->call);
    if (kernel >= imageBegin && kernel < imageEnd) return;
    dl_iterate_phdr(
        [](dl_phdr_info* library, std::size_t, void* sought) {
            std::uintptr_t begin = ~std::uintptr_t{0}, end = 0;
            for (int i = 0; i < library->dlpi_phnum; i++) {
                const auto& part = library->dlpi_phdr[i];
                if (part.p_type != PT_LOAD) continue;
                begin = std::min(begin, library->dlpi_addr + part.p_vaddr);
                end = std::max(end, library->dlpi_addr + part.p_vaddr + part.p_memsz);
            }
            const auto at = *static_cast<const std::uintptr_t*>(sought);
            if (at < begin || at >= end) return 0;
            imageBegin = begin;
            imageEnd = end;
            return 1;
        },
        const_cast<std::uintptr_t*>(&kernel));
}

/** Where the last read of a whole struct was, for the write that stores it. */
struct Whole {
    std::uintptr_t at = 0;
    std::size_t bytes = 0;
    unsigned thread = 0;
    Access access = Access::Read;
} half;

void carry_known(std::uintptr_t to, std::uintptr_t from, std::size_t bytes) {
    const Region* const target = shadow().find(to);
    const Region* const source = shadow().find(from);
    if (target == nullptr || source == nullptr || !target->holds(to, bytes) || !source->holds(from, bytes)) return;
    for (std::size_t i = 0; i < bytes; i++) {
        const bool known = known_bytes(*source, cell_of(*source, from + i)) >> (from + i) % 4 & 1u;
        set_known(*target, cell_of(*target, to + i), 1u << (to + i) % 4, known ? 1u << (to + i) % 4 : 0u);
    }
}

}  // namespace

void look_at(std::uintptr_t at, std::size_t bytes, Access access) {
    if (!recording()) return;
    half.bytes = 0;
    const Region* const region = region_of(at, bytes, access);
    if (region == nullptr) return;
    each_cell(*region, at, bytes, [&](Cell& cell, std::uintptr_t cellAt, unsigned covered) {
        check_races(*region, cell, std::max(at, cellAt), covered, access);
        if (access != Access::Write && (known_bytes(*region, cell) & covered) != covered)
            found(CUDA_ERROR_LAUNCH_FAILED, "uninitialised: %s of %s, which nobody has written", name_of(access),
                  place_of(*region, std::max(at, cellAt)));
        if (access == Access::Read) remember_read(cell, covered);
        else remember_write(*region, cell, covered, access == Access::Atomic);
    });
}

void look_at_whole(std::uintptr_t at, std::size_t bytes, Access access) {
    if (!recording()) return;
    const Whole before = half;
    half = {at, bytes, self(), access};
    const Region* const region = region_of(at, bytes, access);
    if (region == nullptr) return;
    bool known = access == Access::Write;
    each_cell(*region, at, bytes, [&](Cell& cell, std::uintptr_t cellAt, unsigned covered) {
        check_races(*region, cell, std::max(at, cellAt), covered, access);
        known |= (known_bytes(*region, cell) & covered) != 0;
        if (access == Access::Read) remember_read(cell, covered);
        else remember_write(*region, cell, covered, false);
    });
    if (!known) found(CUDA_ERROR_LAUNCH_FAILED, "uninitialised: read of %s, which nobody has written", place_of(*region, at));
    if (before.bytes != bytes || before.thread != self() || before.access == access) return;
    if (access == Access::Write) carry_known(at, before.at, bytes);
    else carry_known(before.at, at, bytes);
}

void allocated(const Extent& extent, bool pinned) {
    shadow().add(extent, pinned ? Kind::Pinned : Kind::Device, pinned ? "pinned memory" : "device memory");
}

void releasing(const Extent& extent) { shadow().remove(extent.at); }

void written(const void* to, std::size_t bytes) {
    const auto at = reinterpret_cast<std::uintptr_t>(to);
    const Region* const region = shadow().find(at);
    if (region == nullptr || !region->holds(at, bytes)) return;
    each_cell(*region, at, bytes, [](Cell& cell, std::uintptr_t, unsigned covered) { cell.known |= static_cast<std::uint8_t>(covered); });
}

void copied(const void* to, const void* from, std::size_t bytes) {
    carry_known(reinterpret_cast<std::uintptr_t>(to), reinterpret_cast<std::uintptr_t>(from), bytes);
}

void begin_launch(const Launch& launch, const std::vector<unsigned>& blockOrder) {
    launched = &launch;
    order = blockOrder;
    ordering.begin_launch();
    find_image();
}

void begin_block(const void* dynamicShared, std::size_t bytes) {
    static std::size_t known = 0;
    ordering.begin_block();
    half = {};
    const auto at = reinterpret_cast<std::uintptr_t>(dynamicShared);
    if (known != bytes) {
        shadow().remove(at);
        shadow().add({at, bytes, at, most_shared}, Kind::Shared, "dynamic shared memory");
    }
    known = bytes;
}

void abandoned(const void*, std::size_t) {}

void barrier_passed() { ordering.barrier(); }

void lanes_synchronised(unsigned warp, unsigned lanes) { ordering.meet(warp, lanes); }

void copy_asked(const AsyncCopy& copy) {
    if (copy.size > copy.zeroes) look_at_whole(reinterpret_cast<std::uintptr_t>(copy.from), copy.size - copy.zeroes, Access::Read);
    const auto at = reinterpret_cast<std::uintptr_t>(copy.to);
    look_at(at, copy.size, Access::Write);
    const Region* const region = region_of(at, copy.size, Access::Write);
    if (region == nullptr) return;
    each_cell(*region, at, copy.size, [&](Cell& cell, std::uintptr_t, unsigned) {
        cell.pendingRun = ordering.current_run();
        cell.pendingThread = static_cast<std::uint16_t>(self());
    });
}

void copy_done(const AsyncCopy& copy) {
    const auto at = reinterpret_cast<std::uintptr_t>(copy.to);
    const Region* const region = shadow().find(at);
    if (region == nullptr) return;
    each_cell(*region, at, copy.size, [&](Cell& cell, std::uintptr_t, unsigned covered) {
        cell.pendingRun = 0;
        remember_write(*region, cell, covered, false);
    });
    carry_known(at, reinterpret_cast<std::uintptr_t>(copy.from), copy.size - copy.zeroes);
}

}  // namespace bitlift_emulator::checks

using namespace bitlift_emulator;

extern "C" __attribute__((visibility("default"))) void bitlift_emulator_shared(const char* name, void* at, std::size_t bytes,
                                                                              std::size_t guard) {
    const auto address = reinterpret_cast<std::uintptr_t>(at);
    checks::shadow().add({address, bytes, address - guard, bytes + 2 * guard}, checks::Kind::Shared, std::string("shared ") + name);
}

extern "C" __attribute__((visibility("default"))) void bitlift_emulator_atomic(void* at, std::size_t bytes) {
    checks::look_at(reinterpret_cast<std::uintptr_t>(at), bytes, checks::Access::Atomic);
}

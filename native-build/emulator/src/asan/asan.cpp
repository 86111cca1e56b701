// Kernels under AddressSanitizer: what it doesn't know by itself, and its findings as failures of their launch.
#include <sanitizer/asan_interface.h>

#include "../block.h"
#include "../checks.h"

namespace bitlift_emulator::checks {

namespace {

void on_report(const char*) {
    if (bitlift_emulator_place != nullptr) block.note(CUDA_ERROR_LAUNCH_FAILED, "AddressSanitizer reports what stands above");
}

const bool listening = (__asan_set_error_report_callback(on_report), true);

}  // namespace

void allocated(const Extent& extent, bool) {
    __asan_poison_memory_region(reinterpret_cast<void*>(extent.outerAt), extent.outerBytes);
    __asan_unpoison_memory_region(reinterpret_cast<void*>(extent.at), extent.bytes);
}

// The pages may come back as somebody else's memory.
void releasing(const Extent& extent) {
    __asan_unpoison_memory_region(reinterpret_cast<void*>(extent.outerAt), extent.outerBytes);
}

void begin_block(const void* dynamicShared, std::size_t bytes) {
    __asan_poison_memory_region(dynamicShared, most_shared);
    __asan_unpoison_memory_region(dynamicShared, bytes);
}

void begin_cooperative(const char* dynamicShared, std::size_t bytes, std::size_t stride, unsigned blocks) {
    for (unsigned i = 0; i < blocks; i++) __asan_poison_memory_region(dynamicShared + stride * i + bytes, stride - bytes);
}

void end_cooperative(const char* dynamicShared, std::size_t stride, unsigned blocks) {
    __asan_unpoison_memory_region(dynamicShared, stride * blocks);
}

void abandoned(const void* at, std::size_t bytes) { __asan_unpoison_memory_region(at, bytes); }

void written(const void*, std::size_t) {}
void copied(const void*, const void*, std::size_t) {}
void begin_launch(const Launch&, const std::vector<unsigned>&) { (void)listening; }
void grid_barrier_passed() {}
void resume_block(const char*) {}
void barrier_passed() {}
void lanes_synchronised(unsigned, unsigned) {}
void copy_asked(const AsyncCopy&) {}
void copy_done(const AsyncCopy&) {}

}  // namespace bitlift_emulator::checks

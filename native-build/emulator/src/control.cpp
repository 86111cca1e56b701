// What the emulator offers beyond CUDA: counters, runs by kernel, the order of execution, and leaving it out; for C and,
// under JNI's names, for Java.
#include "checks.h"
#include "driver_call.h"
#include "grid.h"
#include "graph.h"
#include "kernels.h"
#include "memory.h"
#include "module.h"
#include "order.h"
#include "stream.h"

using namespace bitlift_emulator;

#define CONTROL_CALL extern "C" __attribute__((visibility("default")))

/** The counters, by number; EmulatedDriver.java lists them in the same order. -1 for another number. */
CONTROL_CALL long long bitlift_emulator_counter(int which) {
    const std::lock_guard<std::mutex> locked(driver_lock);
    const MemoryCounts device = device_memory_counts(), pinned = pinned_memory_counts();
    const std::size_t counters[] = {
        device.liveBytes, device.liveCount, device.allocations, device.frees,
        pinned.liveBytes, pinned.liveCount, pinned.allocations, pinned.frees,
        live_contexts(), live_modules(), live_streams(), live_events(), live_graphs(), reclaimed_objects, launches_run(), checks::kind,
    };
    constexpr int count = sizeof(counters) / sizeof(counters[0]);
    return which < 0 || which >= count ? -1 : static_cast<long long>(counters[which]);
}

/** How often a kernel has run, by its place in the order of names; -1 past the last one. */
CONTROL_CALL long long bitlift_emulator_kernel_runs(int index) {
    const KernelRuns kernel = kernel_runs(static_cast<std::size_t>(index));
    return kernel.name == nullptr ? -1 : static_cast<long long>(kernel.runs);
}

/** Its name; null past the last one. */
CONTROL_CALL const char* bitlift_emulator_kernel_name(int index) { return kernel_runs(static_cast<std::size_t>(index)).name; }

/** 0 forward, 1 reverse, 2 random from `seed`; holds for kernels that start from now on. False for another number. */
CONTROL_CALL bool bitlift_emulator_order(int kind, unsigned long long seed) {
    if (kind < 0 || kind > 2) return false;
    const std::lock_guard<std::mutex> locked(driver_lock);
    choose_order(static_cast<OrderKind>(kind), seed);
    return true;
}

/** Whether launches of kernels and graphs run anything from now on. */
CONTROL_CALL void bitlift_emulator_execute(bool on) {
    const std::lock_guard<std::mutex> locked(driver_lock);
    execution = on;
}

CONTROL_CALL long long Java_io_github_bitlift_backend_cuda_EmulatedDriver_readCounter(void*, void*, int which) {
    return bitlift_emulator_counter(which);
}

CONTROL_CALL long long Java_io_github_bitlift_backend_cuda_EmulatedDriver_kernelRuns(void*, void*, int index) {
    return bitlift_emulator_kernel_runs(index);
}

// A letter at a time, so that nothing of JNI but its names is needed here.
CONTROL_CALL unsigned char Java_io_github_bitlift_backend_cuda_EmulatedDriver_kernelLetter(void*, void*, int index, int at) {
    return static_cast<unsigned char>(bitlift_emulator_kernel_name(index)[at]);
}

CONTROL_CALL unsigned char Java_io_github_bitlift_backend_cuda_EmulatedDriver_chooseOrder(void*, void*, int kind, long long seed) {
    return bitlift_emulator_order(kind, static_cast<unsigned long long>(seed));
}

CONTROL_CALL void Java_io_github_bitlift_backend_cuda_EmulatedDriver_execute(void*, void*, unsigned char on) {
    bitlift_emulator_execute(on != 0);
}

// Device memory and pinned host memory: pages of the host, each allocation ending at a page that must not be touched.
#pragma once
#include <cstddef>

#include "driver_types.h"

namespace bitlift_emulator {

struct Context;

/** Throws where the range does not lie within one live device allocation. */
void require_device_range(CUdeviceptr at, std::size_t bytes);

/** Whether the range lies within live memory of the device or pinned memory. */
bool is_allocated(const void* at, std::size_t bytes);

bool is_pinned(const void* at, std::size_t bytes);

std::size_t reclaim_memory(Context& context);

struct MemoryCounts {
    std::size_t liveBytes, liveCount, allocations, frees;
};
MemoryCounts device_memory_counts();
MemoryCounts pinned_memory_counts();

}  // namespace bitlift_emulator

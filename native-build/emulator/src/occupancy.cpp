// Occupancy, from threads and dynamic shared memory alone: the host build knows no registers.
#include "occupancy.h"

#include <algorithm>

#include "device.h"
#include "driver_call.h"

using namespace bitlift_emulator;

namespace bitlift_emulator {

int blocks_per_multiprocessor(const Function& function, int blockSize, std::size_t dynamicShared) {
    require(blockSize > 0);
    if (blockSize > static_cast<int>(function.max_threads()) || dynamicShared > static_cast<std::size_t>(function.mostDynamicShared)) return 0;
    const int threads = (blockSize + 31) / 32 * 32;
    const int byThreads = device::threads_per_multiprocessor / threads;
    const int byShared = device::shared_per_multiprocessor / (static_cast<int>(dynamicShared) + device::reserved_shared_per_block);
    return std::min({byThreads, byShared, device::blocks_per_multiprocessor});
}

}  // namespace bitlift_emulator

DRIVER_CALL cuOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, CUfunction handle, int blockSize, std::size_t dynamicShared) {
    return in_context([&](Context&) {
        require(blocks != nullptr);
        *blocks = blocks_per_multiprocessor(*function_of(handle), blockSize, dynamicShared);
    });
}

DRIVER_CALL cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int* blocks, CUfunction handle, int blockSize,
                                                                 std::size_t dynamicShared, unsigned) {
    return cuOccupancyMaxActiveBlocksPerMultiprocessor(blocks, handle, blockSize, dynamicShared);
}

DRIVER_CALL cuOccupancyMaxPotentialBlockSize(int* gridSize, int* blockSize, CUfunction handle, std::size_t (*sharedFor)(int),
                                             std::size_t dynamicShared, int limit) {
    return in_context([&](Context&) {
        require(gridSize != nullptr && blockSize != nullptr);
        const auto function = function_of(handle);
        const int most = static_cast<int>(function->max_threads());
        int bestThreads = 0;
        for (int size = limit > 0 ? std::min(limit, most) : most; size > 0; size -= 32) {
            const std::size_t shared = sharedFor == nullptr ? dynamicShared : sharedFor(size);
            const int blocks = blocks_per_multiprocessor(*function, size, shared);
            if (blocks * size <= bestThreads) continue;
            bestThreads = blocks * size;
            *blockSize = size;
            *gridSize = blocks * device::multiprocessors;
        }
        require(bestThreads > 0);
    });
}

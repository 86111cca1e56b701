// Runs a kernel over its grid: one block after the other, each thread of a block on a stack of its own.
#pragma once
#include <string>
#include <vector>

#include "../include/device_abi.h"
#include "driver_types.h"

namespace bitlift_emulator {

struct Launch {
    const Kernel* kernel;
    Index3 grid, block;
    unsigned dynamicShared;
    std::vector<char> arguments;       // the parameters' bytes
    std::vector<unsigned> offsets;     // where in `arguments` each one lies
    bool cooperative = false;          // all blocks are there at once, and may wait for each other
};

/** Largest dynamic shared memory of a block, in bytes. */
inline constexpr unsigned most_shared = 163 * 1024;

/** Block number `index` of the grid, x first. */
inline Index3 block_at(const Launch& launch, unsigned index) {
    const Index3& grid = launch.grid;
    return {index % grid.x, index / grid.x % grid.y, index / grid.x / grid.y};
}

/** Returns CUDA_SUCCESS, or why the kernel died; then one line on standard error says which thread and where. */
CUresult run_grid(const Launch& launch);

/** While false, launches of kernels and graphs are accepted and forgotten. Stream capture is not affected. */
extern bool execution;

}  // namespace bitlift_emulator

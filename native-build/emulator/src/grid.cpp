#include "grid.h"

#include <cstring>

#include "block.h"
#include "fault.h"
#include "order.h"

namespace bitlift_emulator {

namespace {
alignas(256) char dynamicShared[most_shared];
std::vector<unsigned> blockOrder;
std::size_t launches = 0;
}  // namespace

bool execution = true;

std::size_t launches_run() { return launches; }

CUresult run_grid(const Launch& launch) {
    const Index3 grid = launch.grid;
    const FaultGuard guard;
    launches++;
    block.begin(launch);
    arrange(blockOrder, grid.x * grid.y * grid.z);
    for (const unsigned index : blockOrder) {
        std::memset(dynamicShared, 0xff, launch.dynamicShared);  // NaNs: no block finds what another one left
        const CUresult result = block.run({index % grid.x, index / grid.x % grid.y, index / grid.x / grid.y});
        if (result != CUDA_SUCCESS) return result;
    }
    return CUDA_SUCCESS;
}

extern "C" __attribute__((visibility("default"))) void* bitlift_emulator_dynamic_shared() { return dynamicShared; }

}  // namespace bitlift_emulator

#include "grid.h"

#include <cstring>

#include "block.h"
#include "checks.h"
#include "fault.h"
#include "kernels.h"
#include "order.h"

namespace bitlift_emulator {

namespace {
alignas(256) char dynamicShared[most_shared];
std::vector<unsigned> blockOrder;
}  // namespace

bool execution = true;

CUresult run_grid(const Launch& launch) {
    const FaultGuard guard;
    count_run(*launch.kernel);
    block.begin(launch);
    arrange(blockOrder, launch.grid.x * launch.grid.y * launch.grid.z);
    checks::begin_launch(launch, blockOrder);
    for (const unsigned index : blockOrder) {
        std::memset(dynamicShared, 0xff, launch.dynamicShared);  // NaNs: no block finds what another one left
        checks::begin_block(dynamicShared, launch.dynamicShared);
        const CUresult result = block.run(block_at(launch, index));
        if (result != CUDA_SUCCESS) return result;
    }
    return CUDA_SUCCESS;
}

extern "C" __attribute__((visibility("default"))) void* bitlift_emulator_dynamic_shared() { return dynamicShared; }

}  // namespace bitlift_emulator

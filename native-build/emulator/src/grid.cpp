#include "grid.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>

#include "block.h"
#include "checks.h"
#include "fault.h"
#include "kernels.h"
#include "order.h"

namespace bitlift_emulator {

namespace {
alignas(256) char dynamicShared[most_shared];
char* dynamicSharedNow = dynamicShared;  // of the running block
std::vector<unsigned> blockOrder;

/** A block of a cooperative launch while it doesn't run. */
struct Parked {
    Block block;
    char* shared;
    bool ended = false;
};
std::vector<Parked> parkedBlocks;  // kept with their stacks, and never fewer

/** Lets one of them run to its end or to the grid's barrier. */
CUresult take_turn(Parked& parked, Index3 at, bool first) {
    std::swap(block, parked.block);
    dynamicSharedNow = parked.shared;
    checks::resume_block(parked.shared);
    const CUresult result = first ? block.run(at) : block.resume();
    parked.ended = !block.waits_for_grid();
    dynamicSharedNow = dynamicShared;
    std::swap(block, parked.block);
    return result;
}

/** One round of turns from barrier to barrier; `open` is whether blocks wait at one. */
CUresult take_turns(const Launch& launch, Parked* blocks, bool first, bool& open) {
    checks::grid_barrier_passed();
    for (const unsigned index : blockOrder) {
        const CUresult result = take_turn(blocks[index], block_at(launch, index), first);
        if (result != CUDA_SUCCESS) return result;
    }
    Parked* const end = blocks + blockOrder.size();
    Parked* const waiting = std::find_if(blocks, end, [](const Parked& each) { return !each.ended; });
    open = waiting != end;
    if (!open || std::none_of(blocks, end, [](const Parked& each) { return each.ended; })) return CUDA_SUCCESS;
    waiting->block.report_waiting();
    return CUDA_ERROR_LAUNCH_FAILED;
}

/** All blocks are there at once, each with its threads and its dynamic shared memory. */
CUresult run_cooperative(const Launch& launch) {
    const auto count = static_cast<unsigned>(blockOrder.size());
    const std::size_t stride = (launch.dynamicShared + 511) / 256 * 256;
    std::vector<char> shared(stride * count + 256, static_cast<char>(0xff));
    char* const start = shared.data() + (256 - reinterpret_cast<std::uintptr_t>(shared.data()) % 256);
    if (parkedBlocks.size() < count) parkedBlocks.resize(count);
    for (unsigned i = 0; i < count; i++) {
        parkedBlocks[i].block.begin(launch);
        parkedBlocks[i].shared = start + stride * i;
    }
    checks::begin_cooperative(start, launch.dynamicShared, stride, count);
    bool open = true;
    CUresult result = CUDA_SUCCESS;
    for (bool first = true; open && result == CUDA_SUCCESS; first = false)
        result = take_turns(launch, parkedBlocks.data(), first, open);
    if (result != CUDA_SUCCESS)
        for (unsigned i = 0; i < count; i++) parkedBlocks[i].block.abandon();
    checks::end_cooperative(start, stride, count);
    return result;
}
}  // namespace

bool execution = true;

CUresult run_grid(const Launch& launch) {
    const FaultGuard guard;
    count_run(*launch.kernel);
    arrange(blockOrder, launch.grid.x * launch.grid.y * launch.grid.z);
    checks::begin_launch(launch, blockOrder);
    if (launch.cooperative) return run_cooperative(launch);
    block.begin(launch);
    for (const unsigned index : blockOrder) {
        checks::begin_block(dynamicShared, launch.dynamicShared);
        std::memset(dynamicShared, 0xff, launch.dynamicShared);  // NaNs: no block finds what another one left
        const CUresult result = block.run(block_at(launch, index));
        if (result != CUDA_SUCCESS) return result;
    }
    return CUDA_SUCCESS;
}

extern "C" __attribute__((visibility("default"))) void* bitlift_emulator_dynamic_shared() { return dynamicSharedNow; }

}  // namespace bitlift_emulator

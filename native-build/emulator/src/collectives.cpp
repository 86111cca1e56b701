// Where threads wait for each other: the block's barrier, and operations among the lanes of a warp.
#include <cstdio>

#include "block.h"
#include "checks.h"

namespace bitlift_emulator {

inline __attribute__((always_inline)) unsigned Block::arrive_at_barrier(int predicate, int line) {
    if (checks::on) check_barrier(line);
    predicates += predicate != 0;
    atBarrier++;
    warp_of(*running).atBarrier |= 1u << lane_of(*running);
    finish_barrier_if_complete();
    give_way();
    return barrierResult;
}

/** Threads that have ended no longer count, as on devices since Volta. */
void Block::finish_barrier_if_complete() {
    if (atBarrier == 0 || atBarrier + done < count) return;
    barrierResult = predicates;
    atBarrier = predicates = 0;
    checks::barrier_passed();
    warpTurns.draw((count + 31) / 32);
    laneTurns.draw(32);
    for (unsigned warp = 0; warp * 32 < count; warp++) {
        if (warps[warp].atBarrier != 0) let_run(warp, warps[warp].atBarrier);
        warps[warp].atBarrier = 0;
    }
}

/** The block's last thread to come gives the turn to another block; a thread that has ended misses the barrier. */
void Block::arrive_at_grid_barrier(int line) {
    if (!launched->cooperative) fail(CUDA_ERROR_LAUNCH_FAILED, "a barrier of the grid in a launch that is not cooperative");
    if (atGridBarrier == 0) gridBarrierLine = line;
    if (checks::on && gridBarrierLine != line)
        fail(CUDA_ERROR_LAUNCH_FAILED, "divergence: threads of a block wait at two barriers of the grid");
    Thread* const self = running;
    if (++atGridBarrier < count) return give_way();
    fiber_switch(&self->stackPointer, host);
}

namespace {
constexpr std::uint64_t undefined_lane = ~std::uint64_t{0};  // a NaN where the value is a float
}

inline __attribute__((always_inline)) std::uint64_t Block::arrive_at_operation(WarpOperation operation, unsigned mask,
                                                                               std::uint64_t value, unsigned source, int line) {
    Warp& warp = warp_of(*running);
    const unsigned lane = lane_of(*running);
    if ((mask >> lane & 1u) == 0) fail(CUDA_ERROR_LAUNCH_FAILED, "its own lane is not in the mask of a warp operation");
    warp.operation[lane] = operation;
    warp.mask[lane] = mask;
    warp.value[lane] = value;
    warp.source[lane] = static_cast<unsigned char>(source & 31u);
    warp.line[lane] = line;
    if (checks::on) check_operation(warp, lane);
    warp.atOperation |= 1u << lane;
    finish_operation_if_complete(warp, lane);
    give_way();
    return warp.value[lane];
}

/** Once every live lane that the lead's mask names waits in the same operation with the same mask, each gets its result. */
void Block::finish_operation_if_complete(Warp& warp, unsigned lead) {
    const unsigned mask = warp.mask[lead], group = mask & warp.live;
    if ((group & ~warp.atOperation) != 0) return;
    const WarpOperation operation = warp.operation[lead];
    std::uint64_t values[32];
    unsigned ballot = 0;
    for (unsigned left = group; left != 0; left &= left - 1) {
        const auto lane = static_cast<unsigned>(__builtin_ctz(left));
        if (warp.mask[lane] != mask || warp.operation[lane] != operation) return;
        values[lane] = warp.value[lane];
        ballot |= (values[lane] != 0 ? 1u : 0u) << lane;
    }
    for (unsigned left = group; left != 0; left &= left - 1) {
        const auto lane = static_cast<unsigned>(__builtin_ctz(left));
        const unsigned source = warp.source[lane];
        warp.value[lane] = operation == WarpOperation::Ballot ? ballot : (group >> source & 1u) != 0 ? values[source] : undefined_lane;
    }
    if (operation == WarpOperation::Sync) checks::lanes_synchronised(static_cast<unsigned>(&warp - warps), group);
    warp.atOperation &= ~group;
    let_run(static_cast<unsigned>(&warp - warps), group);
}

void Block::check_barrier(int line) {
    if (atBarrier == 0) barrierLine = line;
    if (barrierLine == line) return;
    static char why[120];
    std::snprintf(why, sizeof(why), "divergence: at the barrier of line %d while others wait at that of line %d", line, barrierLine);
    fail(CUDA_ERROR_LAUNCH_FAILED, why);
}

/** Two lanes whose masks name each other must meet in the same operation, or both wait for ever. */
void Block::check_operation(const Warp& warp, unsigned lane) {
    static char why[200];
    for (unsigned left = warp.mask[lane] & warp.atOperation; left != 0; left &= left - 1) {
        const auto other = static_cast<unsigned>(__builtin_ctz(left));
        if ((warp.mask[other] >> lane & 1u) == 0) continue;
        if (warp.mask[other] == warp.mask[lane] && warp.operation[other] == warp.operation[lane] && warp.line[other] == warp.line[lane])
            continue;
        std::snprintf(why, sizeof(why), "divergence: in the warp operation of line %d with mask %08x while lane %u waits in that of "
                      "line %d with mask %08x", warp.line[lane], warp.mask[lane], other, warp.line[other], warp.mask[other]);
        fail(CUDA_ERROR_LAUNCH_FAILED, why);
    }
    const unsigned source = warp.source[lane];
    if (warp.operation[lane] != WarpOperation::Shuffle || (warp.mask[lane] & warp.live) >> source & 1u) return;
    std::snprintf(why, sizeof(why), "shuffle: the one of line %d takes the value of lane %u, which has ended or is not in mask %08x",
                  warp.line[lane], source, warp.mask[lane]);
    fail(CUDA_ERROR_LAUNCH_FAILED, why);
}

extern "C" {
#define DEVICE_CALL __attribute__((visibility("default")))

DEVICE_CALL unsigned bitlift_emulator_barrier(int predicate, int line) { return block.arrive_at_barrier(predicate, line); }
DEVICE_CALL void bitlift_emulator_grid_barrier(int line) { block.arrive_at_grid_barrier(line); }
DEVICE_CALL std::uint64_t bitlift_emulator_warp(WarpOperation operation, unsigned mask, std::uint64_t value, unsigned source,
                                                int line) {
    return block.arrive_at_operation(operation, mask, value, source, line);
}
DEVICE_CALL unsigned bitlift_emulator_live_lanes() { return block.live_lanes(); }
DEVICE_CALL void bitlift_emulator_trap() { block.fail(CUDA_ERROR_LAUNCH_FAILED, "__trap()"); }
}

}  // namespace bitlift_emulator

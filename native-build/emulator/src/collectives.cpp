// Where threads wait for each other: the block's barrier, and operations among the lanes of a warp.
#include <algorithm>

#include "block.h"

namespace bitlift_emulator {

namespace {
constexpr std::uint64_t undefined_lane = ~std::uint64_t{0};  // a NaN where the value is a float
}

unsigned Block::arrive_at_barrier(BarrierOperation operation, int predicate) {
    running->barrier = operation;
    predicates += predicate != 0;
    atBarrier++;
    running->state = ThreadState::AtBarrier;
    finish_barrier_if_complete();
    Thread& self = *running;
    wait(self.state);
    return barrierResult;
}

/** Threads that have ended no longer count, as on devices since Volta. */
void Block::finish_barrier_if_complete() {
    if (atBarrier == 0 || atBarrier + done < count) return;
    barrierResult = predicates;
    atBarrier = predicates = 0;
    for (unsigned i = 0; i < count; i++)
        if (threads[i].state == ThreadState::AtBarrier) threads[i].state = ThreadState::Ready;
}

std::uint64_t Block::arrive_at_warp(WarpOperation operation, unsigned mask, std::uint64_t value, unsigned sourceLane) {
    Thread& self = *running;
    const unsigned lane = self.place.linear & 31u;
    if ((mask >> lane & 1u) == 0) fail(CUDA_ERROR_LAUNCH_FAILED, "its own lane is not in the mask of a warp operation");
    self.warpOperation = operation;
    self.mask = mask;
    self.value = value;
    self.sourceLane = sourceLane;
    self.state = ThreadState::AtWarp;
    finish_warp_if_complete(self.place.linear & ~31u);
    wait(self.state);
    return self.value;
}

/** Once every live lane that a waiting lane's mask names waits in the same operation with the same mask, each gets its result. */
void Block::finish_warp_if_complete(unsigned firstOfWarp) {
    const unsigned lanes = std::min(32u, count - firstOfWarp);
    Thread* const warp = &threads[firstOfWarp];
    std::uint64_t values[32];
    for (unsigned lead = 0; lead < lanes; lead++) {
        if (warp[lead].state != ThreadState::AtWarp) continue;
        const unsigned mask = warp[lead].mask;
        const WarpOperation operation = warp[lead].warpOperation;
        unsigned arrived = 0, ballot = 0;
        bool complete = true;
        for (unsigned lane = 0; lane < lanes; lane++) {
            const Thread& thread = warp[lane];
            values[lane] = thread.value;
            if ((mask >> lane & 1u) == 0 || thread.state == ThreadState::Done) continue;
            if (thread.state != ThreadState::AtWarp || thread.mask != mask || thread.warpOperation != operation) {
                complete = false;
                break;
            }
            arrived |= 1u << lane;
            if (thread.value != 0) ballot |= 1u << lane;
        }
        if (!complete) continue;
        for (unsigned lane = 0; lane < lanes; lane++) {
            if ((arrived >> lane & 1u) == 0) continue;
            const unsigned source = warp[lane].sourceLane & 31u;
            if (operation == WarpOperation::Ballot) warp[lane].value = ballot;
            if (operation == WarpOperation::Shuffle)
                warp[lane].value = (arrived >> source & 1u) != 0 ? values[source] : undefined_lane;
            warp[lane].state = ThreadState::Ready;
        }
    }
}

unsigned Block::live_lanes() const {
    const unsigned first = running->place.linear & ~31u, lanes = std::min(32u, count - first);
    unsigned live = 0;
    for (unsigned lane = 0; lane < lanes; lane++)
        if (threads[first + lane].state != ThreadState::Done) live |= 1u << lane;
    return live;
}

extern "C" {
#define DEVICE_CALL __attribute__((visibility("default")))

DEVICE_CALL unsigned bitlift_emulator_barrier(BarrierOperation operation, int predicate) {
    return block.arrive_at_barrier(operation, predicate);
}
DEVICE_CALL std::uint64_t bitlift_emulator_warp(WarpOperation operation, unsigned mask, std::uint64_t value, unsigned source) {
    return block.arrive_at_warp(operation, mask, value, source);
}
DEVICE_CALL unsigned bitlift_emulator_live_lanes() { return block.live_lanes(); }
DEVICE_CALL void bitlift_emulator_trap() { block.fail(CUDA_ERROR_LAUNCH_FAILED, "__trap()"); }
}

}  // namespace bitlift_emulator

// The threads of the block that is running, who of them can run on, and what the others wait for.
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "driver_types.h"
#include "fiber.h"
#include "grid.h"
#include "order.h"
#include "pipeline.h"

namespace bitlift_emulator {

struct Thread {
    ThreadPlace place;  // first, so that bitlift_emulator_place is the thread
    FiberStack* stack;  // null before its first turn
    void* stackPointer;
    AsyncCopies copies;
};

/** A warp's lanes as sets of bits, and what those that wait in a warp operation brought along. */
struct Warp {
    unsigned live, atBarrier, atOperation;
    unsigned runnable;  // by turn, not by lane; without the running thread
    WarpOperation operation[32];
    unsigned mask[32];
    unsigned char source[32];
    int line[32];
    std::uint64_t value[32];  // in, and once the operation is complete, out
};

class Block {
public:
    /** Makes the threads of a launch; its blocks run one after the other. */
    void begin(const Launch& launch);

    /** Runs one block to its end, to its first failure, or to the grid's barrier. */
    CUresult run(Index3 at);

    /** Runs on from the grid's barrier, which all blocks have reached. */
    CUresult resume();

    /** Gives up threads that have not ended. */
    void abandon();

    /** Whether all of its threads wait at the grid's barrier. */
    bool waits_for_grid() const { return count > 0 && atGridBarrier == count; }

    /** Says that it waits there for blocks that have ended. */
    void report_waiting() const;

    /** The thread whose turn it is. */
    Thread& current() const { return *running; }

    /** Ends the launch from within the running thread. */
    [[noreturn]] void fail(CUresult error, const char* why);

    /** Makes the launch fail once the block is done. */
    void note(CUresult error, const char* why);

    unsigned arrive_at_barrier(int predicate, int line);
    void arrive_at_grid_barrier(int line);
    std::uint64_t arrive_at_operation(WarpOperation operation, unsigned mask, std::uint64_t value, unsigned source, int line);
    bool owns(const void* at) const { return at >= threads.data() && at < threads.data() + threads.size(); }
    unsigned live_lanes() const { return warp_of(*running).live; }

private:
    static void thread_main();
    CUresult go();
    Warp& warp_of(const Thread& thread) const { return warps[thread.place.linear / 32]; }
    static unsigned lane_of(const Thread& thread) { return thread.place.linear % 32; }
    void let_run(unsigned warp, unsigned lanes);
    Thread* next();
    void start(Thread& thread);
    void give_way();
    void end_running();
    [[noreturn]] void stop();
    void finish_barrier_if_complete();
    void finish_operation_if_complete(Warp& warp, unsigned lead);
    void check_barrier(int line);
    void check_operation(const Warp& warp, unsigned lane);
    void report(const Thread& thread, const char* why) const;
    void report_stuck() const;
    FiberStack* take_stack();

    const Launch* launched = nullptr;
    Index3 place{};
    std::vector<void*> parameters;
    std::vector<Thread> threads;
    mutable Warp warps[32];
    Turns warpTurns, laneTurns;
    std::vector<std::unique_ptr<FiberStack>> stacks;
    std::vector<FiberStack*> freeStacks;
    unsigned count = 0, done = 0, atBarrier = 0, atGridBarrier = 0, predicates = 0, barrierResult = 0;
    int barrierLine = 0, gridBarrierLine = 0;
    unsigned runnableWarps = 0;  // by turn
    Thread* running = nullptr;
    void* host = nullptr;  // where run() waits
    CUresult failure = CUDA_SUCCESS;
};

/** The one block that runs in this process; those of a cooperative launch take turns here. */
extern Block block;

/** Waits until somebody lets the running thread run on. */
inline __attribute__((always_inline)) void Block::give_way() {
    Thread* const self = running;
    Thread* const other = next();
    if (other == self) return;
    if (other == nullptr) stop();
    start(*other);
    fiber_switch(&self->stackPointer, other->stackPointer);
}

/** Takes the thread whose turn is next from those that can run; null if none can. */
inline Thread* Block::next() {
    if (runnableWarps == 0) return nullptr;
    const unsigned index = warpTurns.member(static_cast<unsigned>(__builtin_ctz(runnableWarps)));
    Warp& warp = warps[index];
    const unsigned lane = laneTurns.member(static_cast<unsigned>(__builtin_ctz(warp.runnable)));
    warp.runnable &= warp.runnable - 1;
    if (warp.runnable == 0) runnableWarps &= runnableWarps - 1;
    return &threads[index * 32 + lane];
}

}  // namespace bitlift_emulator

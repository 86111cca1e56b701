// The threads of the block that is running, and what they wait for.
#pragma once
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "driver_types.h"
#include "fiber.h"
#include "grid.h"

namespace bitlift_emulator {

enum class ThreadState : unsigned char { New, Ready, AtBarrier, AtWarp, Done };

/** A copy that a thread asked for and has not waited for. */
struct PendingCopy {
    char* to;
    const char* from;
    std::size_t size, zeroes;
};

struct Thread {
    ThreadPlace place;  // first, so that bitlift_emulator_place is the thread
    ThreadState state;
    FiberStack* stack;
    void* stackPointer;
    BarrierOperation barrier;
    WarpOperation warpOperation;
    unsigned mask, sourceLane;
    std::uint64_t value;
    std::vector<PendingCopy> copies;            // of the batch not yet committed
    std::deque<std::vector<PendingCopy>> batches;
};

class Block {
public:
    /** Runs one block to its end, or to its first failure. */
    CUresult run(const Launch& launch, Index3 at);

    /** The thread whose turn it is. */
    Thread& current() const { return *running; }

    /** Gives the turn away until `state` is over. */
    void wait(ThreadState state);

    /** Ends the launch from within the running thread. */
    [[noreturn]] void fail(CUresult error, const char* why);

    unsigned arrive_at_barrier(BarrierOperation operation, int predicate);
    std::uint64_t arrive_at_warp(WarpOperation operation, unsigned mask, std::uint64_t value, unsigned sourceLane);
    unsigned live_lanes() const;

private:
    static void thread_main();
    void prepare(const Launch& launch, Index3 at);
    bool pass();
    void resume(Thread& thread);
    void finish_barrier_if_complete();
    void finish_warp_if_complete(unsigned firstOfWarp);
    void report(const Thread& thread, const char* why) const;
    FiberStack* take_stack();
    void reclaim_stacks();

    const Launch* launched = nullptr;
    std::vector<void*> parameters;
    std::vector<Thread> threads;
    std::vector<unsigned> turns;
    std::vector<std::unique_ptr<FiberStack>> stacks;
    std::vector<FiberStack*> freeStacks;
    unsigned count = 0, done = 0, atBarrier = 0, predicates = 0, barrierResult = 0;
    Thread* running = nullptr;
    void* scheduler = nullptr;
    CUresult failure = CUDA_SUCCESS;
};

/** The one block that runs in this process. */
extern Block block;

}  // namespace bitlift_emulator

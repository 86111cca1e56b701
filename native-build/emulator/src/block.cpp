#include "block.h"

#include <cstdio>

#include "checks.h"

namespace bitlift_emulator {

Block block;
extern "C" {
__attribute__((visibility("default"))) const ThreadPlace* bitlift_emulator_place = nullptr;
__attribute__((visibility("default"))) BlockPlace bitlift_emulator_block{};
}

void Block::begin(const Launch& launch) {
    launched = &launch;
    count = launch.block.x * launch.block.y * launch.block.z;
    if (threads.size() < count) threads.resize(count);
    parameters.clear();
    for (const unsigned offset : launch.offsets) parameters.push_back(const_cast<char*>(launch.arguments.data()) + offset);
    unsigned linear = 0;
    for (unsigned z = 0; z < launch.block.z; z++)
        for (unsigned y = 0; y < launch.block.y; y++)
            for (unsigned x = 0; x < launch.block.x; x++, linear++) threads[linear].place = {{x, y, z}, linear};
}

CUresult Block::run(Index3 at) {
    place = at;
    done = atBarrier = atGridBarrier = predicates = runnableWarps = 0;
    warpTurns.draw((count + 31) / 32);
    laneTurns.draw(32);
    for (unsigned i = 0; i < count; i++) threads[i].stack = nullptr;
    for (unsigned first = 0; first < count; first += 32) {
        Warp& warp = warps[first / 32];
        warp.live = count - first >= 32 ? ~0u : (1u << (count - first)) - 1;
        warp.atBarrier = warp.atOperation = warp.runnable = 0;
        let_run(first / 32, warp.live);
    }
    return go();
}

CUresult Block::resume() {
    atGridBarrier = 0;
    warpTurns.draw((count + 31) / 32);
    laneTurns.draw(32);
    for (unsigned warp = 0; warp * 32 < count; warp++) let_run(warp, warps[warp].live);
    return go();
}

CUresult Block::go() {
    bitlift_emulator_block = {place, launched->block, launched->grid};
    failure = CUDA_SUCCESS;
    start(*next());
    fiber_switch(&host, running->stackPointer);
    bitlift_emulator_place = nullptr;
    running = nullptr;
    if (failure != CUDA_SUCCESS) abandon();
    return failure;
}

void Block::abandon() {
    freeStacks.clear();
    for (const auto& stack : stacks) {
        checks::abandoned(stack->start(), FiberStack::size());
        freeStacks.push_back(stack.get());
    }
    for (Thread& thread : threads) thread.copies.forget();
}

void Block::let_run(unsigned warp, unsigned lanes) {
    warps[warp].runnable |= laneTurns.turns_of(lanes);
    runnableWarps |= 1u << warpTurns.turn_of(warp);
}

/** Makes it the running one, to be switched to. */
void Block::start(Thread& thread) {
    running = &thread;
    bitlift_emulator_place = &thread.place;
    if (thread.stack != nullptr) return;
    thread.stack = take_stack();
    thread.stackPointer = thread.stack->prepare(&Block::thread_main);
}

/** A thread that ends hands its stack to the next one if that is new: threads that never wait never switch. */
void Block::thread_main() {
    for (;;) {
        block.launched->kernel->call(block.parameters.data());
        block.end_running();
        FiberStack* const stack = block.running->stack;
        Thread* const next = block.next();
        if (next == nullptr) block.stop();
        if (next->stack == nullptr) {
            next->stack = stack;
            block.start(*next);
            continue;
        }
        block.freeStacks.push_back(stack);
        block.start(*next);
        void* nowhere;
        fiber_switch(&nowhere, next->stackPointer);
    }
}

void Block::end_running() {
    Warp& warp = warp_of(*running);
    warp.live &= ~(1u << lane_of(*running));
    running->copies.forget();
    done++;
    finish_barrier_if_complete();
    for (unsigned lane = 0; warp.atOperation >> lane != 0; lane++)
        if ((warp.atOperation >> lane & 1u) != 0) finish_operation_if_complete(warp, lane);
}

/** Back to run(), at the block's end or where nobody can go on. */
void Block::stop() {
    if (failure == CUDA_SUCCESS && done < count) {
        report_stuck();
        failure = CUDA_ERROR_LAUNCH_FAILED;
    }
    if (done == count) freeStacks.push_back(running->stack);
    void* nowhere;
    fiber_switch(&nowhere, host);
    __builtin_unreachable();
}

void Block::fail(CUresult error, const char* why) {
    failure = error;
    report(*running, why);
    stop();
}

void Block::note(CUresult error, const char* why) {
    if (failure == CUDA_SUCCESS) report(*running, why);
    failure = error;
}

void Block::report_stuck() const {
    for (unsigned i = 0; i < count; i++)
        if ((warp_of(threads[i]).live >> lane_of(threads[i]) & 1u) != 0)
            return report(threads[i], "waits for threads that never come (divergent barrier or warp operation)");
}

void Block::report(const Thread& thread, const char* why) const {
    const Index3 t = thread.place.thread;
    std::fprintf(stderr, "bitlift emulator: kernel %s, block (%u, %u, %u), thread (%u, %u, %u): %s\n",
                 launched->kernel->name, place.x, place.y, place.z, t.x, t.y, t.z, why);
}

void Block::report_waiting() const { report(threads[0], "waits at the grid's barrier for blocks that have ended"); }

FiberStack* Block::take_stack() {
    if (freeStacks.empty()) {
        stacks.push_back(std::make_unique<FiberStack>());
        return stacks.back().get();
    }
    FiberStack* taken = freeStacks.back();
    freeStacks.pop_back();
    return taken;
}

}  // namespace bitlift_emulator

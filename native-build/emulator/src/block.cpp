#include "block.h"

#include <cstdio>

#include "order.h"

namespace bitlift_emulator {

Block block;
extern "C" {
__attribute__((visibility("default"))) ThreadPlace* bitlift_emulator_place = nullptr;
}

CUresult Block::run(const Launch& launch, Index3 at) {
    prepare(launch, at);
    while (failure == CUDA_SUCCESS && done < count) {
        if (!pass() && failure == CUDA_SUCCESS) {
            for (unsigned i = 0; i < count; i++) {
                if (threads[i].state == ThreadState::Done) continue;
                report(threads[i], "waits for threads that never come (divergent barrier or warp operation)");
                break;
            }
            failure = CUDA_ERROR_LAUNCH_FAILED;
        }
    }
    if (failure != CUDA_SUCCESS) reclaim_stacks();
    bitlift_emulator_place = nullptr;
    running = nullptr;
    return failure;
}

void Block::prepare(const Launch& launch, Index3 at) {
    launched = &launch;
    failure = CUDA_SUCCESS;
    done = atBarrier = predicates = 0;
    count = launch.block.x * launch.block.y * launch.block.z;
    if (threads.size() < count) threads.resize(count);
    parameters.clear();
    for (const unsigned offset : launch.offsets) parameters.push_back(const_cast<char*>(launch.arguments.data()) + offset);
    unsigned linear = 0;
    for (unsigned z = 0; z < launch.block.z; z++)
        for (unsigned y = 0; y < launch.block.y; y++)
            for (unsigned x = 0; x < launch.block.x; x++, linear++) {
                Thread& thread = threads[linear];
                thread.place = {{x, y, z}, at, launch.block, launch.grid, linear};
                thread.state = ThreadState::New;
                thread.copies.clear();
                thread.batches.clear();
            }
}

/** Gives every thread that can run one turn; false where none could. */
bool Block::pass() {
    bool any = false;
    arrange(turns, count);
    for (const unsigned index : turns) {
        Thread& thread = threads[index];
        if (thread.state != ThreadState::New && thread.state != ThreadState::Ready) continue;
        any = true;
        resume(thread);
        if (failure != CUDA_SUCCESS) return true;
    }
    return any;
}

void Block::resume(Thread& thread) {
    if (thread.state == ThreadState::New) {
        thread.stack = take_stack();
        thread.stackPointer = thread.stack->prepare(&Block::thread_main);
    }
    thread.state = ThreadState::Ready;
    running = &thread;
    bitlift_emulator_place = &thread.place;
    bitlift_fiber_switch(&scheduler, thread.stackPointer);
    if (thread.state != ThreadState::Done) return;
    freeStacks.push_back(thread.stack);
    done++;
    finish_barrier_if_complete();
    finish_warp_if_complete(thread.place.linear & ~31u);
}

void Block::thread_main() {
    block.launched->kernel->call(block.parameters.data());
    block.wait(ThreadState::Done);
    __builtin_unreachable();
}

void Block::wait(ThreadState state) {
    running->state = state;
    bitlift_fiber_switch(&running->stackPointer, scheduler);
}

void Block::fail(CUresult error, const char* why) {
    failure = error;
    report(*running, why);
    wait(ThreadState::AtBarrier);
    __builtin_unreachable();
}

void Block::report(const Thread& thread, const char* why) const {
    const Index3 at = thread.place.block, t = thread.place.thread;
    std::fprintf(stderr, "bitlift emulator: kernel %s, block (%u, %u, %u), thread (%u, %u, %u): %s\n",
                 launched->kernel->name, at.x, at.y, at.z, t.x, t.y, t.z, why);
}

FiberStack* Block::take_stack() {
    if (freeStacks.empty()) {
        stacks.push_back(std::make_unique<FiberStack>());
        return stacks.back().get();
    }
    FiberStack* taken = freeStacks.back();
    freeStacks.pop_back();
    return taken;
}

void Block::reclaim_stacks() {
    freeStacks.clear();
    for (const auto& stack : stacks) freeStacks.push_back(stack.get());
}

}  // namespace bitlift_emulator

// A stack of its own for each CUDA thread of a running block.
#pragma once
#include <cstddef>

namespace bitlift_emulator {

/** Saves the caller's registers on its stack, its stack pointer in `*from`, and goes on where `to` was saved. */
extern "C" void bitlift_fiber_switch(void** from, void* to);

/** A stack with a guard page below it; kept for reuse, never shrunk. */
class FiberStack {
public:
    static constexpr std::size_t bytes = 128 * 1024;

    FiberStack();
    ~FiberStack();
    FiberStack(const FiberStack&) = delete;
    FiberStack& operator=(const FiberStack&) = delete;

    /** A stack pointer that, switched to, calls `entry`, which must never return. */
    void* prepare(void (*entry)()) const;

private:
    char* lowest;
    std::size_t colour;  // bytes left free at the top, so that not all stacks fight for the same cache sets
};

}  // namespace bitlift_emulator

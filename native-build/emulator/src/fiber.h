// A stack of its own for each CUDA thread that waits, and the switch between two of them.
#pragma once
#include <cstddef>

namespace bitlift_emulator {

/**
 * Saves where the caller is in `*from` and goes on where `to` was saved. It is part of its caller and jumps instead of
 * returning: so the processor foresees both the jump, mostly to this same place, and the returns after it. Kernels never
 * change the floating-point control words, so these are left alone; the caller's red zone is stepped over.
 */
inline __attribute__((always_inline)) void fiber_switch(void** from, void* to) {
    asm volatile(
        "leaq -128(%%rsp), %%rsp\n\t"
        "pushq %%rbp\n\t"
        "leaq 1f(%%rip), %%rax\n\t"
        "pushq %%rax\n\t"
        "movq %%rsp, (%0)\n\t"
        "movq %1, %%rsp\n\t"
        "popq %%rax\n\t"
        "jmpq *%%rax\n"
        "1:\n\t"
        "popq %%rbp\n\t"
        "leaq 128(%%rsp), %%rsp"
        : "+D"(from), "+S"(to)
        :
        : "rax", "rbx", "rcx", "rdx", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "xmm0", "xmm1", "xmm2", "xmm3",
          "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "memory", "cc");
}

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

    /** The stack pointer with which `entry` begins then. */
    void* beginning() const;

    const void* start() const { return lowest; }

    bool holds(const void* at) const { return at >= lowest && at < lowest + size(); }

    static std::size_t size();

private:
    char* lowest;
    std::size_t colour;  // bytes left free at the top, so that not all stacks fight for the same cache sets
};

}  // namespace bitlift_emulator

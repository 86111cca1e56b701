#include "fiber.h"

#include <cstdint>
#include <new>

#include <sys/mman.h>

// System V x86-64: the callee saves rbx, rbp, r12 to r15; everything else is the caller's. Kernels never change the
// floating-point control words, so these are left alone.
asm(R"(
    .text
    .globl bitlift_fiber_switch
    .hidden bitlift_fiber_switch
    .type bitlift_fiber_switch, @function
bitlift_fiber_switch:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
    .size bitlift_fiber_switch, .-bitlift_fiber_switch
)");

namespace bitlift_emulator {

namespace {
constexpr std::size_t page = 4096, cache_line = 64;
std::size_t made = 0;  // stacks are made under the driver's lock
}

FiberStack::FiberStack() {
    void* mapped = mmap(nullptr, page + bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapped == MAP_FAILED) throw std::bad_alloc();
    lowest = static_cast<char*>(mapped);
    colour = made++ * 5 * cache_line % page;
    mprotect(lowest, page, PROT_NONE);
}

FiberStack::~FiberStack() { munmap(lowest, page + bytes); }

void* FiberStack::prepare(void (*entry)()) const {
    auto* top = reinterpret_cast<std::uint64_t*>(lowest + page + bytes - colour);
    *--top = 0;                                       // entry's return address: none; keeps a call's alignment
    *--top = reinterpret_cast<std::uint64_t>(entry);  // where the switch's ret goes
    for (int saved = 0; saved < 6; saved++) *--top = 0;
    return top;
}

}  // namespace bitlift_emulator

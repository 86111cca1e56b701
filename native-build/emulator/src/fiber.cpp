#include "fiber.h"

#include <cstdint>
#include <new>

#include <sys/mman.h>

namespace bitlift_emulator {

namespace {
constexpr std::size_t guard = 4096, cache_line = 64;
std::size_t made = 0;  // stacks are made under the driver's lock
}

std::size_t FiberStack::size() { return guard + bytes; }

FiberStack::FiberStack() {
    void* mapped = mmap(nullptr, size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapped == MAP_FAILED) throw std::bad_alloc();
    lowest = static_cast<char*>(mapped);
    colour = made++ * 5 * cache_line % guard;
    mprotect(lowest, guard, PROT_NONE);
}

FiberStack::~FiberStack() { munmap(lowest, size()); }

void* FiberStack::beginning() const {
    auto* top = reinterpret_cast<std::uint64_t*>(lowest + size() - colour);
    *--top = 0;  // entry's return address: none; keeps a call's alignment
    return top;
}

void* FiberStack::prepare(void (*entry)()) const {
    auto* top = static_cast<std::uint64_t*>(beginning());
    *--top = reinterpret_cast<std::uint64_t>(entry);  // where the switch jumps to
    return top;
}

}  // namespace bitlift_emulator

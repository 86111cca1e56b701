// Atomic operations on integers. Those on floats are left out on purpose: their sum depends on the order of threads,
// which the numeric contract rules out, so a kernel that uses one does not compile here. Threads of a block are never
// interrupted between barriers, so plain reads and writes are atomic already.
#pragma once
#include <type_traits>

#include "device_abi.h"

namespace bitlift_emulator {
template <class T>
inline constexpr bool is_atomic = std::is_same_v<T, int> || std::is_same_v<T, unsigned> || std::is_same_v<T, unsigned long long>;

template <class T, class Change>
#ifdef BITLIFT_CHECKED
__attribute__((no_sanitize("thread")))
#endif
T exchange_atomically(T* at, Change change) {
    static_assert(is_atomic<T>, "atomics are for int, unsigned and unsigned long long");
#ifdef BITLIFT_CHECKED
    bitlift_emulator_atomic(at, sizeof(T));
#endif
    const T old = *at;
    *at = change(old);
    return old;
}
}  // namespace bitlift_emulator

#define BITLIFT_ATOMIC(name, expression)                                                          \
    template <class T>                                                                            \
    T name(T* at, std::common_type_t<T> value) {                                                  \
        return bitlift_emulator::exchange_atomically(at, [value](T old) -> T { return expression; }); \
    }
BITLIFT_ATOMIC(atomicAdd, old + value)
BITLIFT_ATOMIC(atomicSub, old - value)
BITLIFT_ATOMIC(atomicExch, ((void)old, value))
BITLIFT_ATOMIC(atomicMin, old < value ? old : value)
BITLIFT_ATOMIC(atomicMax, old > value ? old : value)
BITLIFT_ATOMIC(atomicAnd, old & value)
BITLIFT_ATOMIC(atomicOr, old | value)
BITLIFT_ATOMIC(atomicXor, old ^ value)
#undef BITLIFT_ATOMIC

template <class T>
T atomicCAS(T* at, std::common_type_t<T> expected, std::common_type_t<T> value) {
    return bitlift_emulator::exchange_atomically(at, [=](T old) -> T { return old == expected ? value : old; });
}
inline unsigned atomicInc(unsigned* at, unsigned limit) {
    return bitlift_emulator::exchange_atomically(at, [limit](unsigned old) { return old >= limit ? 0u : old + 1u; });
}

// Warp-level votes and shuffles.
#pragma once
#include <cstring>
#include <type_traits>

#include "device_abi.h"

namespace bitlift_emulator {

inline unsigned lane() { return bitlift_emulator_place->linear & 31u; }

template <class T>
T shuffle(unsigned mask, T value, unsigned sourceLane, int line) {
    static_assert(std::is_arithmetic_v<T> && sizeof(T) <= 8, "a shuffle moves numbers of up to 8 bytes");
    std::uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof(T));
    bits = bitlift_emulator_warp(WarpOperation::Shuffle, mask, bits, sourceLane, line);
    std::memcpy(&value, &bits, sizeof(T));
    return value;
}

}  // namespace bitlift_emulator

inline void __syncwarp(unsigned mask = 0xffffffffu, int line = __builtin_LINE()) {
    bitlift_emulator::bitlift_emulator_warp(bitlift_emulator::WarpOperation::Sync, mask, 0, 0, line);
}
inline unsigned __ballot_sync(unsigned mask, int predicate, int line = __builtin_LINE()) {
    return static_cast<unsigned>(
        bitlift_emulator::bitlift_emulator_warp(bitlift_emulator::WarpOperation::Ballot, mask, predicate != 0, 0, line));
}
inline int __any_sync(unsigned mask, int predicate, int line = __builtin_LINE()) {
    return __ballot_sync(mask, predicate, line) != 0;
}
inline int __all_sync(unsigned mask, int predicate, int line = __builtin_LINE()) {
    return __ballot_sync(mask, predicate == 0, line) == 0;
}
inline unsigned __activemask() { return bitlift_emulator::bitlift_emulator_live_lanes(); }

template <class T>
T __shfl_sync(unsigned mask, T value, int source, int width = 32, int line = __builtin_LINE()) {
    const unsigned segment = bitlift_emulator::lane() & ~(static_cast<unsigned>(width) - 1u);
    return bitlift_emulator::shuffle(mask, value, segment | (static_cast<unsigned>(source) & (width - 1u)), line);
}
template <class T>
T __shfl_up_sync(unsigned mask, T value, unsigned delta, int width = 32, int line = __builtin_LINE()) {
    const unsigned lane = bitlift_emulator::lane(), inSegment = lane & (width - 1u);
    return bitlift_emulator::shuffle(mask, value, inSegment < delta ? lane : lane - delta, line);
}
template <class T>
T __shfl_down_sync(unsigned mask, T value, unsigned delta, int width = 32, int line = __builtin_LINE()) {
    const unsigned lane = bitlift_emulator::lane(), inSegment = lane & (width - 1u);
    return bitlift_emulator::shuffle(mask, value, inSegment + delta >= static_cast<unsigned>(width) ? lane : lane + delta, line);
}
template <class T>
T __shfl_xor_sync(unsigned mask, T value, int laneMask, int width = 32, int line = __builtin_LINE()) {
    const unsigned lane = bitlift_emulator::lane(), source = lane ^ static_cast<unsigned>(laneMask);
    const unsigned segmentEnd = (lane & ~(width - 1u)) + width;
    return bitlift_emulator::shuffle(mask, value, source < segmentEnd ? source : lane, line);
}

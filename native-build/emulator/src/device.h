// The one device there is, described as a small GPU of compute capability 8.0.
#pragma once
#include <cstddef>

#include "grid.h"

namespace bitlift_emulator::device {

/** 2 GiB, or so many bytes as BITLIFT_EMULATOR_MEMORY says. */
std::size_t memory_bytes();
inline constexpr int multiprocessors = 2;
inline constexpr int threads_per_block = 1024;
inline constexpr int threads_per_multiprocessor = 2048;
inline constexpr int blocks_per_multiprocessor = 32;
inline constexpr int shared_per_block = 48 * 1024;
inline constexpr int shared_per_block_opt_in = static_cast<int>(most_shared);
inline constexpr int shared_per_multiprocessor = 164 * 1024;
inline constexpr int reserved_shared_per_block = 1024;
inline constexpr int registers = 65536;

}  // namespace bitlift_emulator::device

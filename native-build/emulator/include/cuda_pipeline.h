// The asynchronous-copy primitives of CUDA's <cuda_pipeline.h>. A copy happens when its batch is waited for and not
// before, so that a kernel that forgets to wait reads what was there earlier.
#pragma once
#include "device_abi.h"

inline void __pipeline_memcpy_async(void* to, const void* from, std::size_t size, std::size_t zeroes = 0) {
    bitlift_emulator::bitlift_emulator_copy_async(to, from, size, zeroes);
}
inline void __pipeline_commit() { bitlift_emulator::bitlift_emulator_copy_commit(); }
inline void __pipeline_wait_prior(std::size_t batchesLeft) { bitlift_emulator::bitlift_emulator_copy_wait(batchesLeft); }

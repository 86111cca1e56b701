// Which elements a thread works on. Every kernel here loops with the grid's size, so any grid gives the same bits.
#pragma once

namespace bitlift {

constexpr int WARP = 32;
constexpr unsigned ALL_LANES = 0xffffffffu;

__device__ inline long long first_index() {
  return static_cast<long long>(blockIdx.x) * blockDim.x + threadIdx.x;
}

__device__ inline long long index_step() { return static_cast<long long>(gridDim.x) * blockDim.x; }

// Warps, for kernels that give one to a row. Blocks must be multiples of 32 threads along x.
__device__ inline int lane() { return static_cast<int>(threadIdx.x & (WARP - 1)); }
__device__ inline long long first_warp() { return first_index() / WARP; }
__device__ inline long long warp_step() { return index_step() / WARP; }

// Whether a pointer can be read as float4; null, an operand that isn't used, can.
__device__ inline bool is_vector_aligned(const void* p) { return (reinterpret_cast<unsigned long long>(p) & 15) == 0; }

}  // namespace bitlift

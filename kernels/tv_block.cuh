// Total variation on a block per image, and what a block needs for its checks.
//
// Formula    tv_pdhg.cuh
// Source     backend/TvPdhg.java
// Shapes     images of up to BLOCK_CHUNKS chunks; blocks of a multiple of 32 threads
// Special    as there
// Order      as there
// Modifies   what tv_resident.cuh does, and the check space
#pragma once

#include "tv_resident.cuh"

namespace bitlift {
namespace tv {

constexpr int BLOCK_CHUNKS = 16;

// What checks of a block take of its shared memory, before its image.
struct CheckSpace {
  double totals[SUMS + 1];
  double chunk_sums[BLOCK_CHUNKS * SUMS];
};
static_assert(sizeof(CheckSpace) == 688, "the host knows this size");

__device__ inline int warp_of_block() { return static_cast<int>(threadIdx.x) / WARP; }
__device__ inline int warps_of_block() { return static_cast<int>(blockDim.x) / WARP; }

__device__ inline void keep_sums(const double (&sum)[SUMS], double* to) {
  if (lane() == 0) {
#pragma unroll
    for (int s = 0; s < SUMS; s++) {
      to[s] = sum[s];
    }
  }
}

// An image's sums from those of its chunks, to each thread of the block: a warp for each.
__device__ inline void block_totals(const double* sums, int chunks, int count, double* totals, double (&sum)[SUMS]) {
#pragma unroll 1
  for (int s = warp_of_block(); s < count; s += warps_of_block()) {
    double value = total(sums, chunks, s);
    if (lane() == 0) {
      totals[s] = value;
    }
  }
  __syncthreads();
#pragma unroll
  for (int s = 0; s < SUMS; s++) {
    sum[s] = s < count ? totals[s] : 0.0;
  }
}

// An image with all threads of the block.
template <class Gradient>
__device__ inline void run_image_on_block(const TvImages& op, long long image, CheckSpace* space, float* shared,
                                          Gradient& gradient) {
  run_image<BlockTeam>(op, image, shared, gradient, [&](const Snapshot& now, double (&sum)[SUMS]) {
    const int chunks = static_cast<int>(chunks_of(op));
#pragma unroll 1
    for (int chunk = warp_of_block(); chunk < chunks; chunk += warps_of_block()) {
      chunk_sums(now, chunk, sums_of(op), sum);
      keep_sums(sum, space->chunk_sums + chunk * SUMS);
    }
    __syncthreads();
    block_totals(space->chunk_sums, chunks, sums_of(op), space->totals, sum);
  });
}

}  // namespace tv
}  // namespace bitlift

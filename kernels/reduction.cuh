// Sums in binary64 over the fixed tree of Reduction.java, by one warp for one row, or by a block.
//
// Formula    chunks of 1,024 values; lane l of 32 starts from +0 and adds the values l, l + 32, ...; the lanes are
//            combined in halves (16, 8, 4, 2, 1); chunk sums are the values of the next level
// Source     numerics/Reduction.java
// Shapes     n values, any n below 2^31, handed over lane by lane
// Special    NaN and infinities as addition has them; -0 is impossible
// Order      the tree's. The butterfly gives all lanes lane 0's sum in every bit, as addition commutes. A level above the
//            last one adds +0 to a number that is no -0, so four levels can always be closed
// Modifies   nothing
#pragma once

#include "launch.cuh"

namespace bitlift {

// The sum over each `width` neighbouring lanes, a power of two, to each of them.
__device__ inline double combine_lanes(double value, int width = WARP) {
#pragma unroll 1
  for (int distance = width / 2; distance > 0; distance /= 2) {
    value = value + __shfl_xor_sync(ALL_LANES, value, distance);
  }
  return value;
}

// A running sum. All lanes of the warp call every method together; `add` takes +0, which changes no lane, where a lane has
// no value left. Rows of at most 16 values may share a warp, `width` lanes each, as lanes that hold +0 add nothing.
class RowSum {
 public:
  static constexpr int CHUNK = 1024;

  __device__ explicit RowSum(int width) : width_(width) {}

  // The next values, one per lane, in order: 32, or with a smaller width all there are.
  __device__ void add(double value) {
    leaf_ = leaf_ + value;
    if (++filled_ == ROUNDS) {
      close_chunk();
    }
  }

  // The sum, to each lane.
  __device__ double finish() {
    if (filled_ > 0) {
      close_chunk();
    }
    return chunks_ == 1 ? only_ : combine_upper();
  }

 private:
  static constexpr int ROUNDS = CHUNK / WARP;

  __device__ void close_chunk() {
    double sum = combine_lanes(leaf_, width_);
    leaf_ = 0.0;
    filled_ = 0;
    only_ = sum;
    hand_up(sum, chunks_, level1_);
    if ((++chunks_ & (CHUNK - 1)) == 0) {
      close_level1();
    }
  }

  __device__ void close_level1() {
    double sum = combine_lanes(level1_);
    level1_ = 0.0;
    int index = (chunks_ - 1) / CHUNK;
    hand_up(sum, index, level2_);
    if ((index & (CHUNK - 1)) == CHUNK - 1) {
      hand_up(combine_lanes(level2_), index / CHUNK, level3_);
      level2_ = 0.0;
    }
  }

  __device__ static void hand_up(double sum, int index, double& level) {
    if ((index & (WARP - 1)) == lane()) {
      level = level + sum;
    }
  }

  __device__ double combine_upper() {
    if ((chunks_ & (CHUNK - 1)) != 0) {
      hand_up(combine_lanes(level1_), chunks_ / CHUNK, level2_);
    }
    hand_up(combine_lanes(level2_), chunks_ / (CHUNK * CHUNK), level3_);
    return combine_lanes(level3_);
  }

  int width_;
  double leaf_ = 0.0;
  double only_ = 0.0;
  double level1_ = 0.0;
  double level2_ = 0.0;
  double level3_ = 0.0;
  int filled_ = 0;
  int chunks_ = 0;
};

// Values in flight per lane where a sum is bound by memory.
constexpr int SUM_BATCH = 8;

// The sum of value(j) for j < n by one warp, to each lane. BATCH values, a divisor of 32, are fetched before they are added.
template <int BATCH, class Value>
__device__ double warp_sum(long long n, Value value) {
  RowSum total(WARP);
#pragma unroll 1
  for (long long i = lane(); i - lane() < n; i += BATCH * WARP) {
    double values[BATCH];
#pragma unroll
    for (int t = 0; t < BATCH; t++) {
      values[t] = i + t * WARP < n ? value(i + t * WARP) : 0.0;
    }
#pragma unroll
    for (int t = 0; t < BATCH; t++) {
      total.add(values[t]);
    }
  }
  return total.finish();
}

// The sum of n numbers in memory by one block, to each thread. Its warps sum one chunk each at a time; the tree over the
// chunks' sums is the levels above them, and adds +0 to that of a single one.
__device__ inline double block_sum(long long n, const double* x, double (&chunk_sums)[WARP]) {
  constexpr long long CHUNK = RowSum::CHUNK;
  RowSum total(WARP);
#pragma unroll 1
  for (long long round = 0; round < n; round += WARP * CHUNK) {
#pragma unroll 1
    for (int chunk = static_cast<int>(threadIdx.x) / WARP; chunk < WARP && round + chunk * CHUNK < n;
         chunk += static_cast<int>(blockDim.x) / WARP) {
      long long from = round + chunk * CHUNK;
      long long count = n - from < CHUNK ? n - from : CHUNK;
      double sum = warp_sum<SUM_BATCH>(count, [&](long long i) { return x[from + i]; });
      if (lane() == 0) {
        chunk_sums[chunk] = sum;
      }
    }
    __syncthreads();
    total.add(round + lane() * CHUNK < n ? chunk_sums[lane()] : 0.0);
    __syncthreads();
  }
  return total.finish();
}

}  // namespace bitlift

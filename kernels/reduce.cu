// Sums over all elements in binary64: the terms of each row by the fixed tree over columns, then the row sums by the tree
// over rows, so that a sample's share doesn't depend on the batch.
//
// Formula    reduce_<kind>: row_sums[i] = Σ_k term(a[i,k], b[i,k]), with the terms, in binary64 from binary32 operands,
//              squared_norm a²,  squared_distance (a − b)²,  dot a·b,  nonzeros 1 where a is not zero
//            reduce_total:  sums[slot] = Σ_i row_sums[i]
// Source     backend/Reduce.java, numerics/Reduction.java
// Shapes     a, b [rows, columns], b null where it isn't named; row_sums [rows]
// Special    NaN and infinities as the operations have them; NaN counts as not zero; no rows give +0
// Order      one warp per row and the tree of reduction.cuh; reduce_total takes a single block of 32 threads
// Modifies   row_sums; sums[slot]
#include "launch.cuh"
#include "reduction.cuh"

namespace bitlift {

struct SquaredNorm {
  static constexpr bool PAIR = false;
  __device__ static double term(double a, double) { return a * a; }
};

struct SquaredDistance {
  static constexpr bool PAIR = true;
  __device__ static double term(double a, double b) {
    double d = a - b;
    return d * d;
  }
};

struct Dot {
  static constexpr bool PAIR = true;
  __device__ static double term(double a, double b) { return a * b; }
};

struct Nonzeros {
  static constexpr bool PAIR = false;
  __device__ static double term(double a, double) { return a != 0.0 ? 1.0 : 0.0; }
};

template <class Kind>
__device__ void reduce_rows(long long rows, int columns, const float* a, const float* b, double* row_sums) {
#pragma unroll 1
  for (long long i = first_warp(); i < rows; i += warp_step()) {
    const float* left = a + i * columns;
    const float* right = Kind::PAIR ? b + i * columns : left;
    double sum = warp_sum<SUM_BATCH>(columns, [&](long long k) { return Kind::term(left[k], right[k]); });
    if (lane() == 0) {
      row_sums[i] = sum;
    }
  }
}

}  // namespace bitlift

#define BITLIFT_REDUCE(kind, Kind)                                                                              \
  extern "C" __global__ void reduce_##kind(long long rows, int columns, const float* a, const float* b,         \
                                           double* row_sums) {                                                  \
    bitlift::reduce_rows<bitlift::Kind>(rows, columns, a, b, row_sums);                                         \
  }

BITLIFT_REDUCE(squared_norm, SquaredNorm)
BITLIFT_REDUCE(squared_distance, SquaredDistance)
BITLIFT_REDUCE(dot, Dot)
BITLIFT_REDUCE(nonzeros, Nonzeros)

extern "C" __global__ void reduce_total(long long rows, const double* row_sums, double* sums, int slot) {
  double sum = bitlift::warp_sum<bitlift::SUM_BATCH>(rows, [&](long long i) { return row_sums[i]; });
  if (threadIdx.x == 0) {
    sums[slot] = sum;
  }
}

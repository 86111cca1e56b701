// Sums over all elements in binary64: the terms of each row by the fixed tree over columns, then the row sums by the tree
// over rows, so that a sample's share doesn't depend on the batch.
//
// Formula    reduce_rows:   row_sums[i] = Σ_k term(a[i,k], b[i,k]), with the terms, in binary64 from binary32 operands,
//              squared_norm a²,  squared_distance (a − b)²,  dot a·b,  nonzeros 1 where a is not zero
//            reduce_total:  sums[slot] = Σ_i row_sums[i]
// Source     backend/Reduce.java, numerics/Reduction.java
// Shapes     a, b [rows, columns], b null where it isn't named; row_sums [rows]; grid: y = number of sums, x any for
//            reduce_rows, 1 for reduce_total; blocks of a multiple of 32 threads
// Special    NaN and infinities as the operations have them; NaN counts as not zero; no rows give +0
// Order      the tree of reduction.cuh: one warp per row, one per 1,024 row sums
// Modifies   row_sums; sums[slot]
#include "reduce.cuh"

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
__device__ void sum_terms(const ReduceEntry& entry) {
  sum_rows<Kind>(entry, [&](const float* a, const float* b) {
    return warp_sum<SUM_BATCH>(entry.columns, [&](long long k) { return Kind::term(a[k], b[k]); });
  });
}

}  // namespace bitlift

extern "C" __global__ void reduce_rows(const bitlift::ReduceEntry* entries) {
  const bitlift::ReduceEntry entry = entries[blockIdx.y];
  switch (entry.kind) {
    case bitlift::SQUARED_NORM: bitlift::sum_terms<bitlift::SquaredNorm>(entry); break;
    case bitlift::SQUARED_DISTANCE: bitlift::sum_terms<bitlift::SquaredDistance>(entry); break;
    case bitlift::DOT: bitlift::sum_terms<bitlift::Dot>(entry); break;
    case bitlift::NONZEROS: bitlift::sum_terms<bitlift::Nonzeros>(entry); break;
  }
}

extern "C" __global__ void reduce_total(const bitlift::ReduceEntry* entries) {
  __shared__ double chunk_sums[bitlift::WARP];
  const bitlift::ReduceEntry entry = entries[blockIdx.y];
  double sum = bitlift::block_sum(entry.rows, entry.row_sums, chunk_sums);
  if (threadIdx.x == 0) {
    entry.sums[entry.slot] = sum;
  }
}

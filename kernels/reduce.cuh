// What the host says of a sum over all elements, and the loop over its rows (backend/Reduce.java). A launch works on several
// sums, one per y of the grid; none of them sees the others.
#pragma once

#include "launch.cuh"
#include "reduction.cuh"

namespace bitlift {

// Terms without a prox map.
enum ReduceKind : int { SQUARED_NORM = 0, SQUARED_DISTANCE = 1, DOT = 2, NONZEROS = 3 };

// One sum. 64 bytes, laid out as written: the host fills it in.
struct ReduceEntry {
  const float* a;
  const float* b;    // null where a term has one operand
  double* row_sums;  // [rows]
  double* sums;
  long long rows;
  int columns;
  int slot;  // of sums
  int kind;  // a ReduceKind; of no meaning to the kernels of a prox map
  float p0;  // parameters of the prox map
  float p1;
};
static_assert(sizeof(ReduceEntry) == 64, "the host fills in this layout");

// row_sums[i] = row_sum(row i of a, row i of b) by one warp per row; row_sum gives each lane the sum. Where a term has one
// operand, a stands for b.
template <class Kind, class Sum>
__device__ void sum_rows(const ReduceEntry& entry, Sum row_sum) {
#pragma unroll 1
  for (long long i = first_warp(); i < entry.rows; i += warp_step()) {
    const float* a = entry.a + i * entry.columns;
    const float* b = Kind::PAIR ? entry.b + i * entry.columns : a;
    double sum = row_sum(a, b);
    if (lane() == 0) {
      entry.row_sums[i] = sum;
    }
  }
}

}  // namespace bitlift

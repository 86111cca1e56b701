// Sums over samples for several matrices in one launch: the gradients of biases.
//
// Formula    out[k] = scale·Σ_i in[i,k]
// Source     backend/ColumnSum.java; rule 2 of the numeric contract with a column of ones (a product with 1 is exact)
// Shapes     in [rows, columns], out [columns]; grid (any number >= 1, number of entries), best ceil(largest columns / 32)
//            along x; block (32, 8): a lane owns a column, row y of the block the segments y, y + 8, ...
// Special    NaN and infinities as the operations have them; no rows give scale·(+0)
// Order      chains of additions over ascending i from +0 within segments of 1,024 rows, segment sums added in order
// Modifies   out
#include "launch.cuh"
#include "numerics.cuh"

namespace bitlift {

// One matrix. 32 bytes, laid out as written: the host fills it in.
struct ColumnSumEntry {
  const float* in;
  float* out;
  long long rows;
  int columns;
  float scale;
};
static_assert(sizeof(ColumnSumEntry) == 32, "the host fills in this layout");

namespace column {

constexpr int TOGETHER = 8;  // segments per round, blockDim.y
constexpr int BATCH = 32;    // numbers in flight per lane

// The sum of rows `from` to `upto` of one column; `in` points to its first number. BATCH rows are on their way while one is
// added. Beyond the last row +0 is added, which changes nothing, as a sum that began with +0 is never −0.
__device__ inline float segment_sum(const float* in, long long columns, long long from, long long upto) {
  float next[BATCH];
#pragma unroll
  for (int t = 0; t < BATCH; t++) {
    next[t] = from + t < upto ? in[(from + t) * columns] : 0.0f;
  }
  float sum = 0.0f;
#pragma unroll 1
  for (long long i = from; i < upto; i += BATCH) {
#pragma unroll
    for (int t = 0; t < BATCH; t++) {
      sum = sum + next[t];
      long long later = i + BATCH + t;
      next[t] = later < upto ? in[later * columns] : 0.0f;
    }
  }
  return sum;
}

// Column `first` + lane. All threads of the block stay together.
__device__ inline void sums_of(const ColumnSumEntry& entry, int first, float (*sums)[WARP]) {
  int column = first + static_cast<int>(threadIdx.x);
  bool present = column < entry.columns;
  float total = 0.0f;
#pragma unroll 1
  for (long long round = 0; round < entry.rows; round += TOGETHER * SEGMENT) {
    long long from = round + static_cast<long long>(threadIdx.y) * SEGMENT;
    long long upto = from + SEGMENT < entry.rows ? from + SEGMENT : entry.rows;
    if (present && from < entry.rows) {
      sums[threadIdx.y][threadIdx.x] = segment_sum(entry.in + column, entry.columns, from, upto);
    }
    __syncthreads();
    if (present && threadIdx.y == 0) {
      for (int t = 0; t < TOGETHER && round + t * SEGMENT < entry.rows; t++) {
        total = round + t == 0 ? sums[t][threadIdx.x] : total + sums[t][threadIdx.x];
      }
    }
    __syncthreads();
  }
  if (present && threadIdx.y == 0) {
    entry.out[column] = entry.scale * total;
  }
}

}  // namespace column
}  // namespace bitlift

extern "C" __global__ void __launch_bounds__(256) column_sum(const bitlift::ColumnSumEntry* entries) {
  __shared__ float sums[bitlift::column::TOGETHER][bitlift::WARP];
  const bitlift::ColumnSumEntry entry = entries[blockIdx.y];
  for (int first = static_cast<int>(blockIdx.x) * bitlift::WARP; first < entry.columns;
       first += static_cast<int>(gridDim.x) * bitlift::WARP) {
    bitlift::column::sums_of(entry, first, sums);
  }
}

// The epilogue of a block row whose sum lies in memory: of rows that need no product, or where it can't be part of one.
//
// Formula    c = left, then as product_row.cuh has it for SCALE and BIAS, steps without a proximal part
// Source     backend/Product.java, backend/Epilogue.java
// Shapes     left [rows, columns]; grid: any along x, along y as many blocks as there are rows in `rows`
// Special    as the operations have them
// Order      as written in product_epilogue.cuh, element by element
// Modifies   what the epilogue modifies; left may be out
//
// Where all operands are aligned to 16 bytes and columns is a multiple of 4, four neighbours are loaded and stored at once.
#include "launch.cuh"
#include "product_epilogue.cuh"

namespace bitlift {

template <int WIDTH>
__device__ void epilogues(const ProductRow& row, const UpdateStep& step) {
  long long n = static_cast<long long>(row.rows) * row.columns / WIDTH;
#pragma unroll 1
  for (long long q = first_index(); q < n; q += index_step()) {
    long long at = WIDTH * q;
    MaplessEpilogue::apply(row, step, at, static_cast<int>(at % row.columns), load<WIDTH>(row.left + at));
  }
}

}  // namespace bitlift

extern "C" __global__ void epilogue(const bitlift::ProductRow* rows) {
  const bitlift::ProductRow row = rows[blockIdx.y];
  bitlift::UpdateStep step{};
  if (row.step != nullptr) {
    step = *row.step;
  }
  if (bitlift::epilogue_in_fours(row, step) && bitlift::is_vector_aligned(row.left)) {
    bitlift::epilogues<4>(row, step);
  } else {
    bitlift::epilogues<1>(row, step);
  }
}

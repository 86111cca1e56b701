// Products of several block rows in one launch, each with its epilogue: the body of all product kernels.
//
// Formula    for each row of `rows`: out ← epilogue(Σₖ a(i, k)·b(k, j)), then an optimiser step (product_row.cuh)
// Source     backend/Product.java; framework paper, eq. 3
// Shapes     grid: as many blocks as the rows have tiles, along x; those of row r are first_tile + 0, 1, ..., along the
//            columns first: ceil(rows / T::ROWS)·ceil(columns / T::COLUMNS) of them. Blocks of T::THREADS
// Special    depth 0 gives +0 before the epilogue; rows without elements have no tiles
// Order      rule 2 of the contract (product_tile.cuh), then the epilogue's (product_epilogue.cuh)
// Modifies   what the epilogue modifies; rows must not read what another row writes
#pragma once

#include "product_epilogue.cuh"
#include "product_tile.cuh"

namespace bitlift {

// The last row that starts at or before a tile.
__device__ inline int row_of_tile(const ProductRow* rows, int count, int tile) {
  int low = 0;
  int high = count - 1;
  while (low < high) {
    int middle = (low + high + 1) / 2;
    if (rows[middle].first_tile <= tile) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

// Copies a struct of 4-byte words into shared memory, a word per thread.
template <class Struct>
__device__ inline void fetch(const Struct* from, Struct* to) {
  constexpr unsigned WORDS = sizeof(Struct) / sizeof(int);
  if (threadIdx.x < WORDS) {
    reinterpret_cast<int*>(to)[threadIdx.x] = reinterpret_cast<const int*>(from)[threadIdx.x];
  }
}

// The epilogue of a tile, its sums passing through shared memory so that neighbouring threads work on neighbouring elements,
// and each piece of code stands here once instead of once per sum. BAND rows at a time: as many as fit where the operands
// were.
template <class T, class Product, class Finish>
struct TileFinish {
  static constexpr int WARPS_AT_ONCE = T::STAGES * T::STAGE >= T::ROWS * T::COLUMNS ? T::WARPS_HIGH : T::WARPS_HIGH / 2;
  static constexpr int BAND = WARPS_AT_ONCE * T::WARP_ROWS;
  static_assert(BAND * T::COLUMNS <= T::STAGES * T::STAGE, "a band fits into the operands' memory");

  const Product& product;
  const ProductRow& row;
  const UpdateStep& step;

  __device__ void run(const float (&sums)[T::HEIGHT][T::WIDTH]) const {
#pragma unroll 1
    for (int band = 0; band < T::ROWS; band += BAND) {
      __syncthreads();
      int first = product.place.warp_row * T::WARP_ROWS - band;
      if (first >= 0 && first < BAND) {
        put(sums, first);
      }
      __syncthreads();
      // Not before: with depth 0 these are the block's first barriers since the step was fetched.
      if (epilogue_in_fours(row, step)) {
        sweep<4>(band);
      } else {
        sweep<1>(band);
      }
    }
  }

 private:
  __device__ void put(const float (&sums)[T::HEIGHT][T::WIDTH], int first) const {
    int column0 = product.place.warp_column * (LANES_WIDE * T::WIDTH);
#pragma unroll
    for (int r = 0; r < T::HEIGHT; r++) {
      float* line = product.shared + (first + Product::Left::element(product.place.row, r)) * T::COLUMNS + column0;
#pragma unroll
      for (int c = 0; c < T::WIDTH; c++) {
        line[Product::Right::element(product.place.column, c)] = sums[r][c];
      }
    }
  }

  template <int WIDTH>
  __device__ void sweep(int band) const {
#pragma unroll 1
    for (int e = static_cast<int>(threadIdx.x) * WIDTH; e < BAND * T::COLUMNS; e += T::THREADS * WIDTH) {
      int i = product.row0 + band + e / T::COLUMNS;
      int j = product.column0 + e % T::COLUMNS;
      if (i < row.rows && j < row.columns) {
        long long at = static_cast<long long>(i) * row.columns + j;
        Finish::apply(row, step, at, j, load<WIDTH>(product.shared + e));
      }
    }
  }
};

template <class T, Layout LAYOUT, class Finish>
__device__ inline void product(const ProductRow* rows, int count) {
  using Product = TileProduct<T, LAYOUT>;
  __shared__ __align__(16) float operands[T::STAGES * T::STAGE];
  __shared__ ProductRow row;
  __shared__ UpdateStep step;
  fetch(rows + row_of_tile(rows, count, static_cast<int>(blockIdx.x)), &row);
  __syncthreads();
  if (Finish::STEPS && row.step != nullptr) {
    fetch(row.step, &step);
  }
  int tile = static_cast<int>(blockIdx.x) - row.first_tile;
  int across = (row.columns + T::COLUMNS - 1) / T::COLUMNS;
  Product product{row, tile / across * T::ROWS, tile % across * T::COLUMNS, operands, Place<T>()};
  float sums[T::HEIGHT][T::WIDTH];
  product.sum(sums);
  TileFinish<T, Product, Finish>{product, row, step}.run(sums);
}

}  // namespace bitlift

#define BITLIFT_PRODUCT_KERNEL(name, Tile, LAYOUT, ...)                                                                     \
  extern "C" __global__ void __launch_bounds__(bitlift::Tile::THREADS, bitlift::Tile::BLOCKS)                               \
      name(const bitlift::ProductRow* rows, int count) {                                                                    \
    bitlift::product<bitlift::Tile, bitlift::LAYOUT, __VA_ARGS__>(rows, count);                                             \
  }

// <name>_large and <name>_small.
#define BITLIFT_PRODUCT(name, LAYOUT, ...)                               \
  BITLIFT_PRODUCT_KERNEL(name##_large, LargeTile, LAYOUT, __VA_ARGS__)   \
  BITLIFT_PRODUCT_KERNEL(name##_small, SmallTile, LAYOUT, __VA_ARGS__)

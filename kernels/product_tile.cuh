// A tile of a matrix product on one block: sums of rule 2 of the numeric contract, in registers.
//
// Formula    s(i, j) = Σₖ a(i, k)·b(k, j): chains of fma in ascending k from +0 over segments of 1,024 k, the segments' sums
//            added in ascending order; depth 0 gives +0
// Shapes     left a and right b are [m, k] and [n, k] (nt), [m, k] and [k, n] (nn), or [k, m] and [k, n] (tn), contiguous
// Special    a tail of k enters no chain as 0·0, which could turn -0 into +0; tails of m and n are computed from zeros and
//            never stored
// Order      one chain per element, whatever the tile
// Modifies   the block's shared memory
//
// A warp's lanes stand 4 high and 8 wide. Operands whose rows run along k lie in shared memory as [row][k], quads of k
// exchanged within a row so that eight rows are read without conflict (see swizzled); the others lie as [k][column]. Either
// way the copies are the operand's own 16-byte pieces, and most reads are of 16 bytes. README.md counts them.
#pragma once

#include <cuda_pipeline.h>

#include "launch.cuh"
#include "numerics.cuh"
#include "product_row.cuh"

namespace bitlift {

constexpr int LANES_HIGH = 4;
constexpr int LANES_WIDE = 8;

// HEIGHT x WIDTH sums per thread, WARPS_HIGH x WARPS_WIDE warps, shared memory for STAGES steps of DEPTH terms.
template <int HEIGHT_, int WIDTH_, int WARPS_HIGH_, int WARPS_WIDE_, int DEPTH_, int STAGES_, int UNROLL_, int BLOCKS_>
struct Tile {
  static constexpr int HEIGHT = HEIGHT_;
  static constexpr int WIDTH = WIDTH_;
  static constexpr int WARPS_HIGH = WARPS_HIGH_;
  static constexpr int WARPS_WIDE = WARPS_WIDE_;
  static constexpr int DEPTH = DEPTH_;
  static constexpr int STAGES = STAGES_;
  static constexpr int UNROLL = UNROLL_;  // of the loop over quads of terms, so that loads overlap with sums
  static constexpr int BLOCKS = BLOCKS_;  // per multiprocessor, for the compiler's choice of registers
  static constexpr int THREADS = WARP * WARPS_HIGH * WARPS_WIDE;
  static constexpr int WARP_ROWS = LANES_HIGH * HEIGHT;
  static constexpr int ROWS = WARPS_HIGH * WARP_ROWS;
  static constexpr int COLUMNS = WARPS_WIDE * LANES_WIDE * WIDTH;
  static constexpr int STAGE = (ROWS + COLUMNS) * DEPTH;  // floats of shared memory per step
  static_assert(SEGMENT % DEPTH == 0, "a segment ends where a step ends");
};

using LargeTile = Tile<8, 7, 4, 2, 16, 2, 1, 2>;  // 128 x 112, 256 threads
using SmallTile = Tile<4, 2, 2, 2, 32, 3, 2, 7>;  // 32 x 32, 128 threads

// Which way the operands lie: t for a transposed one, [columns, depth] on the right and [depth, rows] on the left.
enum Layout { NT, NN, TN };

// One operand's part in a tile: EXTENT rows of a (or columns of b), of which a thread has COUNT, LANES lanes side by side.
template <int EXTENT_, int COUNT_, int LANES_, int DEPTH_, bool ALONG_K_>
struct Side {
  static constexpr int EXTENT = EXTENT_;
  static constexpr int COUNT = COUNT_;
  static constexpr int LANES = LANES_;
  static constexpr int DEPTH = DEPTH_;
  static constexpr bool ALONG_K = ALONG_K_;  // whether neighbours in memory are neighbours in k
  static constexpr int QUADS = DEPTH / 4;

  // Where quad q of a row lies within the row. A row holds 4·QUADS of the 32 banks; rows that share banks, and are read by
  // different lanes at once, differ in the place of q. The same for all rows of a thread, which are LANES apart.
  __device__ static int swizzled(int row, int q) {
    constexpr int SHARING = 8 / QUADS;
    static_assert(QUADS == 4 || QUADS == 8, "a row is half the banks or all");
    return q ^ (row / SHARING & (LANES / SHARING - 1));
  }

  // Index in shared memory of element x of term k.
  __device__ static int at(int x, int k) {
    return ALONG_K ? x * DEPTH + 4 * swizzled(x, k / 4) + k % 4 : k * EXTENT + x;
  }

  // The c-th of a lane's elements, within the warp's COUNT·LANES. Along k they are dealt out one by one; otherwise in fours,
  // then two, then one, so that a lane's neighbours are read at once.
  __device__ static int element(int lane, int c) {
    constexpr int FOURS = COUNT / 4 * 4;
    if (ALONG_K) {
      return lane + LANES * c;
    }
    if (c < FOURS) {
      return c / 4 * 4 * LANES + 4 * lane + c % 4;
    }
    if (COUNT % 4 >= 2 && c < FOURS + 2) {
      return FOURS * LANES + 2 * lane + c % 2;
    }
    return (COUNT - 1) * LANES + lane;
  }

  // Starts the copies of one step: what lies at k0 <= k < depth for elements from x0 on; zeros beyond the last element.
  // PIECE numbers at once; a piece lies within the operand or outside.
  template <int PIECE, int THREADS>
  __device__ static void copy(const float* operand, int x0, int extent, int k0, int depth, float* shared) {
    constexpr int PIECES = EXTENT * DEPTH / PIECE;
    constexpr int PER_LINE = (ALONG_K ? DEPTH : EXTENT) / PIECE;
#pragma unroll 1
    for (int p = static_cast<int>(threadIdx.x); p < PIECES; p += THREADS) {
      int line = p / PER_LINE;
      int within = p % PER_LINE * PIECE;
      int x = ALONG_K ? line : within;
      int k = ALONG_K ? within : line;
      if (k0 + k >= depth) {
        continue;
      }
      float* to = shared + at(x, k);
      if (x0 + x < extent) {
        long long from = ALONG_K ? static_cast<long long>(x0 + x) * depth + (k0 + k)
                                 : static_cast<long long>(k0 + k) * extent + (x0 + x);
        __pipeline_memcpy_async(to, operand + from, PIECE * sizeof(float));
      } else {
        for (int e = 0; e < PIECE; e++) {
          to[e] = 0.0f;
        }
      }
    }
  }

  // Whether pieces of four numbers start at multiples of 16 bytes and never cross an edge.
  __device__ static bool in_fours(const float* operand, int extent, int depth) {
    return is_vector_aligned(operand) && (ALONG_K ? depth : extent) % 4 == 0;
  }

  // A thread's numbers for terms 4·q to 4·q + 3; `shared` starts at the warp's first element.
  __device__ static void read(const float* shared, int lane, int q, float (&out)[COUNT][4]) {
    if constexpr (ALONG_K) {
      int place = 4 * swizzled(lane, q);
#pragma unroll
      for (int c = 0; c < COUNT; c++) {
        float4 quad = *reinterpret_cast<const float4*>(shared + element(lane, c) * DEPTH + place);
        out[c][0] = quad.x;
        out[c][1] = quad.y;
        out[c][2] = quad.z;
        out[c][3] = quad.w;
      }
    } else {
#pragma unroll
      for (int k = 0; k < 4; k++) {
        read_term(shared + (4 * q + k) * EXTENT, lane, [&](int c, float value) { out[c][k] = value; });
      }
    }
  }

  // set(c, number) for a thread's numbers of one term, of an operand that doesn't run along k.
  template <class Set>
  __device__ static void read_term(const float* term, int lane, Set set) {
    constexpr int FOURS = COUNT / 4 * 4;
#pragma unroll
    for (int c = 0; c < FOURS; c += 4) {
      float4 quad = *reinterpret_cast<const float4*>(term + element(lane, c));
      set(c, quad.x);
      set(c + 1, quad.y);
      set(c + 2, quad.z);
      set(c + 3, quad.w);
    }
    if constexpr (COUNT % 4 >= 2) {
      float2 pair = *reinterpret_cast<const float2*>(term + element(lane, FOURS));
      set(FOURS, pair.x);
      set(FOURS + 1, pair.y);
    }
    if constexpr (COUNT % 2 == 1) {
      set(COUNT - 1, term[element(lane, COUNT - 1)]);
    }
  }
};

// Where a thread stands in its block. Neighbours in a half warp differ in the low bit of the row and in the column, so that
// each 16-byte read is one of 8 places for a half warp, and lanes i and i + 1 or i + 2 share it.
template <class T>
struct Place {
  int row;     // lane's row, 0 to 3
  int column;  // lane's column, 0 to 7
  int warp_row;
  int warp_column;

  __device__ Place() {
    int in_warp = lane();
    int warp = static_cast<int>(threadIdx.x) / WARP;
    row = (in_warp & 1) | (in_warp >> 4) << 1;
    column = in_warp >> 1 & 7;
    warp_row = warp / T::WARPS_WIDE;
    warp_column = warp % T::WARPS_WIDE;
  }
};

// A block's part of a product: T's rows from row0 on and columns from column0 on.
template <class T, Layout LAYOUT>
struct TileProduct {
  using Left = Side<T::ROWS, T::HEIGHT, LANES_HIGH, T::DEPTH, LAYOUT != TN>;
  using Right = Side<T::COLUMNS, T::WIDTH, LANES_WIDE, T::DEPTH, LAYOUT == NT>;

  const ProductRow& row;  // in shared memory, so that the sums have the registers to themselves
  int row0;
  int column0;
  float* shared;  // [STAGES][STAGE], aligned to 16 bytes
  Place<T> place;

  // The thread's sums: element (r, c) belongs to Left::element(place.row, r) of the warp's rows, and so on.
  __device__ void sum(float (&out)[T::HEIGHT][T::WIDTH]) const {
    // Sums of earlier segments. Touched once in 1,024 terms, so they stay out of the registers.
    volatile float total[T::HEIGHT][T::WIDTH];
    int depth = row.depth;
    if (depth > SEGMENT) {
      clear(total);
    }
    clear(out);
    int steps = (depth + T::DEPTH - 1) / T::DEPTH;
    // Copies run STAGES - 1 steps ahead of the sums.
#pragma unroll 1
    for (int step = 1 - T::STAGES; step < steps; step++) {
      if (step >= 0) {
        __pipeline_wait_prior(T::STAGES - 2);
        __syncthreads();
      }
      int ahead = step + T::STAGES - 1;
      if (ahead < steps) {
        copy_step(ahead);
      }
      __pipeline_commit();
      if (step >= 0) {
        add_step(step, depth, out);
        int done = (step + 1) * T::DEPTH;
        if (done % SEGMENT == 0 && done < depth) {
          close_segment(out, total);
        }
      }
    }
    __pipeline_wait_prior(0);
    if (depth > SEGMENT) {
      each([&](int r, int c) { out[r][c] = total[r][c] + out[r][c]; });
    }
  }

 private:
  template <class Work>
  __device__ static void each(Work work) {
#pragma unroll
    for (int r = 0; r < T::HEIGHT; r++) {
#pragma unroll
      for (int c = 0; c < T::WIDTH; c++) {
        work(r, c);
      }
    }
  }

  __device__ static void clear(float (&out)[T::HEIGHT][T::WIDTH]) {
    each([&](int r, int c) { out[r][c] = 0.0f; });
  }

  // The neutral element of addition is -0: with it the first segment's sum is the total itself.
  __device__ static void clear(volatile float (&total)[T::HEIGHT][T::WIDTH]) {
#pragma unroll 1
    for (int r = 0; r < T::HEIGHT; r++) {
#pragma unroll 1
      for (int c = 0; c < T::WIDTH; c++) {
        total[r][c] = -0.0f;
      }
    }
  }

  __device__ static void close_segment(float (&out)[T::HEIGHT][T::WIDTH], volatile float (&total)[T::HEIGHT][T::WIDTH]) {
    each([&](int r, int c) { total[r][c] = total[r][c] + out[r][c]; });
    clear(out);
  }

  __device__ void copy_step(int step) const {
    int k0 = step * T::DEPTH;
    float* a = shared + step % T::STAGES * T::STAGE;
    float* b = a + T::ROWS * T::DEPTH;
    if (Left::in_fours(row.left, row.rows, row.depth)) {
      Left::template copy<4, T::THREADS>(row.left, row0, row.rows, k0, row.depth, a);
    } else {
      Left::template copy<1, T::THREADS>(row.left, row0, row.rows, k0, row.depth, a);
    }
    if (Right::in_fours(row.right, row.columns, row.depth)) {
      Right::template copy<4, T::THREADS>(row.right, column0, row.columns, k0, row.depth, b);
    } else {
      Right::template copy<1, T::THREADS>(row.right, column0, row.columns, k0, row.depth, b);
    }
  }

  __device__ void add_step(int step, int depth, float (&out)[T::HEIGHT][T::WIDTH]) const {
    const float* a = shared + step % T::STAGES * T::STAGE;
    const float* b = a + T::ROWS * T::DEPTH;
    a += (Left::ALONG_K ? T::DEPTH : 1) * place.warp_row * T::WARP_ROWS;
    b += (Right::ALONG_K ? T::DEPTH : 1) * place.warp_column * (LANES_WIDE * T::WIDTH);
    int terms = depth - step * T::DEPTH;
    int quads = terms < T::DEPTH ? terms / 4 : T::DEPTH / 4;
#pragma unroll T::UNROLL
    for (int q = 0; q < quads; q++) {
      add_quad(a, b, q, out);
    }
    if (terms < T::DEPTH) {
#pragma unroll 1
      for (int k = 4 * quads; k < terms; k++) {
        add_term(a, b, k, out);
      }
    }
  }

  // Four terms. b's numbers for all four are kept; a's come a row or a term at a time.
  __device__ void add_quad(const float* a, const float* b, int q, float (&out)[T::HEIGHT][T::WIDTH]) const {
    float y[T::WIDTH][4];
    Right::read(b, place.column, q, y);
    if constexpr (Left::ALONG_K) {
      int at = 4 * Left::swizzled(place.row, q);
#pragma unroll
      for (int r = 0; r < T::HEIGHT; r++) {
        float4 quad = *reinterpret_cast<const float4*>(a + Left::element(place.row, r) * T::DEPTH + at);
        float x[4] = {quad.x, quad.y, quad.z, quad.w};
#pragma unroll
        for (int k = 0; k < 4; k++) {
#pragma unroll
          for (int c = 0; c < T::WIDTH; c++) {
            out[r][c] = fused(x[k], y[c][k], out[r][c]);
          }
        }
      }
    } else {
#pragma unroll
      for (int k = 0; k < 4; k++) {
        float x[T::HEIGHT];
        Left::read_term(a + (4 * q + k) * T::ROWS, place.row, [&](int r, float value) { x[r] = value; });
        each([&](int r, int c) { out[r][c] = fused(x[r], y[c][k], out[r][c]); });
      }
    }
  }

  // One term, in the tail of k.
  __device__ void add_term(const float* a, const float* b, int k, float (&out)[T::HEIGHT][T::WIDTH]) const {
    float y[T::WIDTH];
#pragma unroll
    for (int c = 0; c < T::WIDTH; c++) {
      y[c] = b[Right::at(Right::element(place.column, c), k)];
    }
#pragma unroll
    for (int r = 0; r < T::HEIGHT; r++) {
      float x = a[Left::at(Left::element(place.row, r), k)];
#pragma unroll
      for (int c = 0; c < T::WIDTH; c++) {
        out[r][c] = fused(x, y[c], out[r][c]);
      }
    }
  }
};

}  // namespace bitlift

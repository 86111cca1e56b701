// The steps of a power iteration for ‖A‖², in the order in which they are launched.
//
// Formula    power_apply      y = A x
//            power_adjoint    w = Aᵀ y
//            power_normalise  n² = Σ w²;  x ← w·(1/√n²) if 0 < n² < ∞, else x stays
//            power_finish     norm[slot] = Σ y² / Σ x², 0 if Σ x² = 0
//                             step[0] = numerator / (scale·norm[slot] + shift), unless step is null
// Source     backend/PowerIteration.java
// Shapes     A [rows, columns], x and w [columns], y [rows]; grid: y = number of matrices, along x any number of blocks
//            (32, 8) for power_apply and power_adjoint, best ceil(most results / 32), 1 block of a multiple of 32 for
//            power_normalise, 1 block of 32 for power_finish
// Special    NaN and infinities as the operations have them
// Order      products: chains of fma over ascending k from +0 within segments of 1,024, segment sums added in order; sums:
//            binary64 by the tree; the scalars in binary64, each rounded to binary32 once
// Modifies   what stands on the left; no matrix' operands may overlap what another's steps write
//
// A lane of the block's first warp owns a result and walks its chain through shared memory. All eight warps fetch the next
// tile from A, along its rows, while it does; a tile lies within a segment.
#include "launch.cuh"
#include "numerics.cuh"
#include "reduction.cuh"

namespace bitlift {
namespace power {

constexpr int DEPTH = 256;  // terms per tile: 8 warps of 32

// Terms are x[k]·A[result, k].
struct Apply {
  static constexpr bool RESULT_IS_ROW = true;
};

// Terms are y[k]·A[k, result].
struct Adjoint {
  static constexpr bool RESULT_IS_ROW = false;
};

// A block's share of a matrix-vector product: WARP results from `first` on.
template <class Kind>
class VectorProduct {
 public:
  __device__ VectorProduct(int results, int depth, const float* a, const float* vector)
      : results_(results), depth_(depth), a_(a), vector_(vector) {}

  // A thread's own numbers of the tile that starts at term k0: with rows as results, term 32·threadIdx.y + lane of each
  // result; else 32 terms of result lane. Either way a warp reads neighbours. Beyond the matrix they are 0, and not used.
  __device__ void fetch(long long first, int k0) {
    int warp = k0 + static_cast<int>(threadIdx.y) * WARP;
    int at = static_cast<int>(threadIdx.x);
    next_factor_ = warp + at < depth_ ? vector_[warp + at] : 0.0f;
#pragma unroll
    for (int j = 0; j < WARP; j++) {
      long long result = first + (Kind::RESULT_IS_ROW ? j : at);
      int k = warp + (Kind::RESULT_IS_ROW ? at : j);
      long long index = Kind::RESULT_IS_ROW ? result * depth_ + k : static_cast<long long>(k) * results_ + result;
      next_[j] = result < results_ && k < depth_ ? a_[index] : 0.0f;
    }
  }

  __device__ void store(float (*tile)[DEPTH + 1], float* factors) const {
    int warp = static_cast<int>(threadIdx.y) * WARP;
    int at = static_cast<int>(threadIdx.x);
    factors[warp + at] = next_factor_;
#pragma unroll
    for (int j = 0; j < WARP; j++) {
      tile[Kind::RESULT_IS_ROW ? j : at][warp + (Kind::RESULT_IS_ROW ? at : j)] = next_[j];
    }
  }

  // The lane's chain through the tile that starts at term k0.
  __device__ void walk(int k0, const float* tile, const float* factors) {
    int count = depth_ - k0 < DEPTH ? depth_ - k0 : DEPTH;
#pragma unroll 8
    for (int k = 0; k < count; k++) {
      chain_ = fused(factors[k], tile[k], chain_);
    }
    int end = k0 + count;
    if (end == depth_ || end % SEGMENT == 0) {
      total_ = end <= SEGMENT ? chain_ : total_ + chain_;
      chain_ = 0.0f;
    }
  }

  __device__ float total() const { return total_; }

 private:
  int results_;
  int depth_;
  const float* a_;
  const float* vector_;
  float next_[WARP];
  float next_factor_;
  float chain_ = 0.0f;
  float total_ = 0.0f;
};

template <class Kind>
__device__ void vector_product(int results, int depth, const float* a, const float* vector, float* out) {
  __shared__ float tile[WARP][DEPTH + 1];
  __shared__ float factors[DEPTH];
#pragma unroll 1
  for (long long first = static_cast<long long>(blockIdx.x) * WARP; first < results;
       first += static_cast<long long>(gridDim.x) * WARP) {
    VectorProduct<Kind> product(results, depth, a, vector);
    product.fetch(first, 0);
#pragma unroll 1
    for (int k0 = 0; k0 < depth; k0 += DEPTH) {
      product.store(tile, factors);
      __syncthreads();
      product.fetch(first, k0 + DEPTH);
      if (threadIdx.y == 0) {
        product.walk(k0, tile[threadIdx.x], factors);
      }
      __syncthreads();
    }
    if (threadIdx.y == 0 && first + threadIdx.x < results) {
      out[first + threadIdx.x] = product.total();
    }
  }
}

// The squared norm of n numbers by one warp, to each lane.
__device__ inline double squared_norm(int n, const float* x) {
  return warp_sum<SUM_BATCH>(n, [&](long long k) { return static_cast<double>(x[k]) * x[k]; });
}

}  // namespace power

// One matrix of a launch. 88 bytes, laid out as written: the host fills it in.
struct PowerRow {
  const float* a;
  float* x;
  float* y;
  float* w;
  double* norm;
  float* step;  // or null
  double numerator;
  double scale;
  double shift;
  int slot;
  int rows;
  int columns;
};
static_assert(sizeof(PowerRow) == 88, "the host fills in this layout");

}  // namespace bitlift

extern "C" __global__ void __launch_bounds__(256) power_apply(const bitlift::PowerRow* rows) {
  const bitlift::PowerRow row = rows[blockIdx.y];
  bitlift::power::vector_product<bitlift::power::Apply>(row.rows, row.columns, row.a, row.x, row.y);
}

extern "C" __global__ void __launch_bounds__(256) power_adjoint(const bitlift::PowerRow* rows) {
  const bitlift::PowerRow row = rows[blockIdx.y];
  bitlift::power::vector_product<bitlift::power::Adjoint>(row.columns, row.rows, row.a, row.y, row.w);
}

extern "C" __global__ void power_normalise(const bitlift::PowerRow* rows) {
  const bitlift::PowerRow row = rows[blockIdx.y];
  double n2 = bitlift::power::squared_norm(row.columns, row.w);
  if (n2 > 0.0 && n2 < bitlift::infinity64()) {
    float inverse = static_cast<float>(1.0 / __dsqrt_rn(n2));
#pragma unroll 1
    for (int k = static_cast<int>(threadIdx.x); k < row.columns; k += static_cast<int>(blockDim.x)) {
      row.x[k] = row.w[k] * inverse;
    }
  }
}

extern "C" __global__ void power_finish(const bitlift::PowerRow* rows) {
  const bitlift::PowerRow row = rows[blockIdx.y];
  double xx = bitlift::power::squared_norm(row.columns, row.x);
  double yy = bitlift::power::squared_norm(row.rows, row.y);
  double estimate = xx == 0.0 ? 0.0 : yy / xx;
  if (threadIdx.x == 0) {
    row.norm[row.slot] = estimate;
    if (row.step != nullptr) {
      row.step[0] = static_cast<float>(row.numerator / (row.scale * estimate + row.shift));
    }
  }
}

// The steps of a power iteration for ‖A‖², in the order in which they are launched.
//
// Formula    power_apply      y = A x
//            power_adjoint    w = Aᵀ y
//            power_normalise  n² = Σ w²;  x ← w·(1/√n²) if 0 < n² < ∞, else x stays
//            power_finish     norm[slot] = Σ y² / Σ x², 0 if Σ x² = 0
//                             step[0] = numerator / (scale·norm[slot] + shift), unless step is null
// Source     backend/PowerIteration.java
// Shapes     A [rows, columns], x and w [columns], y [rows]; power_apply and power_adjoint: block (32, 8), any grid, best
//            ceil(results / 32) blocks; power_normalise: 1 block of a multiple of 32; power_finish: 1 block of 32
// Special    NaN and infinities as the operations have them
// Order      products: chains of fma over ascending k from +0 within segments of 1,024, segment sums added in order; sums:
//            binary64 by the tree; the scalars in binary64, each rounded to binary32 once
// Modifies   what stands on the left
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
}  // namespace bitlift

extern "C" __global__ void __launch_bounds__(256)
power_apply(int rows, int columns, const float* a, const float* x, float* y) {
  bitlift::power::vector_product<bitlift::power::Apply>(rows, columns, a, x, y);
}

extern "C" __global__ void __launch_bounds__(256)
power_adjoint(int rows, int columns, const float* a, const float* y, float* w) {
  bitlift::power::vector_product<bitlift::power::Adjoint>(columns, rows, a, y, w);
}

extern "C" __global__ void power_normalise(int columns, const float* w, float* x) {
  double n2 = bitlift::power::squared_norm(columns, w);
  if (n2 > 0.0 && n2 < bitlift::infinity64()) {
    float inverse = static_cast<float>(1.0 / __dsqrt_rn(n2));
#pragma unroll 1
    for (int k = static_cast<int>(threadIdx.x); k < columns; k += static_cast<int>(blockDim.x)) {
      x[k] = w[k] * inverse;
    }
  }
}

extern "C" __global__ void power_finish(int rows, int columns, const float* x, const float* y, double* norm, int slot,
                                        float* step, double numerator, double scale, double shift) {
  double xx = bitlift::power::squared_norm(columns, x);
  double yy = bitlift::power::squared_norm(rows, y);
  double estimate = xx == 0.0 ? 0.0 : yy / xx;
  if (threadIdx.x == 0) {
    norm[slot] = estimate;
    if (step != nullptr) {
      step[0] = static_cast<float>(numerator / (scale * estimate + shift));
    }
  }
}

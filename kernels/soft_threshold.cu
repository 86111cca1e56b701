// Soft-thresholding: Ψ(u) = λ‖u‖₁.
//
// Formula    σ(v)    = v − λ if v > λ;  v + λ if v < −λ;  +0 otherwise
//            prox_τΨ = fma(−τ, λ, v) if that is > 0;  fma(τ, λ, v) if that is < 0;  +0 otherwise
//            σ'(v)   = 1 if |v| > λ, else 0
// Source     prox/SoftThreshold.java; framework paper §6.2
// Shapes     [rows, columns], element by element; p0 = λ
// Special    NaN gives NaN; ±Inf gives ±Inf; ±0 gives +0
// Order      as written
// Modifies   out (separable.cuh)
#include "separable.cuh"
#include "sums.cuh"

namespace bitlift {

struct SoftThreshold {
  float lambda;

  __device__ SoftThreshold(float p0, float) : lambda(p0) {}

  __device__ float activate(float v) const {
    return v > lambda ? v - lambda : v < -lambda ? v + lambda : v == v ? 0.0f : canonical_nan();
  }

  __device__ float scaled_prox(float tau, float v) const {
    float above = fused(-tau, lambda, v);
    float below = fused(tau, lambda, v);
    return above > 0.0f ? above : below < 0.0f ? below : v == v ? 0.0f : canonical_nan();
  }

  __device__ float derivative(float v) const {
    return v > lambda || v < -lambda ? 1.0f : v == v ? 0.0f : canonical_nan();
  }

  __device__ double potential(float u) const { return lambda * magnitude(static_cast<double>(u)); }

  __device__ double conjugate(float v) const {
    double excess = magnitude(static_cast<double>(v)) - lambda;
    return excess > 0.0 ? 0.5 * (excess * excess) : excess <= 0.0 ? 0.0 : nan64();
  }

  __device__ double penalty(float u, float v) const {
    double w = u;
    double x = v;
    double slope = x > lambda ? lambda : x < -lambda ? -lambda : x;
    double d = difference(w, slope, x, 0.0);
    return 0.5 * (d * d) + (lambda * magnitude(w) - slope * w);
  }
};

}  // namespace bitlift

BITLIFT_SEPARABLE(soft_threshold, bitlift::SoftThreshold)

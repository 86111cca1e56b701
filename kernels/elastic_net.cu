// Elastic net: Ψ(u) = λ‖u‖₁ + ½ρ‖u‖², soft-thresholding followed by shrinkage.
//
// Formula    prox_τΨ = a / m if a > 0;  b / m if b < 0;  +0 otherwise
//                      with a = fma(−τ, λ, v), b = fma(τ, λ, v), m = fma(τ, ρ, 1);  σ = prox_τΨ for τ = 1
//            σ'(v)   = 1 / (1 + ρ) if |v| > λ, else 0
// Source     prox/ElasticNet.java
// Shapes     [rows, columns], element by element; p0 = λ, p1 = ρ
// Special    NaN gives NaN; ±0 gives +0; a quotient that underflows keeps its sign; ±Inf gives ±Inf, or NaN if m overflows
// Order      as written
// Modifies   out (separable.cuh)
#include "separable.cuh"
#include "sums.cuh"

namespace bitlift {

struct ElasticNet {
  float lambda;
  float ridge;

  __device__ ElasticNet(float p0, float p1) : lambda(p0), ridge(p1) {}

  __device__ float activate(float v) const { return scaled_prox(1.0f, v); }

  __device__ float scaled_prox(float tau, float v) const {
    float above = fused(-tau, lambda, v);
    float below = fused(tau, lambda, v);
    float scale = fused(tau, ridge, 1.0f);
    return above > 0.0f ? above / scale : below < 0.0f ? below / scale : v == v ? 0.0f : canonical_nan();
  }

  __device__ float derivative(float v) const {
    return v > lambda || v < -lambda ? 1.0f / (1.0f + ridge) : v == v ? 0.0f : canonical_nan();
  }

  __device__ double potential(float u) const {
    double w = u;
    return lambda * magnitude(w) + 0.5 * ridge * (w * w);
  }

  __device__ double conjugate(float v) const {
    double excess = magnitude(static_cast<double>(v)) - lambda;
    return excess > 0.0 ? 0.5 * (excess * excess) / (1.0 + ridge) : excess <= 0.0 ? 0.0 : nan64();
  }

  __device__ double penalty(float u, float v) const {
    double w = u;
    double x = v;
    double slope = x > lambda ? lambda : x < -lambda ? -lambda : x;
    double d = difference(w, ridge * w, x, -slope);
    return 0.5 * (d * d) / (1.0 + ridge) + (lambda * magnitude(w) - slope * w);
  }
};

}  // namespace bitlift

BITLIFT_SEPARABLE(elastic_net, bitlift::ElasticNet)

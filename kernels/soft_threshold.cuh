// Soft-thresholding as a map of separable.cuh: its formulas are soft_threshold.cu's.
#pragma once

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

// Logistic function: Ψ(u) = u log u + (1 − u)log(1 − u) − ½u² on [0, 1].
//
// Formula    σ(v)    = 1/(1 + e^−v), correctly rounded
//            prox_τΨ = s(z) with s(z) + τ(z − s(z)) = v, s the logistic function: mirrored to z ≤ 0 (v → 1 − τ − v,
//                      z → −z), eight Newton steps in binary64 kept within [−104, 0], rounded to binary32 once; τ = 0
//                      clips to [0, 1]
//            σ'(v)   = s·(1 − s), s = σ(v)
// Source     prox/Sigmoid.java
// Shapes     [rows, columns], element by element; no parameters
// Special    NaN gives NaN; +Inf gives 1; −Inf gives +0; ±0 gives ½. Clipping (τ = 0) makes ±0 +0
// Order      as written
// Modifies   out (separable.cuh)
#include "entropy.cuh"
#include "entropy_simplex.cuh"
#include "separable.cuh"

namespace bitlift {

struct Sigmoid {
  __device__ Sigmoid(float, float) {}

  __device__ float activate(float v) const { return sigmoid32(v); }

  __device__ float scaled_prox(float tau, float v) const {
    if (tau == 0.0f) {
      return v > 1.0f ? 1.0f : v > 0.0f ? v : v == v ? 0.0f : canonical_nan();
    }
    if (v != v) {
      return canonical_nan();
    }
    double scale = tau;
    double x = v;
    bool mirrored = x > 0.5 * (1.0 - scale);
    double e = exp64(solve(scale, mirrored ? (1.0 - scale) - x : x));
    return static_cast<float>((mirrored ? 1.0 : e) / (1.0 + e));
  }

  __device__ float derivative(float v) const {
    float s = sigmoid32(v);
    return s * (1.0f - s);
  }

  __device__ double potential(float u) const {
    double w = u;
    if (w < 0.0 || w > 1.0) {
      return infinity64();
    }
    double tails = w == 1.0 ? 0.0 : (1.0 - w) * log1p64(-w);
    return (entropy::x_log_x(w) + tails) - 0.5 * (w * w);
  }

  __device__ double conjugate(float v) const {
    double x = v;
    double tail = log1p64(exp64(-magnitude(x)));
    return x > 0.0 ? x + tail : tail;
  }

  __device__ double penalty(float u, float v) const {
    double w = u;
    double x = v;
    if (x != x || w != w) {
      return nan64();
    }
    if (w < 0.0 || w > 1.0) {
      return infinity64();
    }
    double tails = 1.0 - w;
    double delta = w < 0.5 ? w - entropy::logistic(x) : entropy::logistic(-x) - tails;
    return entropy::bernoulli(w, tails, x, delta);
  }

 private:
  static constexpr int STEPS = 8;

  // The root z in [−104, 0] of s(z) + τ(z − s(z)) − x.
  __device__ __attribute__((noinline)) static double solve(double tau, double x) {
    double z = simplex::clamp(simplex::start(tau, x));
#pragma unroll 1
    for (int step = 0; step < STEPS; step++) {
      double e = exp64(z);
      double s = e / (1.0 + e);
      double ds = s / (1.0 + e);
      double f = (s + tau * (z - s)) - x;
      double slope = ds + tau * (1.0 - ds);
      z = simplex::clamp(z - f / slope);
    }
    return z;
  }
};

}  // namespace bitlift

BITLIFT_SEPARABLE(sigmoid, bitlift::Sigmoid)

// Hyperbolic tangent: Ψ(u) = u atanh(u) + ½(log(1 − u²) − u²) on [−1, 1].
//
// Formula    σ(v)    = tanh(v), correctly rounded
//            prox_τΨ = tanh(z) with tanh(z) + τ(z − tanh z) = v: eight Newton steps in binary64 kept within [0, 10] for
//                      |v|, rounded to binary32 once; τ = 0 clips to [−1, 1]
//            σ'(v)   = fma(−s, s, 1), s = tanh(v)
// Source     prox/Tanh.java; JMLR paper, Examples 1 and 2
// Shapes     [rows, columns], element by element; no parameters
// Special    NaN gives NaN; ±Inf gives ±1; ±0 gives ±0, in the scaled prox too
// Order      as written
// Modifies   out (separable.cuh)
#include "entropy.cuh"
#include "separable.cuh"

namespace bitlift {

struct Tanh {
  __device__ Tanh(float, float) {}

  __device__ float activate(float v) const { return tanh32(v); }

  __device__ float scaled_prox(float tau, float v) const {
    if (tau == 0.0f) {
      return v > 1.0f ? 1.0f : v < -1.0f ? -1.0f : v;
    }
    if (v > 0.0f) {
      return solve(tau, v);
    }
    return v < 0.0f ? -solve(tau, -v) : v;
  }

  __device__ float derivative(float v) const {
    float s = tanh32(v);
    return fused(-s, s, 1.0f);
  }

  __device__ double potential(float u) const {
    double w = u;
    if (w > 1.0 || w < -1.0) {
      return infinity64();
    }
    double up = w == -1.0 ? 0.0 : (1.0 + w) * log1p64(w);
    double down = w == 1.0 ? 0.0 : (1.0 - w) * log1p64(-w);
    return 0.5 * (up + down - w * w);
  }

  __device__ double conjugate(float v) const {
    double a = magnitude(static_cast<double>(v));
    if (a < 1.0) {
      double e = expm164(a);
      return log1p64(0.5 * (e * e) / (1.0 + e));
    }
    return a + (log1p64(exp64(-2.0 * a)) - LOG_2);
  }

  __device__ double penalty(float u, float v) const {
    double w = u;
    double x = v;
    if (x != x || w != w) {
      return nan64();
    }
    if (w > 1.0 || w < -1.0) {
      return infinity64();
    }
    double heads = 0.5 * (1.0 + w);
    double tails = 0.5 * (1.0 - w);
    double delta = w >= 0.5 ? entropy::logistic(-2.0 * x) - tails
        : w <= -0.5 ? heads - entropy::logistic(2.0 * x) : 0.5 * (w - tanh64(x));
    return entropy::bernoulli(heads, tails, 2.0 * x, delta);
  }

 private:
  static constexpr double Z_MAX = 10.0;
  static constexpr int STEPS = 8;
  static constexpr double LOG_2 = 0x1.62e42fefa39efp-1;
  // Below this the series of z − tanh z replaces the subtraction.
  static constexpr double SERIES = 0x1.0p-5;

  // The root of f(z) = tanh z + τ(z − tanh z) − a, as tanh z.
  __device__ __attribute__((noinline)) static float solve(double tau, double a) {
    double z = clamp(start(tau, a));
#pragma unroll 1
    for (int step = 0; step < STEPS; step++) {
      double t = tanh64(z);
      double f = (t + tau * gap(z, t)) - a;
      double slope = (1.0 - t * t) + tau * (t * t);
      z = clamp(z - f / slope);
    }
    return static_cast<float>(tanh64(z));
  }

  __device__ static double clamp(double z) { return z > Z_MAX ? Z_MAX : z < 0.0 ? 0.0 : z; }

  __device__ static double start(double tau, double a) {
    if (tau > 1.0) {
      double saturated = (a - 1.0) / tau + 1.0;
      double cubic = exp64(log64(a / (0.238 * tau)) / 3.0);
      double bound = a < saturated ? a : saturated;
      return cubic < bound ? cubic : bound;
    }
    if (a <= 0.75) {
      return a;
    }
    double quarter = 0.25 * tau;
    double y = 0.5 * (1.0 - a - tau) - quarter * log64(quarter);
    double tail = y > quarter ? -0.5 * log64(y) : 1.0 + (a - 1.0) / tau;
    return tail > a ? tail : a;
  }

  // tanh z in binary64, accurate near 0.
  __device__ static double tanh64(double z) {
    double e = expm164(-2.0 * magnitude(z));
    double t = -e / (2.0 + e);
    return z < 0.0 ? -t : t;
  }

  // z − t for t = tanh z.
  __device__ static double gap(double z, double t) {
    if (z >= SERIES) {
      return z - t;
    }
    double y = z * z;
    double s = fused(y, 62.0 / 2835, -17.0 / 315);
    s = fused(y, s, 2.0 / 15);
    s = fused(y, -s, 1.0 / 3);
    return z * y * s;
  }
};

}  // namespace bitlift

BITLIFT_SEPARABLE(tanh, bitlift::Tanh)

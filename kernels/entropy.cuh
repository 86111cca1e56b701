// Relative entropies in binary64 without cancellation, behind the penalties of tanh, sigmoid and softmax.
//
// Formula    term       p log(p/q) − p + q >= 0
//            bernoulli  KL((p, c) ‖ (q, 1 − q)) of two coins, q = 1/(1 + e^−t), c = 1 − p
// Source     prox/Entropy.java
// Special    NaN gives NaN; p = 0 gives q
// Order      as written
#pragma once

#include "numerics.cuh"

namespace bitlift {
namespace entropy {

// Below this |x|, nine terms of the series of (1 + x)log(1 + x) − x reach full accuracy.
constexpr double SERIES = 0x1.0p-7;

// x²/2 − x³/6 + x⁴/12 − …, coefficient (−1)^k / (k(k − 1)).
__device__ inline double series(double x) {
  double s = -1.0 / 72;
  s = fused(s, x, 1.0 / 56);
  s = fused(s, x, -1.0 / 42);
  s = fused(s, x, 1.0 / 30);
  s = fused(s, x, -1.0 / 20);
  s = fused(s, x, 1.0 / 12);
  s = fused(s, x, -1.0 / 6);
  s = fused(s, x, 0.5);
  return x * x * s;
}

// log_q is exact even where q has underflowed; delta is p − q as accurately as the caller can.
__device__ __attribute__((noinline)) static double term(double p, double q, double log_q, double delta) {
  double x = delta / q;
  if (x > -SERIES && x < SERIES) {
    return q * series(x);
  }
  if (x > -0.5 && x < 1.0) {
    return q * ((1.0 + x) * log1p64(x) - x);
  }
  return p == 0.0 ? -delta : p * (log64(p) - log_q) - delta;
}

// t: log odds of the second coin; delta: p − q.
__device__ inline double bernoulli(double p, double c, double t, double delta) {
  double size = magnitude(t);
  double e = exp64(-size);
  double big = 1.0 / (1.0 + e);
  double small = e / (1.0 + e);
  double log_big = -log1p64(e);
  double log_small = log_big - size;
  bool heads = t > 0.0;
  double first = term(p, heads ? big : small, heads ? log_big : log_small, delta);
  return first + term(c, heads ? small : big, heads ? log_small : log_big, -delta);
}

// 1/(1 + e^−t) with full relative accuracy on both sides.
__device__ inline double logistic(double t) { return 1.0 / (1.0 + exp64(-t)); }

// x log x, 0 at 0.
__device__ inline double x_log_x(double x) { return x == 0.0 ? 0.0 : x * log64(x); }

}  // namespace entropy
}  // namespace bitlift

// The scalar equations behind the scaled proxes of softmax and sigmoid (prox/EntropySimplex.java).
//
// Formula    u = e^z with (1 − τ)(e^z − 1) + τz = c; for τ = 0, u = max(1 + c, 0)
// Special    NaN gives NaN
// Order      as written; Newton's method with fixed step counts, kept within [−104, 0]
#pragma once

#include "numerics.cuh"

namespace bitlift {
namespace simplex {

// e^z rounds to +0 in binary32 from here down.
constexpr double Z_MIN = -104.0;
constexpr int INNER_STEPS = 12;
// Below this |z| the series of z − (e^z − 1) replaces the subtraction.
constexpr double SERIES = 0x1.0p-5;

// The nearest number in [−104, 0]; NaN for NaN.
__device__ inline double clamp(double z) { return z > 0.0 ? 0.0 : z < Z_MIN ? Z_MIN : z; }

// A first guess for e^z + τ(z − e^z) = c with z ≤ 0, also right for the logistic function in place of e^z.
__device__ inline double start(double tau, double c) {
  double y = tau < 1.0 ? c - tau * log64(tau) : 0.0;
  return tau < 1.0 && y > tau ? log64(y) : c / tau;
}

// A first guess for τ ≥ 1, two bounds from above: c/τ, and the root of z − ½τz² = c.
__device__ inline double steep_start(double tau, double c) {
  double linear = c / tau;
  double square = 2.0 * c / (1.0 + __dsqrt_rn(1.0 - 2.0 * tau * c));
  return square < linear ? square : linear;
}

// z − e for e = e^z − 1.
__device__ inline double gap(double z, double e) {
  if (z <= -SERIES) {
    return z - e;
  }
  double s = fused(z, 1.0 / 40320, 1.0 / 5040);
  s = fused(z, s, 1.0 / 720);
  s = fused(z, s, 1.0 / 120);
  s = fused(z, s, 1.0 / 24);
  s = fused(z, s, 1.0 / 6);
  s = fused(z, s, 0.5);
  return -(z * z * s);
}

// The root z in [−104, 0] of E + τ(z − E) − c, E = e^z − 1.
__device__ __attribute__((noinline)) static double exponent(double tau, double c) {
  double z = clamp(tau < 1.0 ? start(tau, c + (1.0 - tau)) : steep_start(tau, c));
#pragma unroll 1
  for (int step = 0; step < INNER_STEPS; step++) {
    double e = expm164(z);
    double f = (e + tau * gap(z, e)) - c;
    double slope = (1.0 + e) - tau * e;
    z = clamp(z - f / slope);
  }
  return z;
}

// u(c) − 1, accurate near u = 1.
__device__ inline double excess(double tau, double c) {
  if (tau == 0.0) {
    return c < -1.0 ? -1.0 : c;
  }
  return expm164(exponent(tau, c));
}

// u(c), at most 1.
__device__ inline double mass(double tau, double c) {
  return tau == 0.0 ? 1.0 + excess(tau, c) : exp64(exponent(tau, c));
}

// du/dc at u = 1 + e; 0 at u = 0, where τ = 0 has a kink.
__device__ inline double mass_slope(double tau, double e) {
  double u = 1.0 + e;
  return u == 0.0 ? 0.0 : u / (u - tau * e);
}

}  // namespace simplex
}  // namespace bitlift

// Error-free sums in binary64 for the penalties of the piecewise linear maps (prox/Sums.java).
//
// Formula    difference: (a + b) − (c + d), both sums split exactly (Knuth's two-sum)
// Source     prox/Sums.java
// Special    NaN and infinities as the operations have them
// Order      as written
#pragma once

namespace bitlift {

// a + b − sum exactly, where sum is a + b rounded.
__device__ inline double sum_residual(double a, double b, double sum) {
  double b_rounded = sum - a;
  double a_rounded = sum - b_rounded;
  return (a - a_rounded) + (b - b_rounded);
}

__device__ inline double difference(double a, double b, double c, double d) {
  double left = a + b;
  double right = c + d;
  return (left - right) + (sum_residual(a, b, left) - sum_residual(c, d, right));
}

}  // namespace bitlift

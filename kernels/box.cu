// Clipping to a box: Ψ is the indicator of [lower, upper].
//
// Formula    σ(v) = upper if v > upper;  v if v > lower;  lower otherwise;  prox_τΨ = σ
//            σ'(v) = 1 if lower < v < upper, else 0
// Source     prox/Box.java; framework paper §4.4
// Shapes     [rows, columns], element by element; p0 = lower, p1 = upper, neither −0
// Special    NaN gives NaN; ±Inf gives the bound on its side; a zero at the lower end becomes +0, any other keeps its sign
// Order      as written
// Modifies   out (separable.cuh)
#include "separable.cuh"

namespace bitlift {

struct Box {
  float lower;
  float upper;

  __device__ Box(float p0, float p1) : lower(p0), upper(p1) {}

  __device__ float activate(float v) const {
    return v > upper ? upper : v > lower ? v : v == v ? lower : canonical_nan();
  }

  __device__ float scaled_prox(float, float v) const { return activate(v); }

  __device__ float derivative(float v) const {
    return v > lower && v < upper ? 1.0f : v == v ? 0.0f : canonical_nan();
  }

  __device__ double potential(float u) const {
    return u >= lower && u <= upper ? 0.0 : u == u ? infinity64() : nan64();
  }

  __device__ double conjugate(float v) const {
    double x = v;
    double s = activate(v);
    return s == x ? 0.5 * (x * x) : s == 0.0 ? 0.0 : s * (x - 0.5 * s);
  }

  __device__ double penalty(float u, float v) const {
    double x = v;
    double s = activate(v);
    double outside = potential(u);
    double d = static_cast<double>(u) - s;
    if (outside != 0.0 || d == 0.0) {
      return s == s ? outside : nan64();
    }
    return 0.5 * (d * d) + magnitude(x - s) * magnitude(d);
  }
};

}  // namespace bitlift

BITLIFT_SEPARABLE(box, bitlift::Box)

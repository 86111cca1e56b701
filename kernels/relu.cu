// Rectified linear unit: Ψ is the indicator of [0, ∞).
//
// Formula    σ(v) = v if v > 0, +0 otherwise;  prox_τΨ = σ;  σ'(v) = 1 if v > 0, else 0
// Source     prox/Relu.java; JMLR paper, Examples 1 and 2
// Shapes     [rows, columns], element by element; no parameters
// Special    NaN gives NaN; +Inf gives +Inf; −Inf and ±0 give +0
// Order      as written
// Modifies   out (separable.cuh); what tv_penalty.cuh says
#include "separable.cuh"
#include "tv_penalty.cuh"

namespace bitlift {

struct Relu {
  __device__ Relu(float, float) {}
  __device__ float activate(float v) const { return v > 0.0f ? v : v == v ? 0.0f : canonical_nan(); }
  __device__ float scaled_prox(float, float v) const { return activate(v); }
  __device__ float derivative(float v) const { return v > 0.0f ? 1.0f : v == v ? 0.0f : canonical_nan(); }
  __device__ double potential(float u) const { return u >= 0.0f ? 0.0 : u < 0.0f ? infinity64() : nan64(); }

  __device__ double conjugate(float v) const {
    double s = activate(v);
    return 0.5 * (s * s);
  }

  __device__ double penalty(float u, float v) const {
    double w = u;
    double x = v;
    double d = x > 0.0 ? w - x : w;
    double slope = x > 0.0 ? 0.0 : w * -x;
    double value = w < 0.0 ? infinity64() : 0.5 * (d * d) + slope;
    return x == x && w == w ? value : nan64();
  }
};

}  // namespace bitlift

BITLIFT_SEPARABLE(relu, bitlift::Relu)
BITLIFT_TV_PENALTY(relu, bitlift::Relu)

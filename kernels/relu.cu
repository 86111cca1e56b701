// Rectified linear unit: Ψ is the indicator of [0, ∞).
//
// Formula    σ(v) = v if v > 0, +0 otherwise;  prox_τΨ = σ;  σ'(v) = 1 if v > 0, else 0
// Source     prox/Relu.java; JMLR paper, Examples 1 and 2
// Shapes     [rows, columns], element by element; no parameters
// Special    NaN gives NaN; +Inf gives +Inf; −Inf and ±0 give +0
// Order      as written
// Modifies   out (separable.cuh)
#include "separable.cuh"

namespace bitlift {

struct Relu {
  __device__ Relu(float, float) {}
  __device__ float activate(float v) const { return v > 0.0f ? v : v == v ? 0.0f : canonical_nan(); }
  __device__ float scaled_prox(float, float v) const { return activate(v); }
  __device__ float derivative(float v) const { return v > 0.0f ? 1.0f : v == v ? 0.0f : canonical_nan(); }
};

}  // namespace bitlift

BITLIFT_SEPARABLE(relu, bitlift::Relu)

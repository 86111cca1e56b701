// The identity: Ψ(u) = 0, a linear layer.
//
// Formula    σ(v) = v;  prox_τΨ = v;  σ'(v) = 1
// Source     prox/Identity.java
// Shapes     [rows, columns], element by element; no parameters
// Special    every value, the sign of zero included, is handed on as it is; σ'(NaN) is NaN
// Order      as written
// Modifies   out (separable.cuh)
#include "separable.cuh"

namespace bitlift {

struct Identity {
  __device__ Identity(float, float) {}
  __device__ float activate(float v) const { return v; }
  __device__ float scaled_prox(float, float v) const { return v; }
  __device__ float derivative(float v) const { return v == v ? 1.0f : canonical_nan(); }
};

}  // namespace bitlift

BITLIFT_SEPARABLE(identity, bitlift::Identity)

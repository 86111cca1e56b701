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
  __device__ double potential(float u) const { return u == u ? 0.0 : nan64(); }

  __device__ double conjugate(float v) const {
    double x = v;
    return 0.5 * (x * x);
  }

  __device__ double penalty(float u, float v) const {
    double d = static_cast<double>(u) - static_cast<double>(v);
    return 0.5 * (d * d);
  }
};

}  // namespace bitlift

BITLIFT_SEPARABLE(identity, bitlift::Identity)

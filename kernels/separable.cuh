// The kernels of a prox map that acts on each number alone. A map is a struct with
//   Map(float p0, float p1)                    from ProxMap.parameters()
//   float activate(float v)                    σ(v)
//   float scaled_prox(float tau, float v)      prox_τΨ(v), finite τ >= 0
//   float derivative(float v)                  σ'(v)
//   and the methods that bregman.cuh names,
// and BITLIFT_SEPARABLE(stem, Map) makes of it, for v, w, out of shape [rows, columns] (backend/Elementwise.java):
//   stem_activate      out = σ(v)
//   stem_scaled_prox   out = prox_τΨ(v), τ = weight; NaN if τ is no finite number >= 0
//   stem_residual      out = μ·(σ(v) − w), μ = weight: one subtraction, one multiplication
//   stem_pullback      out = σ'(v)·w
//   stem_update        the optimiser steps of update.cuh with the map as proximal part
//   stem_product_nt_large, _small   products U·Wᵀ with the epilogues ACTIVATE and RESIDUAL (product.cuh)
//   stem_product_nn_large, _small   products R·W with PULLBACK, or SCALE and a step with the map as proximal part
// beside the row sums of bregman.cuh.
// All prox kernels of all maps take the same parameters. w may be null where it isn't named. out may be v or w, element for
// element. Where all operands are aligned to 16 bytes, four neighbours are loaded and stored at once.
#pragma once

#include "bregman.cuh"
#include "launch.cuh"
#include "numerics.cuh"
#include "product.cuh"
#include "update.cuh"

namespace bitlift {

struct Activate {
  static constexpr bool PAIR = false;
  template <class Map>
  __device__ static float apply(const Map& map, float, float v, float) {
    return map.activate(v);
  }
};

struct ScaledProx {
  static constexpr bool PAIR = false;
  template <class Map>
  __device__ static float apply(const Map& map, float tau, float v, float) {
    return is_undefined(tau) ? canonical_nan() : map.scaled_prox(tau, v);
  }
};

struct Residual {
  static constexpr bool PAIR = true;
  template <class Map>
  __device__ static float apply(const Map& map, float mu, float v, float u) {
    return mu * (map.activate(v) - u);
  }
};

struct Pullback {
  static constexpr bool PAIR = true;
  template <class Map>
  __device__ static float apply(const Map& map, float, float v, float w) {
    return map.derivative(v) * w;
  }
};

template <class Kind, class Map>
__device__ void separable(const Map& map, long long n, float weight, const float* v, const float* w, float* out) {
  bool vectors = is_vector_aligned(v) && is_vector_aligned(out) && (!Kind::PAIR || is_vector_aligned(w));
  long long quads = vectors ? n / 4 : 0;
#pragma unroll 1
  for (long long q = first_index(); q < quads; q += index_step()) {
    float4 a = reinterpret_cast<const float4*>(v)[q];
    float4 b = Kind::PAIR ? reinterpret_cast<const float4*>(w)[q] : a;
    float4 r;
    r.x = Kind::apply(map, weight, a.x, b.x);
    r.y = Kind::apply(map, weight, a.y, b.y);
    r.z = Kind::apply(map, weight, a.z, b.z);
    r.w = Kind::apply(map, weight, a.w, b.w);
    reinterpret_cast<float4*>(out)[q] = r;
  }
#pragma unroll 1
  for (long long i = 4 * quads + first_index(); i < n; i += index_step()) {
    out[i] = Kind::apply(map, weight, v[i], Kind::PAIR ? w[i] : 0.0f);
  }
}

template <class Map>
__device__ void separable_update(const UpdateStep step) {
  Map map(step.p0, step.p1);
  ProxScale scale(step);
  take_step(step, [&](float y) { return proximal(map, scale, y); });
}

}  // namespace bitlift

#define BITLIFT_SEPARABLE_KERNEL(name, Map, Kind)                                                                       \
  extern "C" __global__ void name(long long rows, int columns, float weight, float p0, float p1, const float* v,        \
                                  const float* w, float* out) {                                                        \
    bitlift::separable<bitlift::Kind>(Map(p0, p1), rows * columns, weight, v, w, out);                                  \
  }

#define BITLIFT_SEPARABLE(stem, Map)                                          \
  BITLIFT_SEPARABLE_KERNEL(stem##_activate, Map, Activate)                    \
  BITLIFT_SEPARABLE_KERNEL(stem##_scaled_prox, Map, ScaledProx)               \
  BITLIFT_SEPARABLE_KERNEL(stem##_residual, Map, Residual)                    \
  BITLIFT_SEPARABLE_KERNEL(stem##_pullback, Map, Pullback)                    \
  BITLIFT_SEPARABLE_SUMS(stem, Map)                                           \
  extern "C" __global__ void stem##_update(const bitlift::UpdateStep* steps) { \
    bitlift::separable_update<Map>(steps[blockIdx.y]);                        \
  }                                                                           \
  BITLIFT_PRODUCT(stem##_product_nt, NT, bitlift::ForwardEpilogue<Map>)       \
  BITLIFT_PRODUCT(stem##_product_nn, NN, bitlift::AdjointEpilogue<Map>)

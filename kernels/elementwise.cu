// Small element-wise operations: the scaled terms of block products.
//
// Formula    scale       out = factor·a
//            add_scaled  out = c + factor·a, two roundings
// Source     backend/Product.java (Scaled)
// Shapes     a, c, out [n]; any grid
// Special    NaN and infinities as the operations have them
// Order      element by element
// Modifies   out, which may be a or c
//
// Where all operands are aligned to 16 bytes, four neighbours are loaded and stored at once.
#include "launch.cuh"

namespace bitlift {
namespace elements {

struct Scale {
  static constexpr bool PAIR = false;
  __device__ static float apply(float factor, float a, float) { return factor * a; }
};

struct AddScaled {
  static constexpr bool PAIR = true;
  __device__ static float apply(float factor, float a, float c) { return c + factor * a; }
};

template <class Kind>
__device__ void combine(long long n, float factor, const float* a, const float* c, float* out) {
  bool vectors = is_vector_aligned(a) && is_vector_aligned(out) && (!Kind::PAIR || is_vector_aligned(c));
  long long quads = vectors ? n / 4 : 0;
#pragma unroll 1
  for (long long q = first_index(); q < quads; q += index_step()) {
    float4 x = reinterpret_cast<const float4*>(a)[q];
    float4 y = Kind::PAIR ? reinterpret_cast<const float4*>(c)[q] : x;
    float4 r;
    r.x = Kind::apply(factor, x.x, y.x);
    r.y = Kind::apply(factor, x.y, y.y);
    r.z = Kind::apply(factor, x.z, y.z);
    r.w = Kind::apply(factor, x.w, y.w);
    reinterpret_cast<float4*>(out)[q] = r;
  }
#pragma unroll 1
  for (long long i = 4 * quads + first_index(); i < n; i += index_step()) {
    out[i] = Kind::apply(factor, a[i], Kind::PAIR ? c[i] : 0.0f);
  }
}

}  // namespace elements
}  // namespace bitlift

extern "C" __global__ void scale(long long n, float factor, const float* a, float* out) {
  bitlift::elements::combine<bitlift::elements::Scale>(n, factor, a, nullptr, out);
}

extern "C" __global__ void add_scaled(long long n, float factor, const float* a, const float* c, float* out) {
  bitlift::elements::combine<bitlift::elements::AddScaled>(n, factor, a, c, out);
}

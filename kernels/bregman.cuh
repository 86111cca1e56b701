// Row sums of Ψ, Φ* and B_Ψ for a prox map that acts on each number alone. Its struct has, in binary64 from binary32
// operands,
//   double potential(float u)            Ψ(u)
//   double conjugate(float v)            Φ*(v)
//   double penalty(float u, float v)     B_Ψ(u, v)
// and BITLIFT_SEPARABLE_SUMS(stem, Map) makes of them
//   stem_potential, stem_conjugate       row_sums[i] = Σ_k f(a[i,k]); b may be null
//   stem_penalty                         row_sums[i] = Σ_k B_Ψ(a[i,k], b[i,k])
// for each ReduceEntry of reduce.cuh. One warp works on a row, by the tree of reduction.cuh; blocks must be multiples of 32
// threads. rowwise.cuh has the same kernels for maps that couple neighbouring numbers.
#pragma once

#include "reduce.cuh"

namespace bitlift {

struct Potential {
  static constexpr bool PAIR = false;
  template <class Map>
  __device__ static double term(const Map& map, float u, float) {
    return map.potential(u);
  }
};

struct Conjugate {
  static constexpr bool PAIR = false;
  template <class Map>
  __device__ static double term(const Map& map, float v, float) {
    return map.conjugate(v);
  }
};

struct Penalty {
  static constexpr bool PAIR = true;
  template <class Map>
  __device__ static double term(const Map& map, float u, float v) {
    return map.penalty(u, v);
  }
};

template <class Kind, class Map>
__device__ void separable_sums(const Map& map, const ReduceEntry& entry) {
  sum_rows<Kind>(entry, [&](const float* a, const float* b) {
    return warp_sum<1>(entry.columns, [&](long long k) { return Kind::term(map, a[k], b[k]); });
  });
}

}  // namespace bitlift

#define BITLIFT_SUMS_KERNEL(name, Map, sums, Kind)                            \
  extern "C" __global__ void name(const bitlift::ReduceEntry* entries) {      \
    const bitlift::ReduceEntry entry = entries[blockIdx.y];                   \
    bitlift::sums<bitlift::Kind>(Map(entry.p0, entry.p1), entry);             \
  }

#define BITLIFT_SEPARABLE_SUMS(stem, Map)                                     \
  BITLIFT_SUMS_KERNEL(stem##_potential, Map, separable_sums, Potential)       \
  BITLIFT_SUMS_KERNEL(stem##_conjugate, Map, separable_sums, Conjugate)       \
  BITLIFT_SUMS_KERNEL(stem##_penalty, Map, separable_sums, Penalty)

// One number, or four neighbours that are loaded and stored at once.
#pragma once

namespace bitlift {

template <int WIDTH>
struct Pack {
  static_assert(WIDTH == 1 || WIDTH == 4, "one number or four");
  float v[WIDTH];
};

// WIDTH numbers from `at`, which is aligned to their size.
template <int WIDTH>
__device__ inline Pack<WIDTH> load(const float* at) {
  if constexpr (WIDTH == 4) {
    float4 quad = *reinterpret_cast<const float4*>(at);
    return {{quad.x, quad.y, quad.z, quad.w}};
  } else {
    return {{*at}};
  }
}

// The same, or zeros where there is nothing to load.
template <int WIDTH>
__device__ inline Pack<WIDTH> load_if(bool present, const float* at) {
  return present ? load<WIDTH>(at) : Pack<WIDTH>{};
}

template <int WIDTH>
__device__ inline void store(float* at, const Pack<WIDTH>& pack) {
  if constexpr (WIDTH == 4) {
    float4 quad;
    quad.x = pack.v[0];
    quad.y = pack.v[1];
    quad.z = pack.v[2];
    quad.w = pack.v[3];
    *reinterpret_cast<float4*>(at) = quad;
  } else {
    *at = pack.v[0];
  }
}

}  // namespace bitlift

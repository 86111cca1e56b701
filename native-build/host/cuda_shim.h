// Lets g++ compile the kernels as they are: the CUDA names they use, on the runtime of host_run.cpp, which runs one thread at a
// time. Every arithmetic intrinsic is the C++ operation of one rounding, given the flags of native-build/Makefile.
#pragma once

#include <cstdint>
#include <cstring>

#define __global__
#define __device__

struct dim3 {
  unsigned x = 1;
  unsigned y = 1;
  unsigned z = 1;
};

struct alignas(16) float4 {
  float x, y, z, w;
};

// Where the running thread is.
extern dim3 threadIdx;
extern dim3 blockIdx;
extern dim3 blockDim;
extern dim3 gridDim;

namespace host {
// Exchanges 64 bits with another lane of the warp: waits until all 32 have come here.
std::uint64_t exchange(unsigned mask, std::uint64_t bits, int other_lane);
}  // namespace host

template <class To, class From>
inline To shim_bits(From from) {
  static_assert(sizeof(To) == sizeof(From), "same size");
  To to;
  std::memcpy(&to, &from, sizeof to);
  return to;
}

inline int __float_as_int(float x) { return shim_bits<int>(x); }
inline float __int_as_float(int x) { return shim_bits<float>(x); }
inline long long __double_as_longlong(double x) { return shim_bits<long long>(x); }
inline double __longlong_as_double(long long x) { return shim_bits<double>(x); }
inline float __fmaf_rn(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
inline double __fma_rn(double a, double b, double c) { return __builtin_fma(a, b, c); }
inline float __fsqrt_rn(float x) { return __builtin_sqrtf(x); }
inline double __dsqrt_rn(double x) { return __builtin_sqrt(x); }

inline double __shfl_xor_sync(unsigned mask, double value, int distance) {
  int lane = static_cast<int>(threadIdx.x & 31u);
  return shim_bits<double>(host::exchange(mask, shim_bits<std::uint64_t>(value), lane ^ distance));
}

inline float __shfl_xor_sync(unsigned mask, float value, int distance) {
  int lane = static_cast<int>(threadIdx.x & 31u);
  std::uint64_t other = host::exchange(mask, shim_bits<std::uint32_t>(value), lane ^ distance);
  return shim_bits<float>(static_cast<std::uint32_t>(other));
}

// Arithmetic intrinsics whose result CUDA defines exactly. Approximate ones (__expf, rsqrtf, …) are left out on purpose:
// a kernel that uses one does not compile here. The library is built without contraction, so a * b + c stays two roundings.
#pragma once
#include <cmath>
#include <cstring>
#include <limits>

namespace bitlift_emulator {
template <class To, class From>
To bits_as(From from) {
    static_assert(sizeof(To) == sizeof(From));
    To to;
    std::memcpy(&to, &from, sizeof(To));
    return to;
}
template <class To>
To to_integer(double rounded) {  // saturates, and NaN becomes 0, as the device's conversions do
    constexpr To least = std::numeric_limits<To>::min(), most = std::numeric_limits<To>::max();
    if (rounded != rounded) return 0;
    if (rounded <= static_cast<double>(least)) return least;
    return rounded >= static_cast<double>(most) ? most : static_cast<To>(rounded);
}
}  // namespace bitlift_emulator

inline float __fmaf_rn(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
inline float __fadd_rn(float a, float b) { return a + b; }
inline float __fsub_rn(float a, float b) { return a - b; }
inline float __fmul_rn(float a, float b) { return a * b; }
inline float __fdiv_rn(float a, float b) { return a / b; }
inline float __frcp_rn(float a) { return 1.0f / a; }
inline float __fsqrt_rn(float a) { return __builtin_sqrtf(a); }
inline double __fma_rn(double a, double b, double c) { return __builtin_fma(a, b, c); }
inline double __dadd_rn(double a, double b) { return a + b; }
inline double __dsub_rn(double a, double b) { return a - b; }
inline double __dmul_rn(double a, double b) { return a * b; }
inline double __ddiv_rn(double a, double b) { return a / b; }
inline double __drcp_rn(double a) { return 1.0 / a; }
inline double __dsqrt_rn(double a) { return __builtin_sqrt(a); }

inline int __float_as_int(float a) { return bitlift_emulator::bits_as<int>(a); }
inline unsigned __float_as_uint(float a) { return bitlift_emulator::bits_as<unsigned>(a); }
inline float __int_as_float(int a) { return bitlift_emulator::bits_as<float>(a); }
inline float __uint_as_float(unsigned a) { return bitlift_emulator::bits_as<float>(a); }
inline long long __double_as_longlong(double a) { return bitlift_emulator::bits_as<long long>(a); }
inline double __longlong_as_double(long long a) { return bitlift_emulator::bits_as<double>(a); }

inline float __int2float_rn(int a) { return static_cast<float>(a); }
inline float __uint2float_rn(unsigned a) { return static_cast<float>(a); }
inline double __int2double_rn(int a) { return a; }
inline double __uint2double_rn(unsigned a) { return a; }
inline float __ll2float_rn(long long a) { return static_cast<float>(a); }
inline double __ll2double_rn(long long a) { return static_cast<double>(a); }
inline float __double2float_rn(double a) { return static_cast<float>(a); }
inline int __float2int_rn(float a) { return bitlift_emulator::to_integer<int>(std::nearbyint(a)); }
inline int __float2int_rz(float a) { return bitlift_emulator::to_integer<int>(std::trunc(a)); }
inline int __float2int_rd(float a) { return bitlift_emulator::to_integer<int>(std::floor(a)); }
inline int __float2int_ru(float a) { return bitlift_emulator::to_integer<int>(std::ceil(a)); }
inline unsigned __float2uint_rn(float a) { return bitlift_emulator::to_integer<unsigned>(std::nearbyint(a)); }
inline unsigned __float2uint_rz(float a) { return bitlift_emulator::to_integer<unsigned>(std::trunc(a)); }
inline int __double2int_rn(double a) { return bitlift_emulator::to_integer<int>(std::nearbyint(a)); }
inline int __double2int_rz(double a) { return bitlift_emulator::to_integer<int>(std::trunc(a)); }

inline int __mulhi(int a, int b) { return static_cast<int>((static_cast<long long>(a) * b) >> 32); }
inline unsigned __umulhi(unsigned a, unsigned b) {
    return static_cast<unsigned>((static_cast<unsigned long long>(a) * b) >> 32);
}
inline unsigned long long __umul64hi(unsigned long long a, unsigned long long b) {
    return static_cast<unsigned long long>((static_cast<unsigned __int128>(a) * b) >> 64);
}
inline int __clz(int a) { return a == 0 ? 32 : __builtin_clz(static_cast<unsigned>(a)); }
inline int __ffs(int a) { return __builtin_ffs(a); }
inline int __popc(unsigned a) { return __builtin_popcount(a); }

inline int min(int a, int b) { return a < b ? a : b; }
inline int max(int a, int b) { return a > b ? a : b; }
inline unsigned min(unsigned a, unsigned b) { return a < b ? a : b; }
inline unsigned max(unsigned a, unsigned b) { return a > b ? a : b; }
inline long long min(long long a, long long b) { return a < b ? a : b; }
inline long long max(long long a, long long b) { return a > b ? a : b; }
inline float min(float a, float b) { return __builtin_fminf(a, b); }
inline float max(float a, float b) { return __builtin_fmaxf(a, b); }
inline double min(double a, double b) { return __builtin_fmin(a, b); }
inline double max(double a, double b) { return __builtin_fmax(a, b); }

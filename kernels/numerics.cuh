// The arithmetic of the numeric contract on the device: Numerics.java, Elementary64.java and ElementaryCore.java,
// operation by operation and constant by constant. Their Javadoc has methods, error bounds and sources.
//
// Source     own; the twins in src/main/java/io/github/bitlift/numerics
// Shapes     scalars
// Special    NaN in gives NaN out, canonical (0x7fc00000) from the binary32 functions; each function says the rest
// Order      every written + - * / is one rounding to nearest even; fused() is the only multiply-add. That holds under
//            the flags of native-build/Makefile alone: no contraction, no flush to zero, IEEE division and square root
// Modifies   nothing
#pragma once

namespace bitlift {

// Terms per chain of a product's sum: rule 2 of the contract.
constexpr int SEGMENT = 1024;

// ---- bits ---------------------------------------------------------------------------------------------------------

__device__ inline float canonical_nan() { return __int_as_float(0x7fc00000); }
__device__ inline double nan64() { return __longlong_as_double(0x7ff8000000000000LL); }
__device__ inline float infinity() { return __int_as_float(0x7f800000); }
__device__ inline double infinity64() { return __longlong_as_double(0x7ff0000000000000LL); }

// Every NaN becomes the canonical one; all else is returned as it is.
__device__ inline float canonical(float x) { return x != x ? canonical_nan() : x; }

__device__ inline float magnitude(float x) { return __int_as_float(__float_as_int(x) & 0x7fffffff); }
__device__ inline double magnitude(double x) {
  return __longlong_as_double(__double_as_longlong(x) & 0x7fffffffffffffffLL);
}

// |size| with the sign of x.
__device__ inline float with_sign(float size, float x) {
  return __int_as_float((__float_as_int(size) & 0x7fffffff) | (__float_as_int(x) & static_cast<int>(0x80000000u)));
}

// a·b + c, rounded once. BITLIFT_UNFUSED serves the lint alone: with it no fma may be left in the PTX.
#ifndef BITLIFT_UNFUSED
__device__ inline float fused(float a, float b, float c) { return __fmaf_rn(a, b, c); }
__device__ inline double fused(double a, double b, double c) { return __fma_rn(a, b, c); }
#else
__device__ inline float fused(float a, float b, float c) { return a * b + c; }
__device__ inline double fused(double a, double b, double c) { return a * b + c; }
#endif

// The low 32 bits of a binary64's raw bits.
__device__ inline int low_bits(double x) {
  return static_cast<int>(static_cast<unsigned>(static_cast<unsigned long long>(__double_as_longlong(x))));
}

// k·2^52, k of either sign.
__device__ inline long long to_exponent(int k) {
  return static_cast<long long>(static_cast<unsigned long long>(static_cast<long long>(k)) << 52);
}

// 2^n, -1022 <= n <= 1023.
__device__ inline double power_of_two(int n) { return __longlong_as_double(to_exponent(n + 1023)); }

// hi + lo, |hi| >= |lo|, rounded to odd: an inexact sum goes to the neighbour whose last bit is set.
__device__ inline double round_to_odd(double hi, double lo) {
  double sum = hi + lo;
  double lost = lo - (sum - hi);
  long long bits = __double_as_longlong(sum);
  if (lost != 0.0 && (bits & 1LL) == 0LL) {
    bits += (lost > 0.0) == (sum > 0.0) ? 1LL : -1LL;
  }
  return __longlong_as_double(bits);
}

// ---- exponentials and logarithms in binary64 (Elementary64.java) ------------------------------------------------------

namespace constant {
constexpr double SHIFT = 0x1.8p52;
constexpr double LOG2_E = 0x1.71547652b82fep0;
constexpr double LN2_HI = 0x1.62e42feep-1;
constexpr double LN2_LO = 0x1.a39ef35793c76p-33;
constexpr double EXP_MAX = 0x1.62e42fefa39efp9;
constexpr double EXP_MIN = -0x1.74910d52d3052p9;
constexpr double EXPM1_BIG = 40.0;
constexpr double TINY = 0x1.0p-54;
constexpr double LEAST_NORMAL = 0x1.0p-1022;
constexpr long long SQRT_HALF_BITS = 0x3fe6a09e667f3bcdLL;
constexpr long long HALF_BINADE = 1LL << 51;
}  // namespace constant

// (e^r - 1 - r) / r^2.
__device__ inline double exp_tail(double r) {
  double p = fused(r, 0x1.1e3e126fb8c87p-29, 0x1.af6b006583d05p-26);
  p = fused(r, p, 0x1.27e5b28c5d4b5p-22);
  p = fused(r, p, 0x1.71ddf0b748eeep-19);
  p = fused(r, p, 0x1.a01a01383c34bp-16);
  p = fused(r, p, 0x1.a01a01b3386f9p-13);
  p = fused(r, p, 0x1.6c16c16c2fa0bp-10);
  p = fused(r, p, 0x1.111111110ed35p-7);
  p = fused(r, p, 0x1.5555555555506p-5);
  p = fused(r, p, 0x1.555555555555bp-3);
  return fused(r, p, 0x1.0p-1);
}

// (atanh(s) - s) / s^3, z = s^2.
__device__ inline double atanh_tail(double z) {
  double p = fused(z, 0x1.1bb1dde7b7d5bp-4, 0x1.0dc459fa2caffp-4);
  p = fused(z, p, 0x1.3b3630c1521d4p-4);
  p = fused(z, p, 0x1.745c475cd2fdcp-4);
  p = fused(z, p, 0x1.c71c749f09ee1p-4);
  p = fused(z, p, 0x1.24924921d27e5p-3);
  p = fused(z, p, 0x1.999999999c2b2p-3);
  return fused(z, p, 0x1.555555555554fp-2);
}

// e^(x - k ln 2).
__device__ inline double exp_mantissa(double x, double k) {
  double rh = fused(-k, constant::LN2_HI, x);
  double rl = -k * constant::LN2_LO;
  double r = rh + rl;
  double tail = fused(r * r, exp_tail(r), rl);
  double hi = 1.0 + rh;
  double lo = (rh - (hi - 1.0)) + tail;
  return hi + lo;
}

// e^x for |x| <= 700.
__device__ inline double exp_in_range(double x) {
  double shifted = fused(x, constant::LOG2_E, constant::SHIFT);
  int n = low_bits(shifted);
  return exp_mantissa(x, shifted - constant::SHIFT) * power_of_two(n);
}

// e^x, error below 1 ulp. NaN gives NaN; +Inf and x above 709.78 +Inf; -Inf and x below -745.13 +0; ±0 gives 1.
__device__ inline double exp64(double x) {
  if (x != x) {
    return nan64();
  }
  if (x > constant::EXP_MAX) {
    return infinity64();
  }
  if (x < constant::EXP_MIN) {
    return 0.0;
  }
  double shifted = fused(x, constant::LOG2_E, constant::SHIFT);
  int n = low_bits(shifted);
  double m = exp_mantissa(x, shifted - constant::SHIFT);
  if (n >= -1022 && n <= 1023) {
    return m * power_of_two(n);
  }
  int half = n >> 1;
  return m * power_of_two(half) * power_of_two(n - half);
}

// e^x - 1 for |x| <= 40; +0 for -0.
__device__ inline double expm1_in_range(double x) {
  double shifted = fused(x, constant::LOG2_E, constant::SHIFT);
  double scale = power_of_two(low_bits(shifted));
  double k = shifted - constant::SHIFT;
  double rh = fused(-k, constant::LN2_HI, x);
  double rl = -k * constant::LN2_LO;
  double r = rh + rl;
  double tail = fused(r * r, exp_tail(r), rl);
  // 2^k (1 + rh + tail) - 1 = (2^k - 1) + 2^k rh + 2^k tail; the first two sums are exact, in a + lost and hi + err.
  double a = scale - 1.0;
  double lost = scale > 1.0 ? -1.0 - (a - scale) : scale - (a + 1.0);
  double b = scale * rh;
  double hi = a + b;
  double err = b - (hi - a);
  return hi + fused(scale, tail, err + lost);
}

// e^x - 1, error below 1.25 ulp. NaN gives NaN; +Inf and x above 709.78 +Inf; -Inf gives -1; ±0 gives ±0.
__device__ inline double expm164(double x) {
  if (x != x) {
    return nan64();
  }
  if (x > constant::EXPM1_BIG) {
    return exp64(x);
  }
  if (x < -constant::EXPM1_BIG) {
    return -1.0;
  }
  if (magnitude(x) < constant::TINY) {
    return x;
  }
  return expm1_in_range(x);
}

// k ln 2 + log(1 + f) + correction, 1 + f in [sqrt(1/2), sqrt(2)), correction tiny; rounded to nearest, or to odd.
__device__ inline double log_sum(int k, double f, double correction, bool odd) {
  double s = f / (2.0 + f);
  double z = s * s;
  double h = 0.5 * f * f;
  double tail = fused(s, fused(2.0 * z, atanh_tail(z), h), -h) + correction;
  double leading = k * constant::LN2_HI;
  double hi = leading + f;
  double err = f - (hi - leading);
  double lo = err + fused(static_cast<double>(k), constant::LN2_LO, tail);
  return odd ? round_to_odd(hi, lo) : hi + lo;
}

// log(x 2^bias), x positive and normal.
__device__ inline double log_scaled(double x, int bias, bool odd) {
  long long bits = __double_as_longlong(x);
  int k = static_cast<int>((bits - constant::SQRT_HALF_BITS) >> 52);
  double m = __longlong_as_double(bits - to_exponent(k));
  return log_sum(k + bias, m - 1.0, 0.0, odd);
}

// log(x), error below 1.25 ulp. NaN and x below zero give NaN; ±0 gives -Inf; +Inf gives +Inf; 1 gives +0.
__device__ inline double log64(double x) {
  if (x != x || x < 0.0) {
    return nan64();
  }
  if (x == 0.0) {
    return -infinity64();
  }
  if (x == infinity64()) {
    return x;
  }
  if (x < constant::LEAST_NORMAL) {
    return log_scaled(x * 0x1.0p54, -54, false);
  }
  return log_scaled(x, 0, false);
}

// log(1 + x), -1 < x finite; +0 for -0.
__device__ inline double log1p_in_range(double x) {
  double u = 1.0 + x;
  long long bits = __double_as_longlong(u);
  int k = static_cast<int>((bits - constant::SQRT_HALF_BITS) >> 52);
  if (k == 0) {
    return log_sum(0, x, 0.0, false);
  }
  double lost = x < 1.0 ? x - (u - 1.0) : 1.0 - (u - x);
  double m = __longlong_as_double(bits - to_exponent(k));
  return log_sum(k, m - 1.0, lost / u, false);
}

// log(1 + x), error below 1.25 ulp. NaN and x below -1 give NaN; -1 gives -Inf; +Inf gives +Inf; ±0 gives ±0.
__device__ inline double log1p64(double x) {
  if (x != x || x < -1.0) {
    return nan64();
  }
  if (x == -1.0) {
    return -infinity64();
  }
  if (x == infinity64() || magnitude(x) < constant::TINY) {
    return x;
  }
  return log1p_in_range(x);
}

// ---- binary64 cores of the binary32 functions (ElementaryCore.java) ---------------------------------------------------

// tanh(a), 0 <= a <= 10.
__device__ inline double tanh_core(double a) {
  double e = expm1_in_range(a + a);
  return e / (e + 2.0);
}

// atanh(a), 0 <= a < 1.
__device__ inline double atanh_core(double a) {
  double up = 1.0 + a;
  double down = 1.0 - a;
  long long distance = __double_as_longlong(up) - __double_as_longlong(down);
  int k = static_cast<int>((distance + constant::HALF_BINADE) >> 52);
  double s = a;
  if (k != 0) {
    double t = down * power_of_two(k);
    s = (up - t) / (up + t);
  }
  double z = s * s;
  double half = 0.5 * k;
  double leading = half * constant::LN2_HI;
  double hi = leading + s;
  double err = s - (hi - leading);
  double tail = fused(s * z, atanh_tail(z), half * constant::LN2_LO);
  return hi + (err + tail);
}

// 1 / (1 + e^-x) for |x| < 2^-8, rounded to odd.
__device__ inline double sigmoid_near_zero(double x) {
  double z = x * x;
  double p = fused(z, -0x1.ba1ba1ba1ba1cp-13, 0x1.1111111111111p-9);
  p = fused(z, p, -0x1.5555555555555p-6);
  double t = fused(x * z, p, 0x1.0p-2 * x);
  return round_to_odd(0.5, t);
}

// log(1 + e^x), |x| <= 110.
__device__ inline double softplus_core(double x) {
  double tail = log1p_in_range(exp_in_range(-magnitude(x)));
  return x > 0.0 ? x + tail : tail;
}

// sin(pi r), |r| <= 1/4, rounded to odd.
__device__ inline double sin_reduced(double r) {
  constexpr double PI_HI = 0x1.921fb54442d18p1;
  constexpr double PI_LO = 0x1.1a62633145c07p-53;
  double z = r * r;
  double p = fused(z, 0x1.e403d0a8f7455p-12, -0x1.e300a65a61d4ap-8);
  p = fused(z, p, 0x1.5078301b62481p-4);
  p = fused(z, p, -0x1.32d2cce3332d7p-1);
  p = fused(z, p, 0x1.466bc67758d85p1);
  p = fused(z, p, -0x1.4abbce625be47p2);
  double hi = PI_HI * r;
  double lo = fused(PI_HI, r, -hi) + PI_LO * r;
  return round_to_odd(hi, fused(r * z, p, lo));
}

// cos(pi r), |r| <= 1/4, rounded to odd.
__device__ inline double cos_reduced(double r) {
  double z = r * r;
  double p = fused(z, -0x1.b26fe9261830fp-14, 0x1.f9cc6ad260805p-10);
  p = fused(z, p, -0x1.a6d1ecb743442p-6);
  p = fused(z, p, 0x1.e1f50683b4301p-3);
  p = fused(z, p, -0x1.55d3c7e3c95bcp0);
  p = fused(z, p, 0x1.03c1f081b5ab0p2);
  p = fused(z, p, -0x1.3bd3cc9be45dep2);
  return round_to_odd(1.0, z * p);
}

// sin(pi x / 2 + shift pi / 2): sinPi with shift 0, cosPi with shift 1, both from x = 2 v exactly.
__device__ inline double sin_half_pi(double x, int shift) {
  double shifted = x + constant::SHIFT;
  int quadrant = low_bits(shifted) + shift;
  double r = 0.5 * (x - (shifted - constant::SHIFT));
  double value = (quadrant & 1) == 0 ? sin_reduced(r) : cos_reduced(r);
  return (quadrant & 2) == 0 ? value : -value;
}

// ---- correctly rounded binary32 functions (Numerics.java) -------------------------------------------------------------

namespace constant {
constexpr float EXP_OVERFLOW = 89.0f;
constexpr float EXP_UNDERFLOW = -104.0f;
constexpr float TANH_SATURATED = 9.1f;
constexpr float SIGMOID_SATURATED = 17.5f;
constexpr float SOFTPLUS_LINEAR = 16.0f;
constexpr float SOFTPLUS_HARD = 0x1.d483ap-12f;
constexpr float SOFTPLUS_OF_HARD = 0x1.63017ap-1f;
constexpr float SIGMOID_NEAR_ZERO = 0x1.0p-8f;
constexpr float EVEN_INTEGERS = 0x1.0p24f;
}  // namespace constant

// e^x. NaN gives NaN; from 88.72284 on +Inf; below -103.98 +0; ±0 gives 1.
__device__ inline float exp32(float x) {
  if (x != x) {
    return canonical_nan();
  }
  if (x > constant::EXP_OVERFLOW) {
    return infinity();
  }
  if (x < constant::EXP_UNDERFLOW) {
    return 0.0f;
  }
  return static_cast<float>(exp_in_range(x));
}

// log(x). NaN and x below zero give NaN; ±0 gives -Inf; +Inf gives +Inf; 1 gives +0.
__device__ inline float log32(float x) {
  if (x != x || x < 0.0f) {
    return canonical_nan();
  }
  if (x == 0.0f) {
    return -infinity();
  }
  if (x == infinity()) {
    return x;
  }
  return static_cast<float>(log_scaled(x, 0, true));
}

// tanh(x). NaN gives NaN; ±Inf gives ±1; ±0 gives ±0.
__device__ inline float tanh32(float x) {
  if (x != x) {
    return canonical_nan();
  }
  float a = magnitude(x);
  float value = a > constant::TANH_SATURATED ? 1.0f : static_cast<float>(tanh_core(a));
  return with_sign(value, x);
}

// atanh(x). NaN and |x| above 1 give NaN; ±1 gives ±Inf; ±0 gives ±0.
__device__ inline float atanh32(float x) {
  float a = magnitude(x);
  if (!(a <= 1.0f)) {
    return canonical_nan();
  }
  float value = a == 1.0f ? infinity() : static_cast<float>(atanh_core(a));
  return with_sign(value, x);
}

// 1 / (1 + e^-x). NaN gives NaN; +Inf gives 1; -Inf and x below -103.98 +0; ±0 gives 1/2.
__device__ inline float sigmoid32(float x) {
  if (x != x) {
    return canonical_nan();
  }
  if (x > constant::SIGMOID_SATURATED) {
    return 1.0f;
  }
  if (x < constant::EXP_UNDERFLOW) {
    return 0.0f;
  }
  if (magnitude(x) < constant::SIGMOID_NEAR_ZERO) {
    return static_cast<float>(sigmoid_near_zero(x));
  }
  return static_cast<float>(1.0 / (1.0 + exp_in_range(-static_cast<double>(x))));
}

// log(1 + e^x). NaN gives NaN; +Inf gives +Inf; -Inf and x below -103.98 +0; ±0 gives log(2).
__device__ inline float softplus32(float x) {
  if (x != x) {
    return canonical_nan();
  }
  if (x >= constant::SOFTPLUS_LINEAR) {
    return x;
  }
  if (x < constant::EXP_UNDERFLOW) {
    return 0.0f;
  }
  return x == constant::SOFTPLUS_HARD ? constant::SOFTPLUS_OF_HARD : static_cast<float>(softplus_core(x));
}

// sin(pi x). NaN and ±Inf give NaN; integers give a zero with the sign of x.
__device__ inline float sin_pi32(float x) {
  float a = magnitude(x);
  if (!(a < infinity())) {
    return canonical_nan();
  }
  float value = a >= constant::EVEN_INTEGERS ? 0.0f : static_cast<float>(sin_half_pi(2.0 * a, 0));
  if (value == 0.0f) {
    return with_sign(0.0f, x);
  }
  return x < 0.0f ? -value : value;
}

// cos(pi x). NaN and ±Inf give NaN; half-integers give +0.
__device__ inline float cos_pi32(float x) {
  float a = magnitude(x);
  if (!(a < infinity())) {
    return canonical_nan();
  }
  if (a >= constant::EVEN_INTEGERS) {
    return 1.0f;
  }
  float value = static_cast<float>(sin_half_pi(2.0 * a, 1));
  return value == 0.0f ? 0.0f : value;
}

}  // namespace bitlift

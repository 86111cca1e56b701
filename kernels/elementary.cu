// The elementary functions of the contract on ranges of arguments, so that a device can be swept like the CPU.
//
// Formula    binary32, per function f of exp log tanh atanh sigmoid softplus sinPi cosPi:
//              elementary_f: out[i] = f(the number with raw bits first + i·stride)
//            binary64, per function f of exp64 log64 log1p64 expm164:
//              elementary_f: out[i] = f(x[i])
// Source     Numerics.java
// Shapes     out [count], x [count]
// Special    as in numerics.cuh; NaN results of the binary32 functions are canonical
// Order      element by element
// Modifies   out
#include "launch.cuh"
#include "numerics.cuh"

#define BITLIFT_SWEEP(name, function)                                                                     \
  extern "C" __global__ void elementary_##name(unsigned first, unsigned stride, long long count, float* out) { \
    _Pragma("unroll 1") for (long long i = bitlift::first_index(); i < count; i += bitlift::index_step()) {                     \
      out[i] = bitlift::function(__int_as_float(static_cast<int>(first + static_cast<unsigned>(i) * stride))); \
    }                                                                                                     \
  }

#define BITLIFT_MAP64(name)                                                                        \
  extern "C" __global__ void elementary_##name(long long count, const double* x, double* out) {    \
    _Pragma("unroll 1") for (long long i = bitlift::first_index(); i < count; i += bitlift::index_step()) {            \
      out[i] = bitlift::name(x[i]);                                                                \
    }                                                                                              \
  }

BITLIFT_SWEEP(exp, exp32)
BITLIFT_SWEEP(log, log32)
BITLIFT_SWEEP(tanh, tanh32)
BITLIFT_SWEEP(atanh, atanh32)
BITLIFT_SWEEP(sigmoid, sigmoid32)
BITLIFT_SWEEP(softplus, softplus32)
BITLIFT_SWEEP(sinPi, sin_pi32)
BITLIFT_SWEEP(cosPi, cos_pi32)

BITLIFT_MAP64(exp64)
BITLIFT_MAP64(log64)
BITLIFT_MAP64(log1p64)
BITLIFT_MAP64(expm164)

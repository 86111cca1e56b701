// Soft-thresholding with a threshold that lies in memory.
//
// Formula    soft_threshold.cu's
// Source     backend/LearnedThreshold.java; framework paper, eq. 13
// Shapes     [rows, columns], element by element; p0 and p1 hold the lower and the upper half of the address of λ, as they are
// Special    soft_threshold.cu's
// Order      λ is read when the kernel runs; then soft_threshold.cu's
// Modifies   out (separable.cuh); nothing that a launch modifies may be λ
#include "soft_threshold.cuh"

namespace bitlift {

struct LearnedSoftThreshold : SoftThreshold {
  __device__ LearnedSoftThreshold(float p0, float p1) : SoftThreshold(*place(p0, p1), 0.0f) {}

 private:
  __device__ static const float* place(float low, float high) {
    unsigned long long address = static_cast<unsigned long long>(__float_as_uint(high)) << 32 | __float_as_uint(low);
    return reinterpret_cast<const float*>(address);
  }
};

}  // namespace bitlift

BITLIFT_SEPARABLE(learned_soft_threshold, bitlift::LearnedSoftThreshold)

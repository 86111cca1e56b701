// One optimiser step per element, and the proximal part's weight (backend/Update.java, framework paper §5.2).
//
// Formula    Update.java's Javadoc: gradient, heavy ball, Nesterov, Adam, each with the pull towards an anchor if there is
//            one; then t = τ·μ, or with a ridge y / (1 + t) and t / (1 + t)
// Special    NaN and infinities as the operations have them
// Order      one rounding for each operation written; s·m / (√(q·i) + ε) is product, product, root, sum, quotient
// Modifies   first and second moments; the caller stores x
#pragma once

#include "launch.cuh"
#include "numerics.cuh"

namespace bitlift {

// How the gradient becomes a step.
enum Rule : int { GRADIENT = 0, HEAVY_BALL = 1, NESTEROV = 2, ADAM = 3 };

// One block of variables, all of the shape [rows, columns]. 104 bytes, laid out as written: the host fills it in.
struct UpdateStep {
  float* x;
  const float* gradient;
  float* first;               // m, null for GRADIENT
  float* second;              // q, null unless ADAM
  const float* coefficients;  // [3]: τ, s = τ/(1 − β₁ᵗ), i = 1/(1 − β₂ᵗ), read when the kernel runs
  const float* anchor;        // x₀, or null
  long long rows;
  int columns;
  int rule;
  float anchor_weight;  // w
  float beta1;          // β, or β₁
  float beta2;
  float complement1;  // 1 − β₁, rounded once
  float complement2;
  float epsilon;
  float prox_weight;  // μ
  int ridge;          // 1 if ½‖x‖² belongs to the proximal part
  float p0;           // parameters of the prox map
  float p1;
};
static_assert(sizeof(UpdateStep) == 104, "the host fills in this layout");

// y from the old values of one element; updates its moments, which are only looked at where the rule has them.
__device__ inline float advance(const UpdateStep& step, float x, float g, float anchor, float& first, float& second) {
  float tau = step.coefficients[0];
  if (step.anchor != nullptr) {
    g = fused(step.anchor_weight, x - anchor, g);
  }
  if (step.rule == GRADIENT) {
    return fused(-tau, g, x);
  }
  float slope = step.complement1 * g;
  first = fused(step.beta1, first, slope);
  if (step.rule == HEAVY_BALL) {
    return fused(-tau, first, x);
  }
  if (step.rule == NESTEROV) {
    return fused(-tau, fused(step.beta1, first, slope), x);
  }
  second = fused(step.beta2, second, step.complement2 * (g * g));
  float root = __fsqrt_rn(second * step.coefficients[2]);
  return x - step.coefficients[1] * first / (root + step.epsilon);
}

__device__ inline bool has_first(const UpdateStep& step) { return step.rule != GRADIENT; }
__device__ inline bool has_second(const UpdateStep& step) { return step.rule == ADAM; }

// y for element i; stores its moments.
__device__ inline float descend(const UpdateStep& step, long long i) {
  float anchor = step.anchor != nullptr ? step.anchor[i] : 0.0f;
  float first = has_first(step) ? step.first[i] : 0.0f;
  float second = has_second(step) ? step.second[i] : 0.0f;
  float y = advance(step, step.x[i], step.gradient[i], anchor, first, second);
  if (has_first(step)) {
    step.first[i] = first;
  }
  if (has_second(step)) {
    step.second[i] = second;
  }
  return y;
}

__device__ inline float4 load_quad(const float* p, long long q, bool present) {
  return present ? reinterpret_cast<const float4*>(p)[q] : float4{0.0f, 0.0f, 0.0f, 0.0f};
}

__device__ inline void store_quad(float* p, long long q, const float4& value) { reinterpret_cast<float4*>(p)[q] = value; }

// x ← finish(y) for elements 4q to 4q + 3.
template <class Finish>
__device__ void take_quad(const UpdateStep& step, long long q, Finish finish) {
  float4 x = load_quad(step.x, q, true);
  float4 g = load_quad(step.gradient, q, true);
  float4 anchor = load_quad(step.anchor, q, step.anchor != nullptr);
  float4 first = load_quad(step.first, q, has_first(step));
  float4 second = load_quad(step.second, q, has_second(step));
  x.x = finish(advance(step, x.x, g.x, anchor.x, first.x, second.x));
  x.y = finish(advance(step, x.y, g.y, anchor.y, first.y, second.y));
  x.z = finish(advance(step, x.z, g.z, anchor.z, first.z, second.z));
  x.w = finish(advance(step, x.w, g.w, anchor.w, first.w, second.w));
  store_quad(step.x, q, x);
  if (has_first(step)) {
    store_quad(step.first, q, first);
  }
  if (has_second(step)) {
    store_quad(step.second, q, second);
  }
}

// x ← finish(y) for all elements, four at a time where all operands are aligned to 16 bytes.
template <class Finish>
__device__ void take_step(const UpdateStep step, Finish finish) {
  bool vectors = is_vector_aligned(step.x) && is_vector_aligned(step.gradient) && is_vector_aligned(step.first)
      && is_vector_aligned(step.second) && is_vector_aligned(step.anchor);
  long long n = step.rows * step.columns;
  long long quads = vectors ? n / 4 : 0;
#pragma unroll 1
  for (long long q = first_index(); q < quads; q += index_step()) {
    take_quad(step, q, finish);
  }
#pragma unroll 1
  for (long long i = 4 * quads + first_index(); i < n; i += index_step()) {
    step.x[i] = finish(descend(step, i));
  }
}

// The proximal part of a step: how y is scaled, and the scale of the prox.
struct ProxScale {
  float denominator;
  float t;
  bool ridge;

  __device__ explicit ProxScale(const UpdateStep& step) {
    t = step.coefficients[0] * step.prox_weight;
    ridge = step.ridge != 0;
    denominator = 1.0f + t;
    if (ridge) {
      t = t / denominator;
    }
  }

  __device__ float shrink(float y) const { return ridge ? y / denominator : y; }
};

// A scale that isn't a finite number >= 0 has no prox: the result is NaN.
__device__ inline bool is_undefined(float tau) { return !(tau >= 0.0f && tau < infinity()); }

}  // namespace bitlift

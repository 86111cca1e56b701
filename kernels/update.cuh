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
#include "pack.cuh"

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

// y for the elements from i on with gradient g; stores their moments.
template <int WIDTH>
__device__ inline Pack<WIDTH> descend(const UpdateStep& step, long long i, const Pack<WIDTH>& g) {
  Pack<WIDTH> x = load<WIDTH>(step.x + i);
  Pack<WIDTH> anchor = load_if<WIDTH>(step.anchor != nullptr, step.anchor + i);
  Pack<WIDTH> first = load_if<WIDTH>(has_first(step), step.first + i);
  Pack<WIDTH> second = load_if<WIDTH>(has_second(step), step.second + i);
  for (int e = 0; e < WIDTH; e++) {
    x.v[e] = advance(step, x.v[e], g.v[e], anchor.v[e], first.v[e], second.v[e]);
  }
  if (has_first(step)) {
    store<WIDTH>(step.first + i, first);
  }
  if (has_second(step)) {
    store<WIDTH>(step.second + i, second);
  }
  return x;
}

// y for element i; stores its moments.
__device__ inline float descend(const UpdateStep& step, long long i) {
  return descend(step, i, load<1>(step.gradient + i)).v[0];
}

// x ← finish(y) for elements 4q to 4q + 3.
template <class Finish>
__device__ void take_quad(const UpdateStep& step, long long q, Finish finish) {
  Pack<4> x = descend(step, 4 * q, load<4>(step.gradient + 4 * q));
  for (int e = 0; e < 4; e++) {
    x.v[e] = finish(x.v[e]);
  }
  store<4>(step.x + 4 * q, x);
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

// The proximal part of a step for one number.
template <class Map>
__device__ inline float proximal(const Map& map, const ProxScale& scale, float y) {
  float shrunk = scale.shrink(y);
  return is_undefined(scale.t) ? canonical_nan() : map.scaled_prox(scale.t, shrunk);
}

}  // namespace bitlift

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

// y for the elements from i on, given their gradient and old values; updates the moments.
template <int WIDTH>
__device__ inline Pack<WIDTH> descend(const UpdateStep& step, long long i, Pack<WIDTH> g) {
  float tau = step.coefficients[0];
  Pack<WIDTH> x = load<WIDTH>(step.x + i);
  if (step.anchor != nullptr) {
    Pack<WIDTH> anchor = load<WIDTH>(step.anchor + i);
    for (int e = 0; e < WIDTH; e++) {
      g.v[e] = fused(step.anchor_weight, x.v[e] - anchor.v[e], g.v[e]);
    }
  }
  if (step.rule == GRADIENT) {
    for (int e = 0; e < WIDTH; e++) {
      x.v[e] = fused(-tau, g.v[e], x.v[e]);
    }
    return x;
  }
  Pack<WIDTH> momentum = load<WIDTH>(step.first + i);
  Pack<WIDTH> slope;
  for (int e = 0; e < WIDTH; e++) {
    slope.v[e] = step.complement1 * g.v[e];
    momentum.v[e] = fused(step.beta1, momentum.v[e], slope.v[e]);
  }
  store<WIDTH>(step.first + i, momentum);
  if (step.rule != ADAM) {
    for (int e = 0; e < WIDTH; e++) {
      float ahead = step.rule == NESTEROV ? fused(step.beta1, momentum.v[e], slope.v[e]) : momentum.v[e];
      x.v[e] = fused(-tau, ahead, x.v[e]);
    }
    return x;
  }
  Pack<WIDTH> square = load<WIDTH>(step.second + i);
  for (int e = 0; e < WIDTH; e++) {
    square.v[e] = fused(step.beta2, square.v[e], step.complement2 * (g.v[e] * g.v[e]));
    float root = __fsqrt_rn(square.v[e] * step.coefficients[2]);
    x.v[e] = x.v[e] - step.coefficients[1] * momentum.v[e] / (root + step.epsilon);
  }
  store<WIDTH>(step.second + i, square);
  return x;
}

// y for element i, with the gradient from memory.
__device__ inline float descend(const UpdateStep& step, long long i) {
  return descend(step, i, load<1>(step.gradient + i)).v[0];
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

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

// y for element i, from old values; updates the moments.
__device__ inline float descend(const UpdateStep& step, long long i) {
  float tau = step.coefficients[0];
  float x = step.x[i];
  float g = step.gradient[i];
  if (step.anchor != nullptr) {
    g = fused(step.anchor_weight, x - step.anchor[i], g);
  }
  if (step.rule == GRADIENT) {
    return fused(-tau, g, x);
  }
  float slope = step.complement1 * g;
  float momentum = fused(step.beta1, step.first[i], slope);
  step.first[i] = momentum;
  if (step.rule == HEAVY_BALL) {
    return fused(-tau, momentum, x);
  }
  if (step.rule == NESTEROV) {
    return fused(-tau, fused(step.beta1, momentum, slope), x);
  }
  float square = fused(step.beta2, step.second[i], step.complement2 * (g * g));
  step.second[i] = square;
  float root = __fsqrt_rn(square * step.coefficients[2]);
  return x - step.coefficients[1] * momentum / (root + step.epsilon);
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

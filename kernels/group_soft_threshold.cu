// Group soft-thresholding: Ψ(u) = λ Σ_g ‖u_g‖₂ over contiguous groups of the row.
//
// Formula    N        = ‖v_g‖₂: squares in binary64 (exact), summed by the fixed tree, square root in binary64
//            σ(v)_g   = k·v_g with k = (N − λ)/N if N > λ (the product rounded to binary32 once);  +0 otherwise
//            prox_τΨ  = the same with τ·λ (exact in binary64)
//            σ'(v)ᵀw  = k·w_g + (λ⟨v_g, w_g⟩/N³)·v_g if N > λ;  +0 otherwise
// Source     prox/GroupSoftThreshold.java
// Shapes     [rows, columns], group by group, columns a multiple of the group size; p0 = λ, p1 = group size
// Special    within one group: NaN anywhere gives NaN everywhere; ±Inf anywhere is k = 1 and the identity for σ'; a zero
//            keeps its sign where N > λ
// Order      as written; λ⟨v, w⟩/N/N/N from left to right
// Modifies   out (rowwise.cuh)
#include "rowwise.cuh"

namespace bitlift {

struct GroupSoftThreshold {
  float lambda;
  int group_size;

  __device__ GroupSoftThreshold(float p0, float p1) : lambda(p0), group_size(static_cast<int>(p1)) {}

  __device__ int unit(int) const { return group_size; }

  template <class F>
  __device__ void activate(const Row& row, F store) const {
    shrink(lambda, row, store);
  }

  __device__ void scaled_prox(float tau, const Row& row) const {
    shrink(static_cast<double>(tau) * lambda, row, [&](unsigned j, float s) { row.out[j] = s; });
  }

  __device__ void pullback(const Row& row) const {
    double norm = length(row, row.v);
    double k = factor(norm, lambda);
    double inner = row.sum([&](unsigned j) { return static_cast<double>(row.v[j]) * row.w[j]; });
    double c = lambda * inner / norm / norm / norm;
    row.each([&](unsigned j) {
      double y = row.w[j];
      double jacobian = norm < infinity64() ? k * y + c * row.v[j] : y;
      row.out[j] = select(norm, lambda, jacobian);
    });
  }

  __device__ double potential(const Row& row) const { return length(row, row.v); }
  __device__ double whole_potential(double sum) const { return lambda * sum; }

  __device__ double conjugate(const Row& row) const {
    double excess = length(row, row.v) - lambda;
    return excess > 0.0 ? 0.5 * (excess * excess) : excess <= 0.0 ? 0.0 : nan64();
  }

  __device__ double penalty(const Row& row) const {
    double norm = length(row, row.w);
    double size = length(row, row.v);
    double k = norm > lambda ? factor(norm, lambda) : norm == norm ? 0.0 : nan64();
    double squares = row.sum([&](unsigned j) {
      double d = row.v[j] - k * row.w[j];
      return d * d;
    });
    double slope = norm < lambda ? norm : lambda;
    double turn = row.sum([&](unsigned j) {
      double d = row.v[j] / size - row.w[j] / norm;
      return d * d;
    });
    turn = size == 0.0 || norm == 0.0 ? 0.0 : turn;
    return 0.5 * squares + ((lambda - slope) * size + 0.5 * slope * size * turn);
  }

 private:
  template <class F>
  __device__ static void shrink(double threshold, const Row& row, F store) {
    double norm = length(row, row.v);
    double k = factor(norm, threshold);
    row.each([&](unsigned j) { store(j, select(norm, threshold, k * row.v[j])); });
  }

  // ‖x_g‖₂ for x one of the row's operands.
  __device__ static double length(const Row& row, const float* x) {
    return __dsqrt_rn(row.sum([&](unsigned j) { return static_cast<double>(x[j]) * x[j]; }));
  }

  // k for N above the threshold.
  __device__ static double factor(double norm, double threshold) {
    return norm < infinity64() ? (norm - threshold) / norm : 1.0;
  }

  __device__ static float select(double norm, double threshold, double value) {
    return norm > threshold ? static_cast<float>(value) : norm == norm ? 0.0f : canonical_nan();
  }
};

}  // namespace bitlift

BITLIFT_ROWWISE(group_soft_threshold, bitlift::GroupSoftThreshold)

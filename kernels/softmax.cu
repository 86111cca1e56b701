// Softmax of a whole row: Ψ(u) = Σ u_j log u_j − ½u_j² on the probability simplex.
//
// Formula    σ(v)_i   = e_i / Σ e_j rounded to binary32 once, e_i = exp(v_i − max v), in binary64
//            prox_τΨ  = u_i = exp(z_i), (1 − τ)u_i + τz_i = v_i − ν, ν such that Σ u_i = 1: Newton's method with fixed step
//                       counts in binary64 (EntropySimplex.java); τ = 0 projects onto the simplex
//            σ'(v)ᵀw  = s_i (w_i − ⟨s, w⟩), s = σ(v), in binary64, rounded to binary32 once
// Source     prox/Softmax.java, prox/EntropySimplex.java; JMLR paper, Examples 1 and 2
// Shapes     [rows, columns], row by row; no parameters
// Special    NaN anywhere, +Inf anywhere and a row of −Inf alone give NaN everywhere; any other −Inf gives +0
// Order      sums by the fixed tree; exponentials are evaluated again where they are used again, to the same bits
// Modifies   out (rowwise.cuh)
#include "entropy.cuh"
#include "entropy_simplex.cuh"
#include "rowwise.cuh"

namespace bitlift {

struct Softmax {
  __device__ Softmax(float, float) {}

  __device__ int unit(int columns) const { return columns; }

  template <class F>
  __device__ void activate(const Row& row, F store) const {
    double top = row.maximum();
    double total = row.sum([&](unsigned j) { return exp64(row.v[j] - top); });
    row.each([&](unsigned j) { store(j, static_cast<float>(exp64(row.v[j] - top) / total)); });
  }

  __device__ void scaled_prox(float tau32, const Row& row) const {
    double tau = tau32;
    double top = row.maximum();
    double delta = multiplier(tau, top, row);
    delta = top - top == 0.0 ? delta : nan64();
    row.each([&](unsigned j) { row.out[j] = static_cast<float>(simplex::mass(tau, (row.v[j] - top) - delta)); });
  }

  __device__ void pullback(const Row& row) const {
    double top = row.maximum();
    double total = row.sum([&](unsigned j) { return exp64(row.v[j] - top); });
    double mean = row.sum([&](unsigned j) { return exp64(row.v[j] - top) / total * row.w[j]; });
    row.each([&](unsigned j) {
      double s = exp64(row.v[j] - top) / total;
      row.out[j] = static_cast<float>(s * (row.w[j] - mean));
    });
  }

  __device__ double potential(const Row& row) const {
    double outside = off_simplex(row);
    double sum = row.sum([&](unsigned j) {
      double w = row.v[j];
      return entropy::x_log_x(w) - 0.5 * (w * w);
    });
    return outside != 0.0 ? outside : sum;
  }

  __device__ double whole_potential(double sum) const { return sum; }

  __device__ double conjugate(const Row& row) const {
    double top = row.maximum();
    return top + log64(row.sum([&](unsigned j) { return exp64(row.v[j] - top); }));
  }

  __device__ double penalty(const Row& row) const {
    double top = Row{row.w, row.v, nullptr, row.n, row.at, row.width, row.present}.maximum();
    double total = row.sum([&](unsigned j) { return exp64(row.w[j] - top); });
    double log_total = log64(total);
    double outside = off_simplex(row);
    double sum = row.sum([&](unsigned j) {
      double w = row.v[j];
      double exponent = row.w[j] - top;
      double s = exp64(exponent) / total;
      return entropy::term(w, s, exponent - log_total, w - s);
    });
    return outside != 0.0 || total != total ? outside + (total - total) : sum;
  }

 private:
  static constexpr int OUTER_STEPS = 32;
  static constexpr double ULP_OF_ONE = 0x1.0p-23;

  // 0 if v lies on the simplex, +Inf off it, NaN for NaN.
  __device__ static double off_simplex(const Row& row) {
    double excess = row.sum([&](unsigned j) { return static_cast<double>(row.v[j]); }) - 1.0;
    double slack = row.n * ULP_OF_ONE;
    bool positive = row.all([&](unsigned j) { return row.v[j] >= 0.0f; });
    bool inside = excess <= slack && excess >= -slack && positive;
    return excess != excess ? nan64() : inside ? 0.0 : infinity64();
  }

  // δ: Newton's method on Σ u = 1, climbing from 0.
  __device__ static double multiplier(double tau, double top, const Row& row) {
    double count = row.n;
    double high = (1.0 - tau) * (1.0 - 1.0 / count) + tau * log64(count);
    double delta = 0.0;
#pragma unroll 1
    for (int step = 0; step < OUTER_STEPS; step++) {
      RowSum excesses(static_cast<int>(row.width));
      RowSum slopes(static_cast<int>(row.width));
#pragma unroll 1
      for (unsigned i = 0; i < row.n; i += row.width) {
        unsigned j = i + row.at;
        bool own = row.present && j < row.n;
        double e = own ? simplex::excess(tau, (row.v[j] - top) - delta) : 0.0;
        excesses.add(e);
        slopes.add(own ? simplex::mass_slope(tau, e) : 0.0);
      }
      double f = excesses.finish() + (count - 1.0);
      double next = delta + f / slopes.finish();
      delta = next > high ? high : next;
    }
    return delta;
  }
};

}  // namespace bitlift

BITLIFT_ROWWISE(softmax, bitlift::Softmax)

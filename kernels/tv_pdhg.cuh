// The iteration of TV-PDHG on pixels, what its checks sum, and what they decide: all that the kernels of tv_pdhg.cu share,
// wherever they keep an image.
//
// Formula    backend/TvPdhg.java, line by line
// Source     framework paper, eqs. 25a and 25b; Goldstein, Li and Yuan (2015) for the balance of the steps
// Shapes     images [height, width], row-major
// Special    NaN and infinities as the operations have them; a neighbour outside the image counts as +0
// Order      binary32, one rounding per operation; checks in binary64, summed by the tree of reduction.cuh
// Modifies   nothing
#pragma once

#include "numerics.cuh"
#include "reduction.cuh"

namespace bitlift {
namespace tv {

constexpr int CHUNK = RowSum::CHUNK;

enum Rule : int { FIXED = 0, ACCELERATED = 1, ADAPTIVE = 2 };
enum Stop : int { NONE = 0, GAP = 1, CHANGE = 2, DIVERGED = 3 };
// The sums of a check, in the order in which they lie in memory.
enum Sum : int { CHANGE_X = 0, CHANGE_Z = 1, DUALITY_GAP = 2, PRIMAL = 3, DUAL = 4, SUMS = 5 };

constexpr float LEAST_TAU = 0.03125f;
constexpr double IMBALANCE = 1.5;
constexpr float DECAY = 0.95f;

}  // namespace tv

// One operation on a batch of images. 120 bytes, laid out as written: the host fills it in.
struct TvImages {
  float* x;               // [images, pixels]
  float* z;               // [images, 2·pixels]
  float* state;           // [images, 8]
  const float* constant;  // f, or the gradient; x where each iteration takes its own gradient
  float* other;           // [images, 3·pixels]: another x and z; null where an image stays in shared memory
  double* sums;           // [images, chunks, SUMS], of an image's chunks
  float* halo;            // [2, strips, 3·width]: z at the edges of strips, in turns
  int* done;              // [images]: iterations of this operation
  double gap_tolerance;
  double change_tolerance;
  long long images;
  int height;
  int width;
  int rule;  // a tv::Rule
  int check_every;
  int iterations;
  float weight;
  int isotropic;
  int denoise;  // else the constant is a gradient
};
static_assert(sizeof(TvImages) == 120, "the host fills in this layout");

namespace tv {

__device__ inline long long pixels_of(const TvImages& op) { return static_cast<long long>(op.height) * op.width; }

__device__ inline long long chunks_of(const TvImages& op) { return (pixels_of(op) + CHUNK - 1) / CHUNK; }

// How many sums a check needs.
__device__ inline int sums_of(const TvImages& op) { return !op.denoise ? 2 : op.rule == ADAPTIVE ? 5 : 3; }

// An image's row of the state.
struct State {
  float tau;
  float sigma;
  float alpha;
  float iterations;
  float stop;
  float gap;
  float change_x;
  float change_z;

  __device__ explicit State(const float* from)
      : tau(from[0]), sigma(from[1]), alpha(from[2]), iterations(from[3]), stop(from[4]), gap(from[5]), change_x(from[6]),
        change_z(from[7]) {}

  __device__ void store(float* to) const {
    to[0] = tau;
    to[1] = sigma;
    to[2] = alpha;
    to[3] = iterations;
    to[4] = stop;
    to[5] = gap;
    to[6] = change_x;
    to[7] = change_z;
  }

  __device__ bool is_running() const { return stop == 0.0f; }

  // Whether the iteration that comes, or was just carried out, ends with a check.
  __device__ bool is_due(int check_every) const { return __float2int_rz(iterations + 1.0f) % check_every == 0; }
};

// The numbers that all pixels share in one iteration.
class Iteration {
 public:
  // Changes the state's steps to those after it.
  __device__ Iteration(const TvImages& op, State& state)
      : pull_(op.denoise ? -op.weight : op.weight), step_(op.denoise ? state.tau : -state.tau),
        shrink_(op.denoise ? 1.0f / (1.0f + state.tau) : 1.0f), isotropic_(op.isotropic != 0) {
    if (op.rule == ACCELERATED) {
      float accelerated = 1.0f / __fsqrt_rn(fused(2.0f, state.tau, 1.0f));
      theta_ = accelerated * state.tau >= LEAST_TAU ? accelerated : 1.0f;
      state.tau = theta_ * state.tau;
      state.sigma = state.sigma / theta_;
    }
    ascent_ = state.sigma * op.weight;
  }

  // x+ from the data, x, and z here, above and to the left. A factor of 1 changes nothing.
  __device__ float primal(float constant, float x, float z1_up, float z1, float z2_left, float z2) const {
    float p = (z1_up - z1) + (z2_left - z2);
    return fused(step_, fused(pull_, p, constant), x) * shrink_;
  }

  __device__ float extrapolate(float x, float next) const { return fused(theta_, next - x, next); }

  // z+ from e and z.
  __device__ void dual(float e1, float e2, float& z1, float& z2) const {
    float q1 = fused(ascent_, e1, z1);
    float q2 = fused(ascent_, e2, z2);
    if (!isotropic_) {
      z1 = clamp(q1);
      z2 = clamp(q2);
      return;
    }
    float m = fused(q2, q2, q1 * q1);
    float scale = m > 1.0f ? 1.0f / __fsqrt_rn(m) : 1.0f;
    z1 = q1 * scale;
    z2 = q2 * scale;
  }

 private:
  __device__ static float clamp(float q) { return q > 1.0f ? 1.0f : q < -1.0f ? -1.0f : q; }

  float pull_;
  float step_;
  float shrink_;
  float theta_ = 1.0f;
  float ascent_;
  bool isotropic_;
};

// An image before and after an iteration, for the check that follows.
struct Snapshot {
  const float* old_x;
  const float* old_z;  // both planes
  const float* x;
  const float* z1;
  const float* z2;
  const float* constant;
  int pixels;
  int width;
  float weight;
  float sigma;
  bool isotropic;

  // The terms of pixel k, as many as there are sums.
  __device__ void terms(int k, int count, double (&term)[SUMS]) const {
    double change1 = static_cast<double>(z1[k]) - old_z[k];
    double change2 = static_cast<double>(z2[k]) - old_z[pixels + k];
    term[CHANGE_X] = square(static_cast<double>(x[k]) - old_x[k]);
    term[CHANGE_Z] = square(change1) + square(change2);
    if (count == DUALITY_GAP) {
      return;
    }
    int column = k % width;
    bool inner_row = k + width < pixels;
    bool inner_column = column + 1 < width;
    double d1 = inner_row ? static_cast<double>(x[k + width]) - x[k] : 0.0;
    double d2 = inner_column ? static_cast<double>(x[k + 1]) - x[k] : 0.0;
    double up = k >= width ? z1[k - width] : 0.0;
    double left = column > 0 ? z2[k - 1] : 0.0;
    double p = (up - z1[k]) + (left - z2[k]);
    double r = x[k] - (constant[k] - weight * p);
    double n = isotropic ? __dsqrt_rn(d1 * d1 + d2 * d2) : magnitude(d1) + magnitude(d2);
    term[DUALITY_GAP] = 0.5 * (r * r) + weight * (n - (d1 * z1[k] + d2 * z2[k]));
    if (count == PRIMAL) {
      return;
    }
    term[PRIMAL] = square(r);
    double e1 = inner_row ? static_cast<double>(bar(k + width)) - bar(k) : 0.0;
    double e2 = inner_column ? static_cast<double>(bar(k + 1)) - bar(k) : 0.0;
    double a1 = -change1 / sigma - weight * (d1 - e1);
    double a2 = -change2 / sigma - weight * (d2 - e2);
    term[DUAL] = a1 * a1 + a2 * a2;
  }

  // x̄ of the rule that asks for it, whose theta is 1: the same operations, so the same bits.
  __device__ float bar(int k) const { return fused(1.0f, x[k] - old_x[k], x[k]); }

  __device__ static double square(double a) { return a * a; }
};

// A chunk's sums by one warp, to each lane: the lowest level of the tree.
__device__ inline void chunk_sums(const Snapshot& image, int chunk, int count, double (&sum)[SUMS]) {
  int end = image.pixels - chunk * CHUNK < CHUNK ? image.pixels : (chunk + 1) * CHUNK;
#pragma unroll
  for (int s = 0; s < SUMS; s++) {
    sum[s] = 0.0;
  }
#pragma unroll 1
  for (int k = chunk * CHUNK + lane(); k < end; k += WARP) {
    double term[SUMS] = {0.0, 0.0, 0.0, 0.0, 0.0};
    image.terms(k, count, term);
#pragma unroll
    for (int s = 0; s < SUMS; s++) {
      sum[s] = sum[s] + term[s];
    }
  }
#pragma unroll
  for (int s = 0; s < SUMS; s++) {
    sum[s] = combine_lanes(sum[s]);
  }
}

// One of an image's sums from those of its chunks, by one warp, to each lane: the levels above.
__device__ inline double total(const double* sums, int chunks, int which) {
  return warp_sum<1>(chunks, [&](long long chunk) { return sums[chunk * SUMS + which]; });
}

// What a check makes of its sums: the image's stop, or other steps.
__device__ inline void decide(const TvImages& op, const double (&sum)[SUMS], State& state) {
  double change_x = __dsqrt_rn(sum[CHANGE_X]);
  double change_z = __dsqrt_rn(sum[CHANGE_Z]);
  double gap = op.denoise ? sum[DUALITY_GAP] : infinity64();
  state.change_x = static_cast<float>(change_x);
  state.change_z = static_cast<float>(change_z);
  if (op.denoise) {
    state.gap = static_cast<float>(gap);
  }
  state.stop = NONE;
  if (!(change_x < infinity64() && change_z < infinity64())) {
    state.stop = DIVERGED;
  } else if (gap <= op.gap_tolerance) {
    state.stop = GAP;
  } else if (change_x <= op.change_tolerance && change_z <= op.change_tolerance) {
    state.stop = CHANGE;
  } else if (op.rule == ADAPTIVE) {
    double primal = __dsqrt_rn(sum[PRIMAL]);
    double dual = __dsqrt_rn(sum[DUAL]) / op.weight;
    bool primal_lags = primal > IMBALANCE * dual;
    if (primal_lags || IMBALANCE * primal < dual) {
      float rest = 1.0f - state.alpha;
      state.tau = primal_lags ? state.tau / rest : state.tau * rest;
      state.sigma = primal_lags ? state.sigma * rest : state.sigma / rest;
      state.alpha = DECAY * state.alpha;
    }
  }
}

}  // namespace tv
}  // namespace bitlift

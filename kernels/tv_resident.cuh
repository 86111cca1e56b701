// An image, or a strip of one, that a team of threads keeps in shared memory through all iterations.
//
// Formula    tv_pdhg.cuh
// Source     backend/TvPdhg.java
// Shapes     a part of an image: `own` pixels, whole rows, and where the image goes on below, the next part's first row. It takes
//            20 bytes of shared memory per pixel of these, and 4 per pixel of the row above, of which z1 alone is needed
// Special    as there
// Order      as there: which thread has a pixel never shows in a bit
// Modifies   x, z and the state of images that are running; x and z hold the iterate before the last meanwhile
//
// A part's next row is computed twice, by both parts: so parts exchange z alone, once per iteration.
#pragma once

#include "tv_pdhg.cuh"

namespace bitlift {
namespace tv {

// Numbers of shared memory per pixel: x, the constant, x̄ and both planes of z.
constexpr int PLANES = 5;

// One warp; several may be in a block.
struct WarpTeam {
  __device__ static int rank() { return lane(); }
  __device__ static int size() { return WARP; }
  __device__ static void sync() { __syncwarp(); }
};

// All threads of a block.
struct BlockTeam {
  __device__ static int rank() { return static_cast<int>(threadIdx.x); }
  __device__ static int size() { return static_cast<int>(blockDim.x); }
  __device__ static void sync() { __syncthreads(); }
};

// What a team works on: rows of an image from `row` on.
struct Part {
  int row;
  int rows;
  bool is_last;  // of its image
};

template <class Team>
class Resident {
 public:
  // Loads what the threads own, and of a strip the rows above and below. Then the team meets.
  __device__ Resident(const TvImages& op, const Part& part, long long image, float* shared)
      : width_(op.width), own_(part.rows * op.width), domain_(own_ + (part.is_last ? 0 : op.width)),
        first_with_up_(part.row == 0 ? op.width : 0), first_column_(Team::rank() % op.width),
        column_step_(Team::size() % op.width), x_(shared), constant_(x_ + domain_), bar_(constant_ + domain_),
        z2_(bar_ + domain_), z1_(z2_ + domain_ + (part.row == 0 ? 0 : op.width)) {
    long long pixels = pixels_of(op);
    long long at = static_cast<long long>(part.row) * op.width;
    global_x_ = op.x + image * pixels + at;
    global_z1_ = op.z + 2 * image * pixels + at;
    global_z2_ = global_z1_ + pixels;
    const float* constant = op.constant + image * pixels + at;
#pragma unroll 2
    for (int k = Team::rank(); k < domain_; k += Team::size()) {
      x_[k] = global_x_[k];
      constant_[k] = constant[k];
      z1_[k] = global_z1_[k];
      z2_[k] = global_z2_[k];
    }
    if (part.row > 0) {
#pragma unroll 1
      for (int k = Team::rank() - width_; k < 0; k += Team::size()) {
        z1_[k] = global_z1_[k];
      }
    }
  }

  // x+ and x̄. The team meets before and after. Where `keep` is set, x goes to its place in memory first.
  __device__ void primal(const Iteration& now, bool keep) {
    int column = first_column_;
#pragma unroll 2
    for (int k = Team::rank(); k < domain_; k += Team::size()) {
      float up = k >= first_with_up_ ? z1_[k - width_] : 0.0f;
      float left = column > 0 ? z2_[k - 1] : 0.0f;
      float old = x_[k];
      float next = now.primal(constant_[k], old, up, z1_[k], left, z2_[k]);
      if (keep && k < own_) {
        global_x_[k] = old;
      }
      bar_[k] = now.extrapolate(old, next);
      x_[k] = next;
      column = next_column(column);
    }
  }

  // z+. The team meets before and after. Where `keep` is set, z goes to its place in memory first. What a pixel has become is
  // told to `seen`.
  template <class Seen>
  __device__ void dual(const Iteration& now, bool keep, Seen seen) {
    int column = first_column_;
#pragma unroll 2
    for (int k = Team::rank(); k < own_; k += Team::size()) {
      float here = bar_[k];
      float e1 = k + width_ < domain_ ? bar_[k + width_] - here : 0.0f;
      float e2 = column + 1 < width_ ? bar_[k + 1] - here : 0.0f;
      float z1 = z1_[k];
      float z2 = z2_[k];
      if (keep) {
        global_z1_[k] = z1;
        global_z2_[k] = z2;
      }
      now.dual(e1, e2, z1, z2);
      z1_[k] = z1;
      z2_[k] = z2;
      seen(k, x_[k], z1, z2);
      column = next_column(column);
    }
  }

  // z at the edges of the parts above and below, as run_strip lays it out. The team meets before and after.
  __device__ void take_edges(const Part& part, const float* above, const float* below) {
#pragma unroll 1
    for (int k = Team::rank(); k < width_; k += Team::size()) {
      if (part.row > 0) {
        z1_[k - width_] = above[2 * width_ + k];
      }
      if (!part.is_last) {
        z1_[own_ + k] = below[k];
        z2_[own_ + k] = below[width_ + k];
      }
    }
  }

  // A whole image, whose iterate before has been kept.
  __device__ Snapshot snapshot(const TvImages& op, float sigma) const {
    return {global_x_, global_z1_, x_, z1_, z2_, constant_, own_, width_, op.weight, sigma, op.isotropic != 0};
  }

  __device__ void store() const {
#pragma unroll 2
    for (int k = Team::rank(); k < own_; k += Team::size()) {
      global_x_[k] = x_[k];
      global_z1_[k] = z1_[k];
      global_z2_[k] = z2_[k];
    }
  }

  __device__ int own() const { return own_; }
  __device__ const float* x() const { return x_; }
  __device__ float* constant() const { return constant_; }

 private:
  __device__ int next_column(int column) const {
    int next = column + column_step_;
    return next >= width_ ? next - width_ : next;
  }

  int width_;
  int own_;
  int domain_;         // and the next part's first row
  int first_with_up_;  // the pixels before have no neighbour above
  int first_column_;
  int column_step_;
  float* x_;
  float* constant_;
  float* bar_;
  float* z2_;
  float* z1_;
  float* global_x_;
  float* global_z1_;
  float* global_z2_;
};

// For a constant that stays.
struct Still {
  __device__ void load(long long) const {}
  __device__ void take(const float*, float*) const {}
};

// Whole images. Before each iteration `gradient` may take another constant from x: each thread of the team its own pixels', after
// what it does with the others' help; it loads what it needs of an image before the team first meets. `sum` gives a check's sums to all of the team. The next image may follow at once: what a thread leaves unread
// in shared memory is its own.
template <class Team, class Gradient, class Sum>
__device__ void run_image(const TvImages& op, long long image, float* shared, Gradient& gradient, Sum sum) {
  float* row = op.state + image * 8;
  State state(row);
  if (!state.is_running()) {
    return;
  }
  Resident<Team> resident(op, {0, op.height, true}, image, shared);
  gradient.load(image);
  Team::sync();
#pragma unroll 1
  for (int i = 0; i < op.iterations && state.is_running(); i++) {
    bool due = state.is_due(op.check_every);
    bool keep = due && i > 0;  // the first iterate is there
    Iteration now(op, state);
    gradient.take(resident.x(), resident.constant());
    resident.primal(now, keep);
    Team::sync();
    resident.dual(now, keep, [](int, float, float, float) {});
    Team::sync();
    state.iterations = state.iterations + 1.0f;
    if (due) {
      double sums[SUMS];
      sum(resident.snapshot(op, state.sigma), sums);
      decide(op, sums, state);
      Team::sync();
    }
  }
  resident.store();
  if (Team::rank() == 0) {
    state.store(row);
  }
}

}  // namespace tv
}  // namespace bitlift

// The kernels of a prox map that couples neighbouring numbers: a whole row, or contiguous groups of it. A map is a struct:
//   Map(float p0, float p1)                 from ProxMap.parameters()
//   int unit(int columns)                   how many neighbours depend on each other
//   void activate(Row, F store)             calls store(j, σ(v)_j) for each of the lane's own numbers
//   void scaled_prox(float tau, Row)        out = prox_τΨ(v), finite τ >= 0
//   void pullback(Row)                      out = σ'(v)ᵀw
//   double potential(Row), conjugate(Row)   a unit's share of Ψ(v), Φ*(v), to each of its lanes
//   double penalty(Row)                     a unit's share of B_Ψ(v, w)
//   double whole_potential(double)          Ψ from the sum of its shares
// and BITLIFT_ROWWISE(stem, Map) makes of it the kernels of separable.cuh and bregman.cuh, with the same parameters. One warp
// works on a unit, or on several of at most 16 numbers. A lane reads and writes the same numbers in every pass, so that out may
// be v or w; what lanes share goes through shuffles. Blocks must be multiples of 32 threads.
#pragma once

#include "bregman.cuh"
#include "launch.cuh"
#include "numerics.cuh"
#include "reduction.cuh"
#include "separable.cuh"
#include "update.cuh"

namespace bitlift {

// One unit as one lane sees it: the numbers at, at + width, ... are its own. Lanes without a unit keep step in the sums.
struct Row {
  const float* v;
  const float* w;
  float* out;
  unsigned n;
  unsigned at;
  unsigned width;
  bool present;

  // Calls f(j) for each of the lane's own numbers.
  template <class F>
  __device__ void each(F f) const {
#pragma unroll 1
    for (unsigned j = at; present && j < n; j += width) {
      f(j);
    }
  }

  // The sum of f(j) over the unit by the fixed tree, to each lane.
  template <class F>
  __device__ double sum(F f) const {
    RowSum total(static_cast<int>(width));
#pragma unroll 1
    for (unsigned i = 0; i < n; i += width) {
      unsigned j = i + at;
      total.add(present && j < n ? f(j) : 0.0);
    }
    return total.finish();
  }

  // Whether f(j) holds for the whole unit, to each lane.
  template <class F>
  __device__ bool all(F f) const {
    int holds = 1;
    each([&](unsigned j) { holds &= f(j) ? 1 : 0; });
#pragma unroll 1
    for (unsigned distance = width / 2; distance > 0; distance /= 2) {
      holds &= __shfl_xor_sync(ALL_LANES, holds, static_cast<int>(distance));
    }
    return holds != 0;
  }

  // The largest of v, to each lane; any number if there is a NaN, and either zero if both are largest.
  __device__ float maximum() const {
    float top = -infinity();
    each([&](unsigned j) { top = v[j] > top ? v[j] : top; });
#pragma unroll 1
    for (unsigned distance = width / 2; distance > 0; distance /= 2) {
      float other = __shfl_xor_sync(ALL_LANES, top, static_cast<int>(distance));
      top = other > top ? other : top;
    }
    return top;
  }
};

struct RowActivate {
  template <class Map>
  __device__ static void apply(const Map& map, float, const Row& row) {
    map.activate(row, [&](unsigned j, float s) { row.out[j] = s; });
  }
};

struct RowScaledProx {
  template <class Map>
  __device__ static void apply(const Map& map, float tau, const Row& row) {
    if (is_undefined(tau)) {
      row.each([&](unsigned j) { row.out[j] = canonical_nan(); });
    } else {
      map.scaled_prox(tau, row);
    }
  }
};

struct RowResidual {
  template <class Map>
  __device__ static void apply(const Map& map, float mu, const Row& row) {
    map.activate(row, [&](unsigned j, float s) { row.out[j] = mu * (s - row.w[j]); });
  }
};

struct RowPullback {
  template <class Map>
  __device__ static void apply(const Map& map, float, const Row& row) {
    map.pullback(row);
  }
};

// How many lanes work on a unit of n numbers.
__device__ inline int lanes_for(int n) {
  int width = 1;
  while (width < n && width < WARP) {
    width *= 2;
  }
  return width;
}

// Calls work(row) for each unit of [rows, columns], warp by warp.
template <class Map, class Work>
__device__ void for_each_unit(const Map& map, long long rows, int columns, const float* v, const float* w, float* out,
                              Work work) {
  int n = map.unit(columns);
  int width = lanes_for(n);
  long long units = rows * columns / n;
  int together = WARP / width;
  for (long long base = first_warp() * together; base < units; base += warp_step() * together) {
    long long unit = base + lane() / width;
    long long from = unit * n;
    work(Row{v + from, w + from, out + from, static_cast<unsigned>(n), static_cast<unsigned>(lane() % width),
             static_cast<unsigned>(width), unit < units});
  }
}

template <class Kind, class Map>
__device__ void rowwise(const Map& map, long long rows, int columns, float weight, const float* v, const float* w,
                        float* out) {
  for_each_unit(map, rows, columns, v, w, out, [&](const Row& row) { Kind::apply(map, weight, row); });
}

template <class Map>
__device__ void rowwise_update(const UpdateStep step) {
  Map map(step.p0, step.p1);
  ProxScale scale(step);
  for_each_unit(map, step.rows, step.columns, step.x, step.x, step.x, [&](const Row& row) {
    long long from = row.out - step.x;
    row.each([&](unsigned j) { row.out[j] = scale.shrink(descend(step, from + j)); });
    RowScaledProx::apply(map, scale.t, row);
  });
}

struct RowPotential {
  static constexpr bool PAIR = false;
  template <class Map>
  __device__ static double share(const Map& map, const Row& unit) {
    return map.potential(unit);
  }
  template <class Map>
  __device__ static double whole(const Map& map, double sum) {
    return map.whole_potential(sum);
  }
};

struct RowConjugate {
  static constexpr bool PAIR = false;
  template <class Map>
  __device__ static double share(const Map& map, const Row& unit) {
    return map.conjugate(unit);
  }
  template <class Map>
  __device__ static double whole(const Map&, double sum) {
    return sum;
  }
};

struct RowPenalty {
  static constexpr bool PAIR = true;
  template <class Map>
  __device__ static double share(const Map& map, const Row& unit) {
    return map.penalty(unit);
  }
  template <class Map>
  __device__ static double whole(const Map&, double sum) {
    return sum;
  }
};

// The share of unit `base` + lane of a row at v (and w) with `units` units of n numbers; lanes beyond the last one get +0.
// The warp computes 32 / width shares at a time and hands them to the lanes that add them.
template <class Kind, class Map>
__device__ double unit_share(const Map& map, int base, int units, int n, const float* v, const float* w) {
  int width = lanes_for(n);
  int together = WARP / width;
  double own = 0.0;
#pragma unroll 1
  for (int turn = 0; turn < width && base + turn * together < units; turn++) {
    int unit = base + turn * together + lane() / width;
    long long from = static_cast<long long>(unit) * n;
    double share = Kind::share(map, Row{v + from, w + from, nullptr, static_cast<unsigned>(n),
                                        static_cast<unsigned>(lane() % width), static_cast<unsigned>(width), unit < units});
    share = __shfl_sync(ALL_LANES, share, lane() % together * width);
    own = lane() / together == turn && base + lane() < units ? share : own;
  }
  return own;
}

// One warp per row: the shares of its units, summed by the tree.
template <class Kind, class Map>
__device__ void rowwise_sums(const Map& map, const ReduceEntry& entry) {
  int n = map.unit(entry.columns);
  int units = entry.columns / n;
  sum_rows<Kind>(entry, [&](const float* v, const float* w) {
    RowSum total(WARP);
#pragma unroll 1
    for (int base = 0; base < units; base += WARP) {
      total.add(unit_share<Kind>(map, base, units, n, v, w));
    }
    return Kind::whole(map, total.finish());
  });
}

}  // namespace bitlift

#define BITLIFT_ROWWISE_KERNEL(name, Map, Kind)                                                                       \
  extern "C" __global__ void name(long long rows, int columns, float weight, float p0, float p1, const float* v,      \
                                  const float* w, float* out) {                                                      \
    bitlift::rowwise<bitlift::Kind>(Map(p0, p1), rows, columns, weight, v, w, out);                                   \
  }

#define BITLIFT_ROWWISE(stem, Map)                                            \
  BITLIFT_ROWWISE_KERNEL(stem##_activate, Map, RowActivate)                   \
  BITLIFT_ROWWISE_KERNEL(stem##_scaled_prox, Map, RowScaledProx)              \
  BITLIFT_ROWWISE_KERNEL(stem##_residual, Map, RowResidual)                   \
  BITLIFT_ROWWISE_KERNEL(stem##_pullback, Map, RowPullback)                   \
  BITLIFT_SUMS_KERNEL(stem##_potential, Map, rowwise_sums, RowPotential)      \
  BITLIFT_SUMS_KERNEL(stem##_conjugate, Map, rowwise_sums, RowConjugate)      \
  BITLIFT_SUMS_KERNEL(stem##_penalty, Map, rowwise_sums, RowPenalty)          \
  extern "C" __global__ void stem##_update(const bitlift::UpdateStep* steps) { \
    bitlift::rowwise_update<Map>(steps[blockIdx.y]);                          \
  }

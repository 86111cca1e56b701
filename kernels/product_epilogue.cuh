// What is done with a finished sum c of a product, in one pass over the block row's operands.
//
// Formula    product_row.cuh; the optimiser step of update.cuh
// Source     backend/Epilogue.java, backend/Product.java
// Shapes     WIDTH neighbours of one row at a time
// Special    as the written operations and the maps have them
// Order      (addend_factor·addend) + c is product, sum; μ·(σ(v) − u) and μ·(u − v) are difference, product
// Modifies   out, preactivation, pull; x, first, second of the step
#pragma once

#include "pack.cuh"
#include "product_row.cuh"
#include "update.cuh"

namespace bitlift {

template <int WIDTH>
__device__ inline Pack<WIDTH> with_addend(const ProductRow& row, long long at, Pack<WIDTH> c) {
  if (row.addend != nullptr) {
    Pack<WIDTH> addend = load<WIDTH>(row.addend + at);
    for (int e = 0; e < WIDTH; e++) {
      c.v[e] = row.addend_factor * addend.v[e] + c.v[e];
    }
  }
  return c;
}

template <int WIDTH>
__device__ inline Pack<WIDTH> scaled(const ProductRow& row, Pack<WIDTH> c) {
  for (int e = 0; e < WIDTH; e++) {
    c.v[e] = row.factor * c.v[e];
  }
  return c;
}

// v = c + b, kept and turned into the pull where that is asked for.
template <int WIDTH>
__device__ inline Pack<WIDTH> affine(const ProductRow& row, long long at, int column, const Pack<WIDTH>& c) {
  Pack<WIDTH> v = load<WIDTH>(row.bias + column);
  for (int e = 0; e < WIDTH; e++) {
    v.v[e] = c.v[e] + v.v[e];
  }
  if (row.preactivation != nullptr) {
    store<WIDTH>(row.preactivation + at, v);
  }
  if (row.pull != nullptr) {
    Pack<WIDTH> pull;
    if (row.smooth_ridge != 0) {
      Pack<WIDTH> u = load<WIDTH>(row.other + at);
      for (int e = 0; e < WIDTH; e++) {
        pull.v[e] = row.mu * (u.v[e] - v.v[e]);
      }
    } else {
      for (int e = 0; e < WIDTH; e++) {
        pull.v[e] = -(row.mu * v.v[e]);
      }
    }
    store<WIDTH>(row.pull + at, pull);
  }
  return v;
}

// A gradient that only the step reads is stored nowhere.
template <int WIDTH>
__device__ inline void keep(const ProductRow& row, long long at, const Pack<WIDTH>& out) {
  if (row.out != nullptr) {
    store<WIDTH>(row.out + at, out);
  }
}

// SCALE and BIAS; steps without a proximal part.
struct MaplessEpilogue {
  static constexpr bool STEPS = true;

  template <int WIDTH>
  __device__ static void apply(const ProductRow& row, const UpdateStep& step, long long at, int column, Pack<WIDTH> c) {
    c = with_addend(row, at, c);
    Pack<WIDTH> out = row.epilogue == BIAS ? affine(row, at, column, c) : scaled(row, c);
    keep(row, at, out);
    if (row.step != nullptr) {
      store<WIDTH>(step.x + at, descend(step, at, out));
    }
  }
};

// ACTIVATE and RESIDUAL. Linear rows, the last layer of most networks, share the launch of the others.
template <class Map>
struct ForwardEpilogue {
  static constexpr bool STEPS = false;

  template <int WIDTH>
  __device__ static void apply(const ProductRow& row, const UpdateStep&, long long at, int column, Pack<WIDTH> c) {
    Map map(row.p0, row.p1);
    Pack<WIDTH> out = affine(row, at, column, with_addend(row, at, c));
    if (row.linear == 0) {
      for (int e = 0; e < WIDTH; e++) {
        out.v[e] = map.activate(out.v[e]);
      }
    }
    if (row.epilogue == RESIDUAL) {
      Pack<WIDTH> u = load<WIDTH>(row.other + at);
      for (int e = 0; e < WIDTH; e++) {
        out.v[e] = row.mu * (out.v[e] - u.v[e]);
      }
    }
    store<WIDTH>(row.out + at, out);
  }
};

// PULLBACK and SCALE; steps with the map as proximal part, or none.
template <class Map>
struct AdjointEpilogue {
  static constexpr bool STEPS = true;

  template <int WIDTH>
  __device__ static void apply(const ProductRow& row, const UpdateStep& step, long long at, int, Pack<WIDTH> c) {
    c = with_addend(row, at, c);
    Pack<WIDTH> out = row.epilogue == PULLBACK ? pullback(row, at, c) : scaled(row, c);
    keep(row, at, out);
    if (row.step == nullptr) {
      return;
    }
    Pack<WIDTH> x = descend(step, at, out);
    if (row.proximal != 0) {
      Map map(step.p0, step.p1);
      ProxScale scale(step);
      for (int e = 0; e < WIDTH; e++) {
        x.v[e] = proximal(map, scale, x.v[e]);
      }
    }
    store<WIDTH>(step.x + at, x);
  }

 private:
  template <int WIDTH>
  __device__ static Pack<WIDTH> pullback(const ProductRow& row, long long at, Pack<WIDTH> c) {
    Map map(row.p0, row.p1);
    Pack<WIDTH> v = load<WIDTH>(row.other + at);
    for (int e = 0; e < WIDTH; e++) {
      c.v[e] = map.derivative(v.v[e]) * c.v[e];
    }
    return c;
  }
};

// Whether four neighbours can be loaded and stored at once, wherever a row of the output starts.
__device__ inline bool epilogue_in_fours(const ProductRow& row, const UpdateStep& step) {
  bool aligned = row.columns % 4 == 0 && is_vector_aligned(row.addend) && is_vector_aligned(row.bias) &&
                 is_vector_aligned(row.other) && is_vector_aligned(row.preactivation) && is_vector_aligned(row.pull) &&
                 is_vector_aligned(row.out);
  if (row.step != nullptr) {
    aligned = aligned && is_vector_aligned(step.x) && is_vector_aligned(step.first) && is_vector_aligned(step.second) &&
              is_vector_aligned(step.anchor);
  }
  return aligned;
}

}  // namespace bitlift

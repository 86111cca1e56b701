// A transposed copy, for products of two transposed factors; nothing that trains needs one, so it is as plain as can be.
//
// Formula    out(j, i) = in(i, j)
// Source     backend/Product.java
// Shapes     in [rows, columns], out [columns, rows]; any grid
// Special    bits are copied
// Order      element by element
// Modifies   out, which must not overlap in
#include "launch.cuh"

extern "C" __global__ void transpose(int rows, int columns, const float* in, float* out) {
  long long n = static_cast<long long>(rows) * columns;
#pragma unroll 1
  for (long long i = bitlift::first_index(); i < n; i += bitlift::index_step()) {
    out[i] = in[i % rows * columns + i / rows];
  }
}

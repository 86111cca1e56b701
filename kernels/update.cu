// Optimiser steps without a proximal part, for several blocks in one launch; <stem>_update of each prox map has one.
//
// Formula    x ← y of update.cuh
// Source     backend/Update.java; framework paper §5.2, eqs. 23–24
// Shapes     steps [gridDim.y], each with blocks of its own shape; block row y of the grid works on step y
// Special    NaN and infinities as the operations have them
// Order      element by element
// Modifies   x, first, second of every step
#include "update.cuh"

extern "C" __global__ void update(const bitlift::UpdateStep* steps) {
  bitlift::take_step(steps[blockIdx.y], [](float y) { return y; });
}

// One block row of a product as the host describes it.
#pragma once

#include "update.cuh"

namespace bitlift {

// What happens to each element c of the sum.
enum Epilogue : int {
  SCALE = 0,     // out = factor·c
  BIAS = 1,      // v = c + b; out = v
  ACTIVATE = 2,  // v = c + b; out = σ(v)
  RESIDUAL = 3,  // v = c + b; out = μ·(σ(v) − u)
  PULLBACK = 4   // out = σ'(v)·c
};

// out ← epilogue(c), c the product's element, or with an addend (addend_factor·addend) + c; then the optimiser step with out
// as its gradient. 128 bytes, laid out as written, offsets behind each line: the host fills it in. Unused pointers are null.
struct ProductRow {
  const float* left;         //   0: nt, nn [rows, depth]; tn [depth, rows]
  const float* right;        //   8: nt [columns, depth]; nn, tn [depth, columns]
  const float* addend;       //  16: [rows, columns], may be out; or null
  const float* bias;         //  24: b [columns] for BIAS, ACTIVATE, RESIDUAL
  const float* other;        //  32: [rows, columns]: u for RESIDUAL, and for BIAS with a pull; v for PULLBACK
  float* preactivation;      //  40: where v is kept [rows, columns], or null
  float* pull;               //  48: μ·(u − v), without smooth_ridge −(μ·v), for BIAS and RESIDUAL [rows, columns]; or null
  float* out;                //  56: [rows, columns]; null for a gradient that only the step needs
  const UpdateStep* step;    //  64: its gradient, rows and columns aren't read; or null
  int rows;                  //  72
  int columns;               //  76
  int depth;                 //  80
  int first_tile;            //  84: number of the row's first tile in the launch; ascending, 0 for the first row
  int epilogue;              //  88
  int smooth_ridge;          //  92: 1 if ½‖u‖² is in the smooth part
  int proximal;              //  96: 1 if the step has the kernel's prox map as its proximal part, with the step's p0 and p1
  float factor;              // 100
  float addend_factor;       // 104
  float mu;                  // 108
  float p0;                  // 112: parameters of the epilogue's map
  float p1;                  // 116
  int linear;                // 120: 1 if the epilogue's map is the identity, whatever the kernel's; ACTIVATE, RESIDUAL
};
static_assert(sizeof(ProductRow) == 128, "the host fills in this layout");

}  // namespace bitlift

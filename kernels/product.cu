// Products without a prox map, for several block rows in one launch; each separable map has two more pairs (separable.cuh).
//
// Formula    product_nt  out ← epilogue(U·Wᵀ), product_nn  out ← epilogue(R·W), product_tn  out ← epilogue(Rᵀ·U), each
//            _large and _small by its tile; epilogues SCALE and BIAS, optimiser steps without a proximal part
// Source     backend/Product.java, backend/Epilogue.java; framework paper, eq. 3
// Shapes     left, right: nt [m, k], [n, k]; nn [m, k], [k, n]; tn [k, m], [k, n]; all else [m, n], biases [n]
// Special    as the operations have them; k = 0 gives +0
// Order      rule 2 of the numeric contract; then as written in product_epilogue.cuh
// Modifies   out, preactivation, pull; x, first, second of steps (product.cuh)
#include "product.cuh"

BITLIFT_PRODUCT(product_nt, NT, bitlift::MaplessEpilogue)
BITLIFT_PRODUCT(product_nn, NN, bitlift::MaplessEpilogue)
BITLIFT_PRODUCT(product_tn, TN, bitlift::MaplessEpilogue)

package io.github.bitlift.backend;

/** What a backend implements: one method per operation. */
public interface Kernels {

    /** Block products with fused epilogues. */
    void product(Product operation);

    /** Sums over samples: the gradient of biases. */
    void columnSum(ColumnSum operation);

    /** Optimiser steps. */
    void update(Update operation);

    /** Prox maps and what is built from them, element by element or row by row. */
    void elementwise(Elementwise operation);

    /** Fixed-tree reductions. */
    void reduce(Reduce operation);

    /** Spectral norms and the step sizes that follow from them. */
    void powerIteration(PowerIteration operation);

    /** Copies. */
    void copy(Copy operation);

    /** Primal-dual iterations for total variation. */
    void tvPdhg(TvPdhg operation);

    /** Images as patches. */
    void unfold(Unfold operation);

    /** Patches added up to images. */
    void fold(Fold operation);
}

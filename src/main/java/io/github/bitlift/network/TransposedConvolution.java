package io.github.bitlift.network;

import io.github.bitlift.backend.Convolved;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.PatchGrid;
import io.github.bitlift.backend.Product;

/**
 * The adjoint of a {@link Convolution}: every pixel of a small image becomes a patch of a larger one, and patches that overlap add
 * up (framework paper, §7.3). A bias is one number per channel of the larger image.
 *
 * @param weights W {@code [filters, kernel·kernel·channels]}: filters are the small image's channels
 * @param grid how the patches lie on the larger image
 */
public record TransposedConvolution(Matrix weights, PatchGrid grid) implements LinearMap {

    /** Checks the weights' shape. */
    public TransposedConvolution {
        Convolution.requireFit(weights, grid);
    }

    @Override
    public int rows() {
        return grid.imageSize();
    }

    @Override
    public int columns() {
        return Math.multiplyExact(grid.patches(), weights.rows());
    }

    @Override
    public int biases() {
        return grid.channels();
    }

    @Override
    public Product.Term apply(Matrix in) {
        return new Convolved.Adjoint(in, grid, weights);
    }

    @Override
    public Product.Term adjoint(Matrix in) {
        return new Convolved.Forward(in, grid, weights);
    }

    @Override
    public int gain() {
        return grid.overlap();
    }

    @Override
    public Matrix matrix() {
        return weights;
    }

    @Override
    public Product.Term gradient(Matrix residual, Matrix in) {
        return new Convolved.Gradient(in, residual, grid);
    }
}

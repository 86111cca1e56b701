package io.github.bitlift.network;

import io.github.bitlift.backend.Convolved;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.PatchGrid;
import io.github.bitlift.backend.Product;

/**
 * A convolution of channels-last images: W applied to every patch, {@code height·width·channels} numbers to
 * {@code down·across·filters} (framework paper, §7.3). In deep learning's sense: kernels aren't flipped.
 *
 * <p>The result is an image again, its channels the filters. A bias is one number per filter.
 *
 * @param weights W {@code [filters, kernel·kernel·channels]}, the columns in the order (ky, kx, channel)
 * @param grid how the patches lie on the image
 */
public record Convolution(Matrix weights, PatchGrid grid) implements LinearMap {

    /** Checks the weights' shape. */
    public Convolution {
        requireFit(weights, grid);
    }

    static void requireFit(Matrix weights, PatchGrid grid) {
        if (weights.columns() != grid.patchSize()) {
            throw new IllegalArgumentException("convolution: weights " + weights.shape() + ", expected [filters, "
                    + grid.patchSize() + "] for " + grid.text());
        }
    }

    @Override
    public int rows() {
        return Math.multiplyExact(grid.patches(), weights.rows());
    }

    @Override
    public int columns() {
        return grid.imageSize();
    }

    @Override
    public int biases() {
        return weights.rows();
    }

    @Override
    public Product.Term apply(Matrix in) {
        return new Convolved.Forward(in, grid, weights);
    }

    @Override
    public Product.Term adjoint(Matrix in) {
        return new Convolved.Adjoint(in, grid, weights);
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
        return new Convolved.Gradient(residual, in, grid);
    }
}

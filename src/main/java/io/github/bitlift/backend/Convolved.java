package io.github.bitlift.backend;

import java.util.List;
import java.util.function.BiFunction;

/**
 * A term of a product that is a convolution, its adjoint, or the gradient of its weights: a product with unfolded images.
 * {@link Lowering} turns it into that, so that no backend needs to know of it; its bits are those of {@link Unfold}, {@link
 * Product.Dense} and {@link Fold}, one after the other.
 *
 * <p>The rows of the first two are pixels, all of an image one after the other, the columns channels. What else belongs to such
 * a {@link Product.Row} may have the same shape, or {@code [n, pixels·channels]}, which is the same memory.
 */
public sealed interface Convolved extends Product.Term {

    /** The number n of images. */
    int images();

    /** Elements of scratch memory that it takes. */
    long scratch();

    /**
     * What it comes down to.
     *
     * @param scratch gives scratch memory by rows and columns
     */
    Lowered lower(BiFunction<Integer, Integer, Matrix> scratch);

    /**
     * A term without convolutions.
     *
     * @param before what must run first
     * @param term what then takes the place
     */
    record Lowered(List<Operation> before, Product.Term term) {}

    /**
     * {@code unfold(X) Wᵀ}: a convolution (a cross-correlation, as everywhere in deep learning), {@code [n·patches, c']}.
     *
     * @param of X {@code [n, imageSize]}
     * @param grid how the patches lie
     * @param weights W {@code [c', patchSize]}
     */
    record Forward(Matrix of, PatchGrid grid, Matrix weights) implements Convolved {

        /** Checks shapes. */
        public Forward {
            of.require("convolution: images", of.rows(), grid.imageSize());
            weights.require("convolution: weights", weights.rows(), grid.patchSize());
        }

        @Override
        public int rows() {
            return Math.multiplyExact(of.rows(), grid.patches());
        }

        @Override
        public int columns() {
            return weights.rows();
        }

        @Override
        public int images() {
            return of.rows();
        }

        @Override
        public long scratch() {
            return patches(of.rows(), grid);
        }

        @Override
        public Lowered lower(BiFunction<Integer, Integer, Matrix> scratch) {
            Matrix patches = scratch.apply(rows(), grid.patchSize());
            return new Lowered(List.of(new Unfold(of, grid, patches)), Product.Dense.forward(patches, weights));
        }
    }

    /**
     * {@code fold(R W)}: the adjoint of a convolution, or a transposed convolution, {@code [n·pixels, channels]}.
     *
     * @param of R {@code [n, patches·c']}
     * @param grid how the patches lie on the result
     * @param weights W {@code [c', patchSize]}
     */
    record Adjoint(Matrix of, PatchGrid grid, Matrix weights) implements Convolved {

        /** Checks shapes. */
        public Adjoint {
            of.require("transposed convolution: operand", of.rows(), Math.multiplyExact(grid.patches(), weights.rows()));
            weights.require("transposed convolution: weights", weights.rows(), grid.patchSize());
        }

        @Override
        public int rows() {
            return Math.multiplyExact(of.rows(), grid.pixels());
        }

        @Override
        public int columns() {
            return grid.channels();
        }

        @Override
        public int images() {
            return of.rows();
        }

        @Override
        public long scratch() {
            return patches(of.rows(), grid) + padded((long) of.rows() * grid.imageSize());
        }

        @Override
        public Lowered lower(BiFunction<Integer, Integer, Matrix> scratch) {
            int n = of.rows();
            Matrix pixels = of.reshape(n * grid.patches(), weights.rows());
            Matrix patches = scratch.apply(pixels.rows(), grid.patchSize());
            Matrix images = scratch.apply(n, grid.imageSize());
            Product products = Product.of(new Product.Row(
                    patches, List.of(Product.Dense.adjoint(pixels, weights)), new Epilogue.Scale(1f)));
            return new Lowered(
                    List.of(products, new Fold(patches, grid, images)),
                    new Product.Scaled(1f, images.reshape(rows(), columns())));
        }
    }

    /**
     * {@code Rᵀ unfold(X)}: the gradient of a convolution's weights, {@code [c', patchSize]}.
     *
     * @param residual R {@code [n, patches·c']}
     * @param of X {@code [n, imageSize]}
     * @param grid how the patches lie
     */
    record Gradient(Matrix residual, Matrix of, PatchGrid grid) implements Convolved {

        /** Checks shapes. */
        public Gradient {
            of.require("convolution: images", of.rows(), grid.imageSize());
            residual.require("convolution: residual", of.rows(), residual.columns() / grid.patches() * grid.patches());
        }

        @Override
        public int rows() {
            return residual.columns() / grid.patches();
        }

        @Override
        public int columns() {
            return grid.patchSize();
        }

        @Override
        public int images() {
            return of.rows();
        }

        @Override
        public long scratch() {
            return patches(of.rows(), grid);
        }

        @Override
        public Lowered lower(BiFunction<Integer, Integer, Matrix> scratch) {
            Matrix patches = scratch.apply(Math.multiplyExact(of.rows(), grid.patches()), grid.patchSize());
            return new Lowered(
                    List.of(new Unfold(of, grid, patches)),
                    Product.Dense.gradient(residual.reshape(patches.rows(), rows()), patches));
        }
    }

    private static long patches(int images, PatchGrid grid) {
        return padded((long) images * grid.patches() * grid.patchSize());
    }

    /** Pieces of scratch memory begin at multiples of 16 bytes, as kernels like them. */
    static long padded(long elements) {
        return (elements + 3) / 4 * 4;
    }
}

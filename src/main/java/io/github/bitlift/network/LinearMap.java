package io.github.bitlift.network;

import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Product;

/** A linear map ℝ^columns → ℝ^rows: one entry of a {@link BlockOperator}. */
public sealed interface LinearMap permits LinearMap.Dense, LinearMap.ScaledIdentity {

    /** The dimension it maps to. */
    int rows();

    /** The dimension it maps from. */
    int columns();

    /** The map applied to each sample of {@code in [samples, columns]}. */
    Product.Term apply(Matrix in);

    /** The adjoint applied to each sample of {@code in [samples, rows]}. */
    Product.Term adjoint(Matrix in);

    /**
     * A learnable matrix.
     *
     * @param weights {@code [rows, columns]}, as in PyTorch: {@code [out, in]}
     */
    record Dense(Matrix weights) implements LinearMap {
        @Override
        public int rows() {
            return weights.rows();
        }

        @Override
        public int columns() {
            return weights.columns();
        }

        @Override
        public Product.Term apply(Matrix in) {
            return Product.Dense.forward(in, weights);
        }

        @Override
        public Product.Term adjoint(Matrix in) {
            return Product.Dense.adjoint(in, weights);
        }
    }

    /**
     * {@code factor·I}.
     *
     * @param size the dimension
     * @param factor the scale
     */
    record ScaledIdentity(int size, float factor) implements LinearMap {
        @Override
        public int rows() {
            return size;
        }

        @Override
        public int columns() {
            return size;
        }

        @Override
        public Product.Term apply(Matrix in) {
            return new Product.Scaled(factor, in);
        }

        @Override
        public Product.Term adjoint(Matrix in) {
            return new Product.Scaled(factor, in);
        }
    }
}

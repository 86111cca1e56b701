package io.github.bitlift.network;

import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Product;

/**
 * A linear map ℝ^columns → ℝ^rows: one entry of a {@link BlockOperator}. Maps of several factors, such as LISTA's {@code I −
 * γL*H*HL}, are matrices of a {@link Composition}.
 */
public sealed interface LinearMap
        permits LinearMap.Dense, LinearMap.Transposed, LinearMap.ScaledIdentity, Convolution, TransposedConvolution {

    /** The dimension it maps to. */
    int rows();

    /** The dimension it maps from. */
    int columns();

    /** The numbers of a bias that goes with it: as many as it maps to, or one per channel. */
    default int biases() {
        return rows();
    }

    /** The map applied to each sample of {@code in [samples, columns]}. */
    Product.Term apply(Matrix in);

    /** The adjoint applied to each sample of {@code in [samples, rows]}. */
    Product.Term adjoint(Matrix in);

    /** The matrix in memory that the map is made of, or null if it has none. */
    Matrix matrix();

    /** A bound of ‖A‖² over the squared norm of {@link #matrix}: more than 1 where it is applied to patches that overlap. */
    default int gain() {
        return 1;
    }

    /**
     * The gradient in {@link #matrix} of {@code Σᵢ ⟨residualᵢ, A inᵢ⟩}, in its shape; null if it has none.
     *
     * @param residual {@code [samples, rows]}
     * @param in {@code [samples, columns]}
     */
    Product.Term gradient(Matrix residual, Matrix in);

    /**
     * A matrix.
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

        @Override
        public Matrix matrix() {
            return weights;
        }

        @Override
        public Product.Term gradient(Matrix residual, Matrix in) {
            return Product.Dense.gradient(residual, in);
        }
    }

    /**
     * The adjoint of a matrix.
     *
     * @param weights {@code [columns, rows]}
     */
    record Transposed(Matrix weights) implements LinearMap {
        @Override
        public int rows() {
            return weights.columns();
        }

        @Override
        public int columns() {
            return weights.rows();
        }

        @Override
        public Product.Term apply(Matrix in) {
            return Product.Dense.adjoint(in, weights);
        }

        @Override
        public Product.Term adjoint(Matrix in) {
            return Product.Dense.forward(in, weights);
        }

        @Override
        public Matrix matrix() {
            return weights;
        }

        @Override
        public Product.Term gradient(Matrix residual, Matrix in) {
            return Product.Dense.gradient(in, residual);
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

        @Override
        public Matrix matrix() {
            return null;
        }

        @Override
        public Product.Term gradient(Matrix residual, Matrix in) {
            return null;
        }

        /** {@code −factor·I}. */
        ScaledIdentity negated() {
            return new ScaledIdentity(size, -factor);
        }

        boolean isIdentity() {
            return factor == 1f;
        }
    }
}

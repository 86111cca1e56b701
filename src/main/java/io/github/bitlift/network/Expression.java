package io.github.bitlift.network;

import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Product;
import java.util.List;

/**
 * A matrix of a {@link Composition}, and how it comes about.
 *
 * @param rule from what it follows
 * @param value where it lies
 * @param text how the papers write it
 * @param level 0 for what is given, else one more than the highest level among its operands
 * @param learnable whether it depends on parameters
 */
public record Expression(Rule rule, Matrix value, Monomial text, int level, boolean learnable) {

    /** From what a matrix follows; {@link #forward} is one block row of a product. */
    sealed interface Rule permits Given, Times, Multiple, ScaledBy, IdentityMinus {
        /** What it follows from. */
        List<Expression> operands();

        /** How {@code out} is computed. */
        Product.Row forward(Matrix out);
    }

    /** A parameter or a constant. */
    record Given() implements Rule {
        @Override
        public List<Expression> operands() {
            return List.of();
        }

        @Override
        public Product.Row forward(Matrix out) {
            throw new IllegalStateException("what is given isn't computed");
        }
    }

    /** {@code op(A)·op(B)}. */
    record Times(Expression left, boolean transposeLeft, Expression right, boolean transposeRight) implements Rule {
        @Override
        public List<Expression> operands() {
            return List.of(left, right);
        }

        @Override
        public Product.Row forward(Matrix out) {
            return row(out, new Product.Dense(left.value, transposeLeft, right.value, transposeRight));
        }

        /** The gradient in A from that in the product, G: {@code G·op(B)ᵀ}, transposed if A is. */
        Product.Term leftGradient(Matrix g) {
            return transposeLeft
                    ? new Product.Dense(right.value, transposeRight, g, true)
                    : new Product.Dense(g, false, right.value, !transposeRight);
        }

        /** The gradient in B: {@code op(A)ᵀ·G}, transposed if B is. */
        Product.Term rightGradient(Matrix g) {
            return transposeRight
                    ? new Product.Dense(g, true, left.value, transposeLeft)
                    : new Product.Dense(left.value, !transposeLeft, g, false);
        }
    }

    /** {@code factor·A}. */
    record Multiple(float factor, Expression operand) implements Rule {
        @Override
        public List<Expression> operands() {
            return List.of(operand);
        }

        @Override
        public Product.Row forward(Matrix out) {
            return row(out, new Product.Scaled(factor, operand.value));
        }
    }

    /** {@code s·A}, s being a matrix [1, 1]: as a product of depth one, each element is one multiplication. */
    record ScaledBy(Expression scalar, Expression operand) implements Rule {
        @Override
        public List<Expression> operands() {
            return List.of(scalar, operand);
        }

        @Override
        public Product.Row forward(Matrix out) {
            return scaled(operand.value, out);
        }

        /** The gradient in A from that in the product, G: {@code s·G}, into {@code out}. */
        Product.Row scaled(Matrix g, Matrix out) {
            return row(column(out), new Product.Dense(column(g), false, scalar.value, false));
        }

        /** The gradient in s: {@code ⟨G, A⟩}. */
        Product.Term scalarGradient(Matrix g) {
            return new Product.Dense(column(g), true, column(operand.value), false);
        }

        private static Matrix column(Matrix matrix) {
            return new Matrix(matrix.buffer(), matrix.offset(), Math.toIntExact(matrix.size()), 1);
        }
    }

    /** {@code I − A}. */
    record IdentityMinus(Matrix identity, Expression operand) implements Rule {
        @Override
        public List<Expression> operands() {
            return List.of(operand);
        }

        @Override
        public Product.Row forward(Matrix out) {
            return new Product.Row(
                    out,
                    List.of(new Product.Scaled(1f, identity), new Product.Scaled(-1f, operand.value)),
                    new Epilogue.Scale(1f));
        }
    }

    static Product.Row row(Matrix out, Product.Term term) {
        return new Product.Row(out, List.of(term), new Epilogue.Scale(1f));
    }

    /** The matrix as an entry of a block operator. */
    public LinearMap map() {
        return new LinearMap.Dense(value);
    }

    /** Its adjoint as an entry of a block operator. */
    public LinearMap adjoint() {
        return new LinearMap.Transposed(value);
    }

    /** As the papers write it, or its adjoint. */
    public String formula(boolean adjoint) {
        Monomial written = adjoint ? text.adjoint() : text;
        return rule instanceof IdentityMinus ? "I − " + written : written.toString();
    }
}

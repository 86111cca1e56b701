package io.github.bitlift.backend;

import java.util.List;

/**
 * Several products in one launch, each with a fused epilogue: the block operators of the framework
 * paper's eq. (3), all layers at once.
 *
 * <p>For each {@link Row} the terms are evaluated in list order and added in that order (one
 * rounding per addition); dense terms follow rule 2 of the numeric contract. The epilogue then acts
 * on each element of the sum.
 *
 * <p>Nothing that a row writes (output, kept pre-activation, pull, the step's variable and moments) may overlap anything
 * else that the operation reads or writes. The one exception: the output itself may be the same row's {@link
 * Epilogue.Add#addend}.
 *
 * @param rows the block rows
 */
public record Product(List<Row> rows) implements Operation {

    /**
     * A copy of the list is kept.
     *
     * @throws IllegalArgumentException if a row reads or writes what another writes
     */
    public Product {
        rows = List.copyOf(rows);
        Places places = new Places("product");
        rows.forEach(row -> RowPlaces.write(places, row.out, row.epilogue, row.then));
        rows.forEach(row -> RowPlaces.read(places, row.out, row.terms, row.epilogue, row.then));
    }

    /** One block row alone. */
    public static Product of(Row row) {
        return new Product(List.of(row));
    }

    @Override
    public void on(Kernels kernels) {
        kernels.product(this);
    }

    /**
     * One block row: {@code out ← epilogue(Σ terms)}, then an optional optimiser step that uses out
     * as its gradient.
     *
     * @param out {@code [m, n]}
     * @param terms at least one
     * @param epilogue what happens to each element of the sum
     * @param then the step taken with {@code out} as gradient, or null
     */
    public record Row(Matrix out, List<Term> terms, Epilogue epilogue, Update.Step then) {

        /** Checks shapes, and that what is written overlaps nothing else. */
        public Row {
            terms = List.copyOf(terms);
            if (terms.isEmpty()) {
                throw new IllegalArgumentException("product: a row needs at least one term");
            }
            for (Term term : terms) {
                out.require("product: output", term.rows(), term.columns());
            }
            epilogue.check(out.rows(), out.columns());
            if (then != null && !then.gradient().equals(out)) {
                throw new IllegalArgumentException("product: the fused step must use the row's output as gradient");
            }
            Places places = new Places("product");
            RowPlaces.write(places, out, epilogue, then);
            RowPlaces.read(places, out, terms, epilogue, then);
        }

        /** A row without a fused step. */
        public Row(Matrix out, List<Term> terms, Epilogue epilogue) {
            this(out, terms, epilogue, null);
        }
    }

    /** A summand of a block row. */
    public sealed interface Term permits Dense, Scaled {
        /** Rows of the result. */
        int rows();

        /** Columns of the result. */
        int columns();
    }

    /**
     * {@code op(A)·op(B)}, where op transposes if asked.
     *
     * @param left A
     * @param transposeLeft whether Aᵀ is meant
     * @param right B
     * @param transposeRight whether Bᵀ is meant
     */
    public record Dense(Matrix left, boolean transposeLeft, Matrix right, boolean transposeRight) implements Term {

        /** Checks the inner dimension. */
        public Dense {
            int right0 = transposeRight ? right.columns() : right.rows();
            int left1 = transposeLeft ? left.rows() : left.columns();
            if (left1 != right0) {
                throw new IllegalArgumentException("product: inner dimensions " + left1 + " and " + right0 + " differ");
            }
        }

        /** {@code U Wᵀ}: activations [s, in] through weights [out, in]. */
        public static Dense forward(Matrix activations, Matrix weights) {
            return new Dense(activations, false, weights, true);
        }

        /** {@code R W}: residuals [s, out] back through weights [out, in]. */
        public static Dense adjoint(Matrix residuals, Matrix weights) {
            return new Dense(residuals, false, weights, false);
        }

        /** {@code Rᵀ U}: the gradient of weights [out, in]. */
        public static Dense gradient(Matrix residuals, Matrix activations) {
            return new Dense(residuals, true, activations, false);
        }

        @Override
        public int rows() {
            return transposeLeft ? left.columns() : left.rows();
        }

        @Override
        public int columns() {
            return transposeRight ? right.rows() : right.columns();
        }

        /** The length of each chain. */
        public int depth() {
            return transposeLeft ? left.rows() : left.columns();
        }
    }

    /**
     * {@code factor·A}, one multiplication per element; exact for ±1.
     *
     * @param factor the scale of an identity block
     * @param operand A
     */
    public record Scaled(float factor, Matrix operand) implements Term {

        @Override
        public int rows() {
            return operand.rows();
        }

        @Override
        public int columns() {
            return operand.columns();
        }
    }
}

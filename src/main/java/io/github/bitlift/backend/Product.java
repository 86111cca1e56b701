package io.github.bitlift.backend;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

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
 * Epilogue.Add#addend}. A row without an output leaves its addend as it was.
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

    @Override
    public List<Matrix> results() {
        return rows.stream().flatMap(row -> row.results().stream()).toList();
    }

    /**
     * One block row: {@code out ← epilogue(Σ terms)}, then an optional optimiser step with the result as its gradient.
     *
     * <p>Where a term is {@link Convolved}, what else there is may have its rows as images, one per sample; the row keeps all of
     * it as pixels.
     *
     * @param out {@code [m, n]}, or null for a result that is the step's gradient and nothing else, and kept nowhere
     * @param terms at least one, each {@code [m, n]}
     * @param epilogue what happens to each element of the sum
     * @param then the step taken with the result as gradient, its own gradient being {@code out}; or null
     */
    public record Row(Matrix out, List<Term> terms, Epilogue epilogue, Update.Step then) {

        /** Checks shapes, and that what is written overlaps nothing else. */
        public Row {
            terms = List.copyOf(terms);
            if (terms.isEmpty()) {
                throw new IllegalArgumentException("product: a row needs at least one term");
            }
            PixelRows pixels = PixelRows.of(terms);
            if (pixels != null) {
                out = pixels.of(out);
                terms = terms.stream().map(pixels::of).toList();
                epilogue = pixels.of(epilogue);
                then = pixels.of(then);
            }
            Matrix result = out == null && then != null ? then.x() : out;
            if (result == null) {
                throw new IllegalArgumentException("product: a row needs an output or a step");
            }
            for (Term term : terms) {
                result.require(out == null ? "product: x of the step" : "product: output", term.rows(), term.columns());
            }
            epilogue.check(result.rows(), result.columns());
            if (then != null && !Objects.equals(then.gradient(), out)) {
                throw new IllegalArgumentException("product: the row's output is " + text(out) + ", the fused step's gradient "
                        + text(then.gradient()) + "; expected the same matrix in both places, or in neither");
            }
            Places places = new Places("product");
            RowPlaces.write(places, out, epilogue, then);
            RowPlaces.read(places, out, terms, epilogue, then);
        }

        /** A row without a fused step. */
        public Row(Matrix out, List<Term> terms, Epilogue epilogue) {
            this(out, terms, epilogue, null);
        }

        /** A row whose result is the step's gradient and nothing else. */
        public Row(List<Term> terms, Epilogue epilogue, Update.Step then) {
            this(null, terms, epilogue, then);
        }

        /** Everything that it writes. */
        List<Matrix> results() {
            List<Matrix> results = new ArrayList<>(Operation.present(out));
            if (epilogue instanceof Epilogue.Activate activate) {
                results.addAll(Operation.present(activate.preactivation()));
            } else if (epilogue instanceof Epilogue.Residual residual) {
                results.addAll(Operation.present(residual.preactivation(), residual.pull()));
            }
            if (then != null) {
                results.addAll(then.results());
            }
            return results;
        }

        private static String text(Matrix matrix) {
            return matrix == null ? "none" : matrix.shape() + " at " + matrix.offset();
        }

        /** m. */
        public int rows() {
            return terms.get(0).rows();
        }

        /** n. */
        public int columns() {
            return terms.get(0).columns();
        }

        /** The number of elements. */
        public long size() {
            return (long) rows() * columns();
        }
    }

    /** A summand of a block row. */
    public sealed interface Term permits Dense, Scaled, Convolved {
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

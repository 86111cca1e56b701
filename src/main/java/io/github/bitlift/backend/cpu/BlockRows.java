package io.github.bitlift.backend.cpu;

import static io.github.bitlift.backend.HostBuffer.array;
import static io.github.bitlift.backend.HostBuffer.start;

import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.HostBuffer;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.reference.RowOperations;
import io.github.bitlift.backend.reference.Rows;

/** Carries out the block rows of products, one at a time, with the threads of one {@link Sgemm}. */
final class BlockRows {
    private final Sgemm sgemm;
    private final RowOperations[] rows;
    private final Rows loops;
    private final Sgemm.RowsDone finishRows = this::finish;

    /** Sums of rows that have no output, or whose epilogue reads it; then those of later terms. */
    private float[] apart = {};
    private float[] next = {};
    private Row row;
    private float[] sums;
    private int sumsAt;

    /**
     * With a multiplier and scratch of its own.
     *
     * @param rows the row operations of each of the multiplier's threads
     */
    BlockRows(Sgemm sgemm, RowOperations[] rows, Rows loops) {
        this.sgemm = sgemm;
        this.rows = rows;
        this.loops = loops;
    }

    /** A block row, looked through once. */
    static final class Row {
        private final Product.Row given;
        private final Product.Term[] terms;
        /** For each term its right factor if it may be kept packed, else null. */
        private final KeptFactor[] kept;
        /** The only term, if it is a product. */
        private final Product.Dense dense;
        private final boolean isApart;
        /** Rows that are finished at a time. */
        private final int block;

        Row(Product.Row given, KeptFactors factors) {
            this.given = given;
            this.terms = given.terms().toArray(new Product.Term[0]);
            this.kept = given.terms().stream()
                    .map(term -> term instanceof Product.Dense product ? factors.of(product) : null).toArray(KeptFactor[]::new);
            this.dense = terms.length == 1 && terms[0] instanceof Product.Dense only ? only : null;
            this.isApart = given.out() == null
                    || given.epilogue() instanceof Epilogue.Add add && add.addend().equals(given.out());
            this.block = Math.max(1, Crew.BLOCK / Math.max(1, given.columns()));
        }

        /** Multiply-adds, those of scaled terms included. */
        long work() {
            long work = 0;
            for (Product.Term term : terms) {
                work += given.size() * (term instanceof Product.Dense product ? product.depth() : 1);
            }
            return work;
        }
    }

    void run(Row next) {
        row = next;
        if (row.isApart) {
            apart = grown(apart, row.given.size());
            sums = apart;
            sumsAt = 0;
        } else {
            sums = array(row.given.out());
            sumsAt = start(row.given.out());
        }
        if (row.dense != null) {
            multiply(row.dense, row.kept[0], sums, sumsAt, finishRows);
        } else {
            sum();
            finish(0, row.given.rows(), 0);
        }
        sums = null;
    }

    /** Several terms, or one that is no product: rare enough for a pass over memory each. */
    private void sum() {
        int size = (int) row.given.size();
        for (int t = 0; t < row.terms.length; t++) {
            if (row.terms[t] instanceof Product.Scaled scaled) {
                addScaled(scaled, size, t == 0);
            } else if (t == 0) {
                multiply((Product.Dense) row.terms[t], row.kept[t], sums, sumsAt, null);
            } else {
                next = grown(next, size);
                multiply((Product.Dense) row.terms[t], row.kept[t], next, 0, null);
                loops.add(sums, sumsAt, next, 0, sums, sumsAt, size);
            }
        }
    }

    private void addScaled(Product.Scaled term, int size, boolean first) {
        float[] operand = array(term.operand());
        int from = start(term.operand());
        if (first) {
            System.arraycopy(operand, from, sums, sumsAt, size);
            loops.scale(term.factor(), sums, sumsAt, size);
        } else {
            loops.addScaled(term.factor(), operand, from, sums, sumsAt, size);
        }
    }

    private void multiply(Product.Dense dense, KeptFactor kept, float[] c, int cAt, Sgemm.RowsDone done) {
        long version = kept == null ? 0 : ((HostBuffer) dense.right().buffer()).version();
        sgemm.multiply(
                dense.transposeLeft(), dense.transposeRight(), dense.rows(), dense.columns(), dense.depth(),
                array(dense.left()), start(dense.left()), array(dense.right()), start(dense.right()), kept, version,
                c, cAt, done);
    }

    /** Blocks of rows that stay in the first-level cache while epilogue and step go over them. */
    private void finish(int from, int to, int worker) {
        int columns = row.given.columns();
        for (int i = from; i < to; i += row.block) {
            rows[worker].finish(row.given, i, Math.min(row.block, to - i), sums, sumsAt + i * columns);
        }
    }

    private static float[] grown(float[] array, long length) {
        return array.length >= length ? array : new float[Math.toIntExact(length)];
    }
}

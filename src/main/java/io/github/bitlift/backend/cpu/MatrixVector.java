package io.github.bitlift.backend.cpu;

import static io.github.bitlift.backend.HostBuffer.array;
import static io.github.bitlift.backend.HostBuffer.start;

import io.github.bitlift.backend.HostSums;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.PowerIteration;
import io.github.bitlift.backend.reference.Rows;
import io.github.bitlift.numerics.Reduction;
import java.util.Arrays;

/**
 * Power iterations in plain loops: matrix times vector and transposed matrix times vector, with rule 2's chains. Small
 * matrices stay on the calling thread.
 */
class MatrixVector {
    /** Chains that advance together, to hide the latency of fma. */
    static final int ROWS = 8;
    /** Columns per task of the transposed product, where threads share it. */
    private static final int COLUMNS = 256;
    /** Elements below which one thread is as fast. */
    private static final long WORTH_SHARING = 1 << 18;

    private final Workers workers;
    private final Rows rows;
    private final Workers.Task applyRows = this::applyRows;
    private final Workers.Task adjointColumns = this::adjointColumns;
    float[] a;
    int aAt;
    int m;
    int n;
    float[] x;
    int xAt;
    float[] y;
    int yAt;
    /** Aᵀ y, from the start of the array. */
    float[] w;
    private boolean shared;
    private int rowsPerTask;

    MatrixVector(Workers workers, Rows rows) {
        this.workers = workers;
        this.rows = rows;
    }

    /** Runs the operation; {@code scratch} holds at least n numbers. */
    final void iterate(PowerIteration operation, float[] scratch, Reduction sums) {
        Matrix matrix = operation.a();
        a = array(matrix);
        aAt = start(matrix);
        m = matrix.rows();
        n = matrix.columns();
        x = array(operation.x());
        xAt = start(operation.x());
        y = array(operation.y());
        yAt = start(operation.y());
        w = scratch;
        shared = workers.threads() > 1 && matrix.size() >= WORTH_SHARING;
        prepare();
        for (int iteration = 0; iteration < operation.iterations(); iteration++) {
            apply();
            adjoint();
            normalise(sums.squares(w, 0, n));
        }
        apply();
        double xx = sums.squares(x, xAt, n);
        double norm = xx == 0 ? 0.0 : sums.squares(y, yAt, m) / xx;
        HostSums.set(operation.norm(), operation.slot(), norm);
        if (operation.step() != null) {
            array(operation.step())[start(operation.step())] =
                    (float) (operation.numerator() / (operation.scale() * norm + operation.shift()));
        }
    }

    private void normalise(double n2) {
        if (n2 > 0 && n2 < Double.POSITIVE_INFINITY) {
            System.arraycopy(w, 0, x, xAt, n);
            rows.scale((float) (1.0 / Math.sqrt(n2)), x, xAt, n);
        }
    }

    /** Looks at a matrix before its first product. */
    void prepare() {
        // The plain loops take it as it is.
    }

    /** y = A x. */
    void apply() {
        if (shared) {
            rowsPerTask = Math.max(ROWS, (m / (4 * workers.threads()) + ROWS - 1) / ROWS * ROWS);
            workers.run((m + rowsPerTask - 1) / rowsPerTask, applyRows);
        } else {
            applyFromTo(0, m);
        }
    }

    private void applyRows(int task, int worker) {
        applyFromTo(task * rowsPerTask, Math.min(m, (task + 1) * rowsPerTask));
    }

    private void applyFromTo(int from, int to) {
        int i = from;
        for (; i + ROWS <= to; i += ROWS) {
            eightRows(i);
        }
        for (; i < to; i++) {
            oneRow(i);
        }
    }

    private void oneRow(int i) {
        int at = aAt + i * n;
        float total = 0f;
        for (int segment = 0; segment < n; segment += Sgemm.SEGMENT) {
            float chain = 0f;
            int end = Math.min(n, segment + Sgemm.SEGMENT);
            for (int k = segment; k < end; k++) {
                chain = Math.fma(x[xAt + k], a[at + k], chain);
            }
            total = segment == 0 ? chain : total + chain;
        }
        y[yAt + i] = total;
    }

    private void eightRows(int i) {
        Arrays.fill(y, yAt + i, yAt + i + ROWS, 0f);
        for (int segment = 0; segment < n; segment += Sgemm.SEGMENT) {
            eightRows(i, segment, Math.min(n, segment + Sgemm.SEGMENT));
        }
    }

    private void eightRows(int i, int from, int to) {
        int at = aAt + i * n;
        int b = at + n;
        int c = b + n;
        int d = c + n;
        int e = d + n;
        int f = e + n;
        int g = f + n;
        int h = g + n;
        float s0 = 0f;
        float s1 = 0f;
        float s2 = 0f;
        float s3 = 0f;
        float s4 = 0f;
        float s5 = 0f;
        float s6 = 0f;
        float s7 = 0f;
        for (int k = from; k < to; k++) {
            float v = x[xAt + k];
            s0 = Math.fma(v, a[at + k], s0);
            s1 = Math.fma(v, a[b + k], s1);
            s2 = Math.fma(v, a[c + k], s2);
            s3 = Math.fma(v, a[d + k], s3);
            s4 = Math.fma(v, a[e + k], s4);
            s5 = Math.fma(v, a[f + k], s5);
            s6 = Math.fma(v, a[g + k], s6);
            s7 = Math.fma(v, a[h + k], s7);
        }
        int out = yAt + i;
        boolean first = from == 0;
        y[out] = first ? s0 : y[out] + s0;
        y[out + 1] = first ? s1 : y[out + 1] + s1;
        y[out + 2] = first ? s2 : y[out + 2] + s2;
        y[out + 3] = first ? s3 : y[out + 3] + s3;
        y[out + 4] = first ? s4 : y[out + 4] + s4;
        y[out + 5] = first ? s5 : y[out + 5] + s5;
        y[out + 6] = first ? s6 : y[out + 6] + s6;
        y[out + 7] = first ? s7 : y[out + 7] + s7;
    }

    /** w = Aᵀ y. */
    private void adjoint() {
        if (shared) {
            workers.run((n + COLUMNS - 1) / COLUMNS, adjointColumns);
        } else {
            combine(y, yAt, m, a, aAt, n, n, w, 0);
        }
    }

    private void adjointColumns(int task, int worker) {
        int from = task * COLUMNS;
        combine(y, yAt, m, a, aAt + from, n, Math.min(COLUMNS, n - from), w, from);
    }

    /**
     * {@code out[k] = Σᵢ factors[i]·rows[i, k]} under rule 2: chains run down the columns.
     *
     * @param count of rows, {@code stride} numbers apart
     * @param width how many columns
     */
    void combine(
            float[] factors, int factorsAt, int count, float[] rows, int rowsAt, int stride, int width, float[] out, int outAt) {
        int k = 0;
        for (; k + ROWS <= width; k += ROWS) {
            Arrays.fill(out, outAt + k, outAt + k + ROWS, 0f);
            for (int segment = 0; segment < count; segment += Sgemm.SEGMENT) {
                int length = Math.min(Sgemm.SEGMENT, count - segment);
                eightColumns(factors, factorsAt + segment, length, rows, rowsAt + segment * stride + k, stride, out, outAt + k,
                        segment == 0);
            }
        }
        for (; k < width; k++) {
            out[outAt + k] = oneColumn(factors, factorsAt, count, rows, rowsAt + k, stride);
        }
    }

    private static float oneColumn(float[] factors, int factorsAt, int count, float[] rows, int rowsAt, int stride) {
        float total = 0f;
        for (int segment = 0; segment < count; segment += Sgemm.SEGMENT) {
            float chain = 0f;
            int end = Math.min(count, segment + Sgemm.SEGMENT);
            for (int i = segment; i < end; i++) {
                chain = Math.fma(factors[factorsAt + i], rows[rowsAt + i * stride], chain);
            }
            total = segment == 0 ? chain : total + chain;
        }
        return total;
    }

    private static void eightColumns(
            float[] factors, int factorsAt, int count, float[] rows, int rowsAt, int stride, float[] out, int to, boolean first) {
        float s0 = 0f;
        float s1 = 0f;
        float s2 = 0f;
        float s3 = 0f;
        float s4 = 0f;
        float s5 = 0f;
        float s6 = 0f;
        float s7 = 0f;
        for (int i = 0, at = rowsAt; i < count; i++, at += stride) {
            float factor = factors[factorsAt + i];
            s0 = Math.fma(factor, rows[at], s0);
            s1 = Math.fma(factor, rows[at + 1], s1);
            s2 = Math.fma(factor, rows[at + 2], s2);
            s3 = Math.fma(factor, rows[at + 3], s3);
            s4 = Math.fma(factor, rows[at + 4], s4);
            s5 = Math.fma(factor, rows[at + 5], s5);
            s6 = Math.fma(factor, rows[at + 6], s6);
            s7 = Math.fma(factor, rows[at + 7], s7);
        }
        out[to] = first ? s0 : out[to] + s0;
        out[to + 1] = first ? s1 : out[to + 1] + s1;
        out[to + 2] = first ? s2 : out[to + 2] + s2;
        out[to + 3] = first ? s3 : out[to + 3] + s3;
        out[to + 4] = first ? s4 : out[to + 4] + s4;
        out[to + 5] = first ? s5 : out[to + 5] + s5;
        out[to + 6] = first ? s6 : out[to + 6] + s6;
        out[to + 7] = first ? s7 : out[to + 7] + s7;
    }
}

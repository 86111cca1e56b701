package io.github.bitlift.backend.cpu;

import static io.github.bitlift.backend.HostBuffer.array;
import static io.github.bitlift.backend.HostBuffer.start;

import io.github.bitlift.backend.HostSums;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.PowerIteration;
import io.github.bitlift.numerics.Reduction;
import java.util.Arrays;

/** Power iterations: matrix times vector and transposed matrix times vector, with rule 2's chains. */
final class MatrixVector {
    /** Chains that advance together, to hide the latency of fma. */
    private static final int ROWS = 8;
    private static final int COLUMNS = ColumnSums.WIDTH;

    private final Workers workers;
    private final Workers.Task applyRows = this::applyRows;
    private final Workers.Task adjointColumns = this::adjointColumns;
    private final float[][] chains;
    private float[] a;
    private int aAt;
    private int m;
    private int n;
    private float[] x;
    private int xAt;
    private float[] y;
    private int yAt;
    private float[] w;
    private int rowsPerTask;

    /** {@code chains} is scratch for {@link ColumnSums#WIDTH} numbers per worker. */
    MatrixVector(Workers workers, float[][] chains) {
        this.workers = workers;
        this.chains = chains;
    }

    /** Runs the operation; {@code scratch} holds at least n numbers. */
    void iterate(PowerIteration operation, float[] scratch, Reduction sums) {
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
        for (int iteration = 0; iteration < operation.iterations(); iteration++) {
            apply();
            workers.run((n + COLUMNS - 1) / COLUMNS, adjointColumns);
            normalise(squaredNorm(w, 0, n, sums));
        }
        apply();
        double xx = squaredNorm(x, xAt, n, sums);
        double norm = xx == 0 ? 0.0 : squaredNorm(y, yAt, m, sums) / xx;
        HostSums.set(operation.norm(), operation.slot(), norm);
        if (operation.step() != null) {
            array(operation.step())[start(operation.step())] =
                    (float) (operation.numerator() / (operation.scale() * norm + operation.shift()));
        }
    }

    private void normalise(double n2) {
        if (n2 > 0 && n2 < Double.POSITIVE_INFINITY) {
            float inverse = (float) (1.0 / Math.sqrt(n2));
            for (int k = 0; k < n; k++) {
                x[xAt + k] = w[k] * inverse;
            }
        }
    }

    private static double squaredNorm(float[] values, int at, int count, Reduction sums) {
        return sums.sum(count, k -> (double) values[at + k] * values[at + k]);
    }

    private void apply() {
        rowsPerTask = Math.max(ROWS, (m / (4 * workers.threads()) + ROWS - 1) / ROWS * ROWS);
        workers.run((m + rowsPerTask - 1) / rowsPerTask, applyRows);
    }

    private void applyRows(int task, int worker) {
        int to = Math.min(m, (task + 1) * rowsPerTask);
        int i = task * rowsPerTask;
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

    /** w = Aᵀ y for a strip of columns: the chain over rows runs down the strip. */
    private void adjointColumns(int task, int worker) {
        int from = task * COLUMNS;
        int width = Math.min(COLUMNS, n - from);
        float[] chain = chains[worker];
        Arrays.fill(w, from, from + width, 0f);
        for (int segment = 0; segment < m; segment += Sgemm.SEGMENT) {
            Arrays.fill(chain, 0f);
            int end = Math.min(m, segment + Sgemm.SEGMENT);
            for (int i = segment; i < end; i++) {
                addRow(chain, y[yAt + i], a, aAt + i * n + from, width);
            }
            for (int k = 0; k < width; k++) {
                w[from + k] = segment == 0 ? chain[k] : w[from + k] + chain[k];
            }
        }
    }

    private static void addRow(float[] chain, float factor, float[] row, int at, int width) {
        for (int k = 0; k < width; k++) {
            chain[k] = Math.fma(factor, row[at + k], chain[k]);
        }
    }
}

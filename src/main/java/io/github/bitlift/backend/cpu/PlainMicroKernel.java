package io.github.bitlift.backend.cpu;

import java.util.Arrays;

/** Loops that the JIT compiler vectorises by itself, for JVMs without the Vector API. */
final class PlainMicroKernel implements MicroKernel {
    private static final int ROWS = 2;
    private static final int COLUMNS = 256;
    private static final int STEP = 4;

    @Override
    public String name() {
        return "plain";
    }

    @Override
    public int rows() {
        return ROWS;
    }

    @Override
    public int leftWidth() {
        return ROWS;
    }

    @Override
    public int columns() {
        return COLUMNS;
    }

    @Override
    public int depth() {
        return Sgemm.SEGMENT;
    }

    /** One array per k: the compiler vectorises a loop only if the bare loop variable indexes every array in it. */
    @Override
    public int arrays() {
        return Sgemm.SEGMENT;
    }

    @Override
    public int arrayLength(int depth) {
        return COLUMNS;
    }

    @Override
    public void packLeft(boolean transposed, float[] source, int at, int stride, int count, int depth,
            float[] panel, int panelAt) {
        if (transposed) {
            Packing.copy(source, at, stride, count, depth, panel, panelAt, ROWS);
        } else {
            Packing.transpose(source, at, stride, count, depth, panel, panelAt, ROWS);
        }
    }

    @Override
    public void packRight(boolean transposed, float[] source, int at, int stride, int count, int from, int depth,
            float[][] panels, int first) {
        for (int p = 0; p < depth; p++) {
            float[] row = panels[first + from + p];
            if (transposed) {
                for (int j = 0; j < count; j++) {
                    row[j] = source[at + j * stride + p];
                }
            } else {
                System.arraycopy(source, at + p * stride, row, 0, count);
            }
        }
    }

    @Override
    public void multiply(boolean fresh, int depth, float[] a, int aAt, float[][] panels, int first, int from,
            int count, float[] c, int cAt, int cStride, float[][] work) {
        for (int r = 0; r < ROWS; r++) {
            if (fresh) {
                Arrays.fill(work[r], 0, count, 0f);
            } else {
                System.arraycopy(c, cAt + r * cStride, work[r], 0, count);
            }
        }
        int b = first + from;
        int p = 0;
        for (; p + STEP <= depth; p += STEP) {
            four(a, aAt + p * ROWS, panels[b + p], panels[b + p + 1], panels[b + p + 2], panels[b + p + 3],
                    work[0], work[1], count);
        }
        for (; p < depth; p++) {
            one(a[aAt + p * ROWS], panels[b + p], work[0], count);
            one(a[aAt + p * ROWS + 1], panels[b + p], work[1], count);
        }
        for (int r = 0; r < ROWS; r++) {
            System.arraycopy(work[r], 0, c, cAt + r * cStride, count);
        }
    }

    @Override
    public void add(float[] terms, int at, float[] sums, int to, int count) {
        for (int j = 0; j < count; j++) {
            sums[to + j] += terms[at + j];
        }
    }

    private static void four(float[] a, int at, float[] b0, float[] b1, float[] b2, float[] b3, float[] c, float[] d,
            int count) {
        float x0 = a[at], y0 = a[at + 1], x1 = a[at + 2], y1 = a[at + 3];
        float x2 = a[at + 4], y2 = a[at + 5], x3 = a[at + 6], y3 = a[at + 7];
        for (int j = 0; j < count; j++) {
            c[j] = Math.fma(x3, b3[j], Math.fma(x2, b2[j], Math.fma(x1, b1[j], Math.fma(x0, b0[j], c[j]))));
            d[j] = Math.fma(y3, b3[j], Math.fma(y2, b2[j], Math.fma(y1, b1[j], Math.fma(y0, b0[j], d[j]))));
        }
    }

    private static void one(float x, float[] b, float[] c, int count) {
        for (int j = 0; j < count; j++) {
            c[j] = Math.fma(x, b[j], c[j]);
        }
    }
}

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
    public int columns() {
        return COLUMNS;
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
    public void transposeLeft(float[] source, int at, int stride, int rows, int depth, float[] panel, int panelAt) {
        Packing.transpose(source, at, stride, depth, rows, panel, panelAt, LEFT_STRIDE);
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
    public void multiply(int rows, int depth, float[] a, int aAt, float[][] panels, int first, int count, float[] c, int cAt,
            int cStride, float[][] work) {
        for (int r = 0; r < rows; r++) {
            Arrays.fill(work[r], 0, count, 0f);
        }
        int p = 0;
        for (; p + STEP <= depth; p += STEP) {
            four(rows, a, aAt + p, panels[first + p], panels[first + p + 1], panels[first + p + 2], panels[first + p + 3], work, count);
        }
        for (; p < depth; p++) {
            for (int r = 0; r < rows; r++) {
                one(a[aAt + p + r * LEFT_STRIDE], panels[first + p], work[r], count);
            }
        }
        for (int r = 0; r < rows; r++) {
            System.arraycopy(work[r], 0, c, cAt + r * cStride, count);
        }
    }

    @Override
    public void add(float[] terms, int at, float[] sums, int to, int count) {
        for (int j = 0; j < count; j++) {
            sums[to + j] += terms[at + j];
        }
    }

    private static void four(
            int rows, float[] a, int at, float[] b0, float[] b1, float[] b2, float[] b3, float[][] work, int count) {
        if (rows == 1) {
            four(a[at], a[at + 1], a[at + 2], a[at + 3], b0, b1, b2, b3, work[0], count);
            return;
        }
        int next = at + LEFT_STRIDE;
        float x0 = a[at], x1 = a[at + 1], x2 = a[at + 2], x3 = a[at + 3];
        float y0 = a[next], y1 = a[next + 1], y2 = a[next + 2], y3 = a[next + 3];
        float[] c = work[0];
        float[] d = work[1];
        for (int j = 0; j < count; j++) {
            c[j] = Math.fma(x3, b3[j], Math.fma(x2, b2[j], Math.fma(x1, b1[j], Math.fma(x0, b0[j], c[j]))));
            d[j] = Math.fma(y3, b3[j], Math.fma(y2, b2[j], Math.fma(y1, b1[j], Math.fma(y0, b0[j], d[j]))));
        }
    }

    private static void four(
            float x0, float x1, float x2, float x3, float[] b0, float[] b1, float[] b2, float[] b3, float[] c, int count) {
        for (int j = 0; j < count; j++) {
            c[j] = Math.fma(x3, b3[j], Math.fma(x2, b2[j], Math.fma(x1, b1[j], Math.fma(x0, b0[j], c[j]))));
        }
    }

    private static void one(float x, float[] b, float[] c, int count) {
        for (int j = 0; j < count; j++) {
            c[j] = Math.fma(x, b[j], c[j]);
        }
    }
}

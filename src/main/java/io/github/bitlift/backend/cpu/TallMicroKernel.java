package io.github.bitlift.backend.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Tiles of eight rows by two vectors, for 32 vector registers (AVX-512, AArch64): 16 accumulators, two vectors of the right
 * factor and one broadcast. Eight rows divide the usual numbers of samples, and two vectors the usual widths. Must not be loaded
 * where the module {@code jdk.incubator.vector} is absent.
 */
final class TallMicroKernel extends VectorMicroKernel {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();
    private static final int ROWS = 8;
    private static final int COLUMNS = 2 * LANES;

    @Override
    public int rows() {
        return ROWS;
    }

    @Override
    public int columns() {
        return COLUMNS;
    }

    @Override
    void multiply(int rows, int depth, float[] left, int at, float[] right, float[] c, int to, int stride) {
        int row = 0;
        if (rows == ROWS) {
            eightRows(depth, left, at, right, c, to, stride);
            return;
        }
        if ((rows & 4) != 0) {
            fourRows(depth, left, at, right, c, to, stride);
            row = 4;
        }
        if ((rows & 2) != 0) {
            twoRows(depth, left, at + row * LEFT_STRIDE, right, c, to + row * stride, stride);
            row += 2;
        }
        if ((rows & 1) != 0) {
            oneRow(depth, left, at + row * LEFT_STRIDE, right, c, to + row * stride, stride);
        }
    }

    private static void eightRows(int depth, float[] left, int at, float[] right, float[] c, int to, int stride) {
        FloatVector zero = FloatVector.broadcast(SPECIES, 0f);
        FloatVector a0 = zero, a1 = zero;
        FloatVector b0 = zero, b1 = zero;
        FloatVector c0 = zero, c1 = zero;
        FloatVector d0 = zero, d1 = zero;
        FloatVector e0 = zero, e1 = zero;
        FloatVector f0 = zero, f1 = zero;
        FloatVector g0 = zero, g1 = zero;
        FloatVector h0 = zero, h1 = zero;
        for (int p = 0; p < depth; p++) {
            FloatVector x = FloatVector.fromArray(SPECIES, right, p * COLUMNS);
            FloatVector y = FloatVector.fromArray(SPECIES, right, p * COLUMNS + LANES);
            FloatVector w = FloatVector.broadcast(SPECIES, left[at + p]);
            a0 = w.fma(x, a0);
            a1 = w.fma(y, a1);
            w = FloatVector.broadcast(SPECIES, left[at + p + LEFT_STRIDE]);
            b0 = w.fma(x, b0);
            b1 = w.fma(y, b1);
            w = FloatVector.broadcast(SPECIES, left[at + p + 2 * LEFT_STRIDE]);
            c0 = w.fma(x, c0);
            c1 = w.fma(y, c1);
            w = FloatVector.broadcast(SPECIES, left[at + p + 3 * LEFT_STRIDE]);
            d0 = w.fma(x, d0);
            d1 = w.fma(y, d1);
            w = FloatVector.broadcast(SPECIES, left[at + p + 4 * LEFT_STRIDE]);
            e0 = w.fma(x, e0);
            e1 = w.fma(y, e1);
            w = FloatVector.broadcast(SPECIES, left[at + p + 5 * LEFT_STRIDE]);
            f0 = w.fma(x, f0);
            f1 = w.fma(y, f1);
            w = FloatVector.broadcast(SPECIES, left[at + p + 6 * LEFT_STRIDE]);
            g0 = w.fma(x, g0);
            g1 = w.fma(y, g1);
            w = FloatVector.broadcast(SPECIES, left[at + p + 7 * LEFT_STRIDE]);
            h0 = w.fma(x, h0);
            h1 = w.fma(y, h1);
        }
        a0.intoArray(c, to);
        a1.intoArray(c, to + LANES);
        b0.intoArray(c, to + stride);
        b1.intoArray(c, to + stride + LANES);
        c0.intoArray(c, to + 2 * stride);
        c1.intoArray(c, to + 2 * stride + LANES);
        d0.intoArray(c, to + 3 * stride);
        d1.intoArray(c, to + 3 * stride + LANES);
        e0.intoArray(c, to + 4 * stride);
        e1.intoArray(c, to + 4 * stride + LANES);
        f0.intoArray(c, to + 5 * stride);
        f1.intoArray(c, to + 5 * stride + LANES);
        g0.intoArray(c, to + 6 * stride);
        g1.intoArray(c, to + 6 * stride + LANES);
        h0.intoArray(c, to + 7 * stride);
        h1.intoArray(c, to + 7 * stride + LANES);
    }

    private static void fourRows(int depth, float[] left, int at, float[] right, float[] c, int to, int stride) {
        FloatVector zero = FloatVector.broadcast(SPECIES, 0f);
        FloatVector a0 = zero, a1 = zero;
        FloatVector b0 = zero, b1 = zero;
        FloatVector c0 = zero, c1 = zero;
        FloatVector d0 = zero, d1 = zero;
        for (int p = 0; p < depth; p++) {
            FloatVector x = FloatVector.fromArray(SPECIES, right, p * COLUMNS);
            FloatVector y = FloatVector.fromArray(SPECIES, right, p * COLUMNS + LANES);
            FloatVector w = FloatVector.broadcast(SPECIES, left[at + p]);
            a0 = w.fma(x, a0);
            a1 = w.fma(y, a1);
            w = FloatVector.broadcast(SPECIES, left[at + p + LEFT_STRIDE]);
            b0 = w.fma(x, b0);
            b1 = w.fma(y, b1);
            w = FloatVector.broadcast(SPECIES, left[at + p + 2 * LEFT_STRIDE]);
            c0 = w.fma(x, c0);
            c1 = w.fma(y, c1);
            w = FloatVector.broadcast(SPECIES, left[at + p + 3 * LEFT_STRIDE]);
            d0 = w.fma(x, d0);
            d1 = w.fma(y, d1);
        }
        a0.intoArray(c, to);
        a1.intoArray(c, to + LANES);
        b0.intoArray(c, to + stride);
        b1.intoArray(c, to + stride + LANES);
        c0.intoArray(c, to + 2 * stride);
        c1.intoArray(c, to + 2 * stride + LANES);
        d0.intoArray(c, to + 3 * stride);
        d1.intoArray(c, to + 3 * stride + LANES);
    }

    private static void twoRows(int depth, float[] left, int at, float[] right, float[] c, int to, int stride) {
        FloatVector zero = FloatVector.broadcast(SPECIES, 0f);
        FloatVector a0 = zero, a1 = zero;
        FloatVector b0 = zero, b1 = zero;
        for (int p = 0; p < depth; p++) {
            FloatVector x = FloatVector.fromArray(SPECIES, right, p * COLUMNS);
            FloatVector y = FloatVector.fromArray(SPECIES, right, p * COLUMNS + LANES);
            FloatVector w = FloatVector.broadcast(SPECIES, left[at + p]);
            a0 = w.fma(x, a0);
            a1 = w.fma(y, a1);
            w = FloatVector.broadcast(SPECIES, left[at + p + LEFT_STRIDE]);
            b0 = w.fma(x, b0);
            b1 = w.fma(y, b1);
        }
        a0.intoArray(c, to);
        a1.intoArray(c, to + LANES);
        b0.intoArray(c, to + stride);
        b1.intoArray(c, to + stride + LANES);
    }

    private static void oneRow(int depth, float[] left, int at, float[] right, float[] c, int to, int stride) {
        FloatVector zero = FloatVector.broadcast(SPECIES, 0f);
        FloatVector a0 = zero, a1 = zero;
        for (int p = 0; p < depth; p++) {
            FloatVector x = FloatVector.fromArray(SPECIES, right, p * COLUMNS);
            FloatVector y = FloatVector.fromArray(SPECIES, right, p * COLUMNS + LANES);
            FloatVector w = FloatVector.broadcast(SPECIES, left[at + p]);
            a0 = w.fma(x, a0);
            a1 = w.fma(y, a1);
        }
        a0.intoArray(c, to);
        a1.intoArray(c, to + LANES);
    }
}

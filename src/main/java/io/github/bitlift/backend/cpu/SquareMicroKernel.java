package io.github.bitlift.backend.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Tiles of three rows by three vectors, for 16 vector registers (AVX2): nine accumulators, three vectors of the right factor and
 * one broadcast. Larger tiles would fit, but from JDK 25 on the compiler loads their operands early and spills sums: half the
 * speed. Must not be loaded where the module {@code jdk.incubator.vector} is absent.
 */
final class SquareMicroKernel extends VectorMicroKernel {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();
    private static final int ROWS = 3;
    private static final int COLUMNS = 3 * LANES;

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
        if (rows == ROWS) {
            threeRows(depth, left, at, right, c, to, stride);
        } else if (rows == 2) {
            twoRows(depth, left, at, right, c, to, stride);
        } else {
            oneRow(depth, left, at, right, c, to, stride);
        }
    }

    private static void threeRows(int depth, float[] left, int at, float[] right, float[] c, int to, int stride) {
        FloatVector zero = FloatVector.broadcast(SPECIES, 0f);
        FloatVector a0 = zero, a1 = zero, a2 = zero;
        FloatVector b0 = zero, b1 = zero, b2 = zero;
        FloatVector c0 = zero, c1 = zero, c2 = zero;
        for (int p = 0; p < depth; p++) {
            FloatVector x = FloatVector.fromArray(SPECIES, right, p * COLUMNS);
            FloatVector y = FloatVector.fromArray(SPECIES, right, p * COLUMNS + LANES);
            FloatVector z = FloatVector.fromArray(SPECIES, right, p * COLUMNS + 2 * LANES);
            FloatVector w = FloatVector.broadcast(SPECIES, left[at + p]);
            a0 = w.fma(x, a0);
            a1 = w.fma(y, a1);
            a2 = w.fma(z, a2);
            w = FloatVector.broadcast(SPECIES, left[at + p + LEFT_STRIDE]);
            b0 = w.fma(x, b0);
            b1 = w.fma(y, b1);
            b2 = w.fma(z, b2);
            w = FloatVector.broadcast(SPECIES, left[at + p + 2 * LEFT_STRIDE]);
            c0 = w.fma(x, c0);
            c1 = w.fma(y, c1);
            c2 = w.fma(z, c2);
        }
        a0.intoArray(c, to);
        a1.intoArray(c, to + LANES);
        a2.intoArray(c, to + 2 * LANES);
        b0.intoArray(c, to + stride);
        b1.intoArray(c, to + stride + LANES);
        b2.intoArray(c, to + stride + 2 * LANES);
        c0.intoArray(c, to + 2 * stride);
        c1.intoArray(c, to + 2 * stride + LANES);
        c2.intoArray(c, to + 2 * stride + 2 * LANES);
    }

    private static void twoRows(int depth, float[] left, int at, float[] right, float[] c, int to, int stride) {
        FloatVector zero = FloatVector.broadcast(SPECIES, 0f);
        FloatVector a0 = zero, a1 = zero, a2 = zero;
        FloatVector b0 = zero, b1 = zero, b2 = zero;
        for (int p = 0; p < depth; p++) {
            FloatVector x = FloatVector.fromArray(SPECIES, right, p * COLUMNS);
            FloatVector y = FloatVector.fromArray(SPECIES, right, p * COLUMNS + LANES);
            FloatVector z = FloatVector.fromArray(SPECIES, right, p * COLUMNS + 2 * LANES);
            FloatVector w = FloatVector.broadcast(SPECIES, left[at + p]);
            a0 = w.fma(x, a0);
            a1 = w.fma(y, a1);
            a2 = w.fma(z, a2);
            w = FloatVector.broadcast(SPECIES, left[at + p + LEFT_STRIDE]);
            b0 = w.fma(x, b0);
            b1 = w.fma(y, b1);
            b2 = w.fma(z, b2);
        }
        a0.intoArray(c, to);
        a1.intoArray(c, to + LANES);
        a2.intoArray(c, to + 2 * LANES);
        b0.intoArray(c, to + stride);
        b1.intoArray(c, to + stride + LANES);
        b2.intoArray(c, to + stride + 2 * LANES);
    }

    private static void oneRow(int depth, float[] left, int at, float[] right, float[] c, int to, int stride) {
        FloatVector zero = FloatVector.broadcast(SPECIES, 0f);
        FloatVector a0 = zero, a1 = zero, a2 = zero;
        for (int p = 0; p < depth; p++) {
            FloatVector x = FloatVector.fromArray(SPECIES, right, p * COLUMNS);
            FloatVector y = FloatVector.fromArray(SPECIES, right, p * COLUMNS + LANES);
            FloatVector z = FloatVector.fromArray(SPECIES, right, p * COLUMNS + 2 * LANES);
            FloatVector w = FloatVector.broadcast(SPECIES, left[at + p]);
            a0 = w.fma(x, a0);
            a1 = w.fma(y, a1);
            a2 = w.fma(z, a2);
        }
        a0.intoArray(c, to);
        a1.intoArray(c, to + LANES);
        a2.intoArray(c, to + 2 * LANES);
    }
}

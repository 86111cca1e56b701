package io.github.bitlift.backend.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Tiles of six rows by two vectors: 12 accumulators, two vectors of the right factor and one broadcast fill 15 of the 16
 * vector registers of AVX2. Must not be loaded where the module {@code jdk.incubator.vector} is absent.
 */
final class VectorMicroKernel implements MicroKernel {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();
    private static final int ROWS = 6;
    /** A power of two: C2 hoists the bounds checks of {@code p * WIDTH + row} for no other factor. */
    private static final int WIDTH = 8;
    private static final int COLUMNS = 2 * LANES;

    /** Lanes of the vectors this JVM prefers on this machine. */
    static int lanes() {
        return LANES;
    }

    @Override
    public String name() {
        return "vector";
    }

    @Override
    public int rows() {
        return ROWS;
    }

    @Override
    public int leftWidth() {
        return WIDTH;
    }

    @Override
    public int columns() {
        return COLUMNS;
    }

    @Override
    public int depth() {
        return VectorPacking.DEPTH_TIMES_COLUMNS / COLUMNS;
    }

    @Override
    public int arrays() {
        return 1;
    }

    @Override
    public int arrayLength(int depth) {
        return depth * COLUMNS + VectorPacking.APART;
    }

    @Override
    public void packLeft(boolean transposed, float[] source, int at, int stride, int count, int depth,
            float[] panel, int panelAt) {
        VectorPacking.pack(transposed, source, at, stride, count, depth, panel, panelAt, WIDTH);
    }

    @Override
    public void packRight(boolean transposed, float[] source, int at, int stride, int count, int from, int depth,
            float[][] panels, int first) {
        VectorPacking.pack(!transposed, source, at, stride, count, depth, panels[first], from * COLUMNS, COLUMNS);
    }

    @Override
    public void add(float[] terms, int at, float[] sums, int to, int count) {
        int j = 0;
        for (; j <= count - LANES; j += LANES) {
            FloatVector.fromArray(SPECIES, sums, to + j).add(FloatVector.fromArray(SPECIES, terms, at + j))
                    .intoArray(sums, to + j);
        }
        for (; j < count; j++) {
            sums[to + j] += terms[at + j];
        }
    }

    @Override
    public void multiply(boolean fresh, int depth, float[] a, int aAt, float[][] panels, int first, int from,
            int count, float[] c, int cAt, int cStride, float[][] work) {
        float[] b = panels[first];
        int bAt = from * COLUMNS;
        int at1 = cAt + cStride;
        int at2 = at1 + cStride;
        int at3 = at2 + cStride;
        int at4 = at3 + cStride;
        int at5 = at4 + cStride;
        FloatVector zero = FloatVector.zero(SPECIES);
        FloatVector c00 = zero, c01 = zero;
        FloatVector c10 = zero, c11 = zero;
        FloatVector c20 = zero, c21 = zero;
        FloatVector c30 = zero, c31 = zero;
        FloatVector c40 = zero, c41 = zero;
        FloatVector c50 = zero, c51 = zero;
        if (!fresh) {
            c00 = FloatVector.fromArray(SPECIES, c, cAt);
            c01 = FloatVector.fromArray(SPECIES, c, cAt + LANES);
            c10 = FloatVector.fromArray(SPECIES, c, at1);
            c11 = FloatVector.fromArray(SPECIES, c, at1 + LANES);
            c20 = FloatVector.fromArray(SPECIES, c, at2);
            c21 = FloatVector.fromArray(SPECIES, c, at2 + LANES);
            c30 = FloatVector.fromArray(SPECIES, c, at3);
            c31 = FloatVector.fromArray(SPECIES, c, at3 + LANES);
            c40 = FloatVector.fromArray(SPECIES, c, at4);
            c41 = FloatVector.fromArray(SPECIES, c, at4 + LANES);
            c50 = FloatVector.fromArray(SPECIES, c, at5);
            c51 = FloatVector.fromArray(SPECIES, c, at5 + LANES);
        }
        for (int p = 0; p < depth; p++) {
            FloatVector b0 = FloatVector.fromArray(SPECIES, b, bAt + p * COLUMNS);
            FloatVector b1 = FloatVector.fromArray(SPECIES, b, bAt + p * COLUMNS + LANES);
            FloatVector x;
            x = FloatVector.broadcast(SPECIES, a[aAt + p * WIDTH]);
            c00 = x.fma(b0, c00);
            c01 = x.fma(b1, c01);
            x = FloatVector.broadcast(SPECIES, a[aAt + p * WIDTH + 1]);
            c10 = x.fma(b0, c10);
            c11 = x.fma(b1, c11);
            x = FloatVector.broadcast(SPECIES, a[aAt + p * WIDTH + 2]);
            c20 = x.fma(b0, c20);
            c21 = x.fma(b1, c21);
            // Never so, but C2 doesn't know: without a branch here it loads all the broadcasts first and spills sums.
            if (p == a.length) {
                throw new IllegalStateException();
            }
            x = FloatVector.broadcast(SPECIES, a[aAt + p * WIDTH + 3]);
            c30 = x.fma(b0, c30);
            c31 = x.fma(b1, c31);
            x = FloatVector.broadcast(SPECIES, a[aAt + p * WIDTH + 4]);
            c40 = x.fma(b0, c40);
            c41 = x.fma(b1, c41);
            x = FloatVector.broadcast(SPECIES, a[aAt + p * WIDTH + 5]);
            c50 = x.fma(b0, c50);
            c51 = x.fma(b1, c51);
        }
        c00.intoArray(c, cAt);
        c01.intoArray(c, cAt + LANES);
        c10.intoArray(c, at1);
        c11.intoArray(c, at1 + LANES);
        c20.intoArray(c, at2);
        c21.intoArray(c, at2 + LANES);
        c30.intoArray(c, at3);
        c31.intoArray(c, at3 + LANES);
        c40.intoArray(c, at4);
        c41.intoArray(c, at4 + LANES);
        c50.intoArray(c, at5);
        c51.intoArray(c, at5 + LANES);
    }
}

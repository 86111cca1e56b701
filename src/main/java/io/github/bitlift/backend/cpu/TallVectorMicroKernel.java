package io.github.bitlift.backend.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Tiles of twelve rows by two vectors: 24 accumulators, two vectors of the right factor and one broadcast fill 27 of the
 * 32 vector registers of AVX-512. Must not be loaded where the module {@code jdk.incubator.vector} is absent.
 */
final class TallVectorMicroKernel implements MicroKernel {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();
    private static final int ROWS = 12;
    /** A power of two: C2 hoists the bounds checks of {@code p * WIDTH + row} for no other factor. */
    private static final int WIDTH = 16;
    private static final int COLUMNS = 2 * LANES;

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
        FloatVector zero = FloatVector.zero(SPECIES);
        FloatVector c0 = zero, d0 = zero, c1 = zero, d1 = zero, c2 = zero, d2 = zero;
        FloatVector c3 = zero, d3 = zero, c4 = zero, d4 = zero, c5 = zero, d5 = zero;
        FloatVector c6 = zero, d6 = zero, c7 = zero, d7 = zero, c8 = zero, d8 = zero;
        FloatVector c9 = zero, d9 = zero, c10 = zero, d10 = zero, c11 = zero, d11 = zero;
        if (!fresh) {
            c0 = FloatVector.fromArray(SPECIES, c, cAt);
            d0 = FloatVector.fromArray(SPECIES, c, cAt + LANES);
            c1 = FloatVector.fromArray(SPECIES, c, cAt + cStride);
            d1 = FloatVector.fromArray(SPECIES, c, cAt + cStride + LANES);
            c2 = FloatVector.fromArray(SPECIES, c, cAt + 2 * cStride);
            d2 = FloatVector.fromArray(SPECIES, c, cAt + 2 * cStride + LANES);
            c3 = FloatVector.fromArray(SPECIES, c, cAt + 3 * cStride);
            d3 = FloatVector.fromArray(SPECIES, c, cAt + 3 * cStride + LANES);
            c4 = FloatVector.fromArray(SPECIES, c, cAt + 4 * cStride);
            d4 = FloatVector.fromArray(SPECIES, c, cAt + 4 * cStride + LANES);
            c5 = FloatVector.fromArray(SPECIES, c, cAt + 5 * cStride);
            d5 = FloatVector.fromArray(SPECIES, c, cAt + 5 * cStride + LANES);
            c6 = FloatVector.fromArray(SPECIES, c, cAt + 6 * cStride);
            d6 = FloatVector.fromArray(SPECIES, c, cAt + 6 * cStride + LANES);
            c7 = FloatVector.fromArray(SPECIES, c, cAt + 7 * cStride);
            d7 = FloatVector.fromArray(SPECIES, c, cAt + 7 * cStride + LANES);
            c8 = FloatVector.fromArray(SPECIES, c, cAt + 8 * cStride);
            d8 = FloatVector.fromArray(SPECIES, c, cAt + 8 * cStride + LANES);
            c9 = FloatVector.fromArray(SPECIES, c, cAt + 9 * cStride);
            d9 = FloatVector.fromArray(SPECIES, c, cAt + 9 * cStride + LANES);
            c10 = FloatVector.fromArray(SPECIES, c, cAt + 10 * cStride);
            d10 = FloatVector.fromArray(SPECIES, c, cAt + 10 * cStride + LANES);
            c11 = FloatVector.fromArray(SPECIES, c, cAt + 11 * cStride);
            d11 = FloatVector.fromArray(SPECIES, c, cAt + 11 * cStride + LANES);
        }
        for (int p = 0; p < depth; p++) {
            FloatVector b0 = FloatVector.fromArray(SPECIES, b, bAt + p * COLUMNS);
            FloatVector b1 = FloatVector.fromArray(SPECIES, b, bAt + p * COLUMNS + LANES);
            FloatVector x = FloatVector.broadcast(SPECIES, a[aAt + p * WIDTH]);
            c0 = x.fma(b0, c0);
            d0 = x.fma(b1, d0);
            x = FloatVector.broadcast(SPECIES, a[aAt + p * WIDTH + 1]);
            c1 = x.fma(b0, c1);
            d1 = x.fma(b1, d1);
            x = FloatVector.broadcast(SPECIES, a[aAt + p * WIDTH + 2]);
            c2 = x.fma(b0, c2);
            d2 = x.fma(b1, d2);
            x = FloatVector.broadcast(SPECIES, a[aAt + p * WIDTH + 3]);
            c3 = x.fma(b0, c3);
            d3 = x.fma(b1, d3);
            // Never so, but C2 doesn't know: without a branch here it loads all the broadcasts first and spills sums.
            if (p == a.length) {
                throw new IllegalStateException();
            }
            x = FloatVector.broadcast(SPECIES, a[aAt + p * WIDTH + 4]);
            c4 = x.fma(b0, c4);
            d4 = x.fma(b1, d4);
            x = FloatVector.broadcast(SPECIES, a[aAt + p * WIDTH + 5]);
            c5 = x.fma(b0, c5);
            d5 = x.fma(b1, d5);
            x = FloatVector.broadcast(SPECIES, a[aAt + p * WIDTH + 6]);
            c6 = x.fma(b0, c6);
            d6 = x.fma(b1, d6);
            x = FloatVector.broadcast(SPECIES, a[aAt + p * WIDTH + 7]);
            c7 = x.fma(b0, c7);
            d7 = x.fma(b1, d7);
            if (p == b.length) {
                throw new IllegalStateException();
            }
            x = FloatVector.broadcast(SPECIES, a[aAt + p * WIDTH + 8]);
            c8 = x.fma(b0, c8);
            d8 = x.fma(b1, d8);
            x = FloatVector.broadcast(SPECIES, a[aAt + p * WIDTH + 9]);
            c9 = x.fma(b0, c9);
            d9 = x.fma(b1, d9);
            x = FloatVector.broadcast(SPECIES, a[aAt + p * WIDTH + 10]);
            c10 = x.fma(b0, c10);
            d10 = x.fma(b1, d10);
            x = FloatVector.broadcast(SPECIES, a[aAt + p * WIDTH + 11]);
            c11 = x.fma(b0, c11);
            d11 = x.fma(b1, d11);
        }
        c0.intoArray(c, cAt);
        d0.intoArray(c, cAt + LANES);
        c1.intoArray(c, cAt + cStride);
        d1.intoArray(c, cAt + cStride + LANES);
        c2.intoArray(c, cAt + 2 * cStride);
        d2.intoArray(c, cAt + 2 * cStride + LANES);
        c3.intoArray(c, cAt + 3 * cStride);
        d3.intoArray(c, cAt + 3 * cStride + LANES);
        c4.intoArray(c, cAt + 4 * cStride);
        d4.intoArray(c, cAt + 4 * cStride + LANES);
        c5.intoArray(c, cAt + 5 * cStride);
        d5.intoArray(c, cAt + 5 * cStride + LANES);
        c6.intoArray(c, cAt + 6 * cStride);
        d6.intoArray(c, cAt + 6 * cStride + LANES);
        c7.intoArray(c, cAt + 7 * cStride);
        d7.intoArray(c, cAt + 7 * cStride + LANES);
        c8.intoArray(c, cAt + 8 * cStride);
        d8.intoArray(c, cAt + 8 * cStride + LANES);
        c9.intoArray(c, cAt + 9 * cStride);
        d9.intoArray(c, cAt + 9 * cStride + LANES);
        c10.intoArray(c, cAt + 10 * cStride);
        d10.intoArray(c, cAt + 10 * cStride + LANES);
        c11.intoArray(c, cAt + 11 * cStride);
        d11.intoArray(c, cAt + 11 * cStride + LANES);
    }
}

package io.github.bitlift.backend.cpu;

import io.github.bitlift.backend.reference.Rows;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Power iterations through the Vector API. Lanes are outputs, so that every chain keeps its order; for A x that takes Aᵀ,
 * which is made once per operation where it fits in a cache.
 */
final class VectorMatrixVector extends MatrixVector {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();
    /** Vectors side by side: enough chains to hide the latency of fma, few enough for 16 registers. */
    private static final int LONG = 8;
    private static final int SHORT = 4;
    /** Elements of a matrix that is transposed: 1 MiB. A larger one is read from memory either way. */
    private static final long MOST = 1 << 18;

    /** Columns that are transposed at a time: two panels' worth stays in the first-level cache. */
    private static final int AT_ONCE = 128;

    /** Aᵀ in panels [n][lanes], one for as many rows of A; the last ones may hold anything. */
    private float[] panels = {};
    private float[] outputs = {};
    private boolean isTransposed;

    VectorMatrixVector(Workers workers, Rows rows) {
        super(workers, rows);
    }

    @Override
    void prepare() {
        isTransposed = (long) m * n <= MOST && m >= SHORT;
        if (!isTransposed) {
            return;
        }
        int vectors = vectors(m);
        vectors = vectors > SHORT ? (vectors + LONG - 1) / LONG * LONG : vectors;
        if (outputs.length < vectors * LANES || panels.length < vectors * LANES * n) {
            outputs = new float[vectors * LANES];
            panels = new float[vectors * LANES * n];
        }
        for (int row = 0; row < m; row += LANES) {
            for (int column = 0; column < n; column += AT_ONCE) {
                transpose(row, column, Math.min(n, column + AT_ONCE));
            }
        }
    }

    private static int vectors(int numbers) {
        return (numbers + LANES - 1) / LANES;
    }

    /** Some columns of as many rows as lanes; the last row stands in for those that aren't there. */
    private void transpose(int row, int from, int to) {
        for (int lane = 0; lane < LANES; lane += 4) {
            int b = Math.min(row + lane, m - 1);
            int c = Math.min(b + 1, m - 1);
            int d = Math.min(c + 1, m - 1);
            int e = Math.min(d + 1, m - 1);
            transposeFour(a, aAt + b * n + from, aAt + c * n + from, aAt + d * n + from, aAt + e * n + from, to - from,
                    panels, row * n + from * LANES + lane);
        }
    }

    /** In scalars: of what vectors take, JDK 17 keeps neither masks nor the order of lanes in registers. */
    private static void transposeFour(float[] a, int b, int c, int d, int e, int count, float[] panel, int at) {
        for (int k = 0; k < count; k++) {
            panel[at + k * LANES] = a[b + k];
            panel[at + k * LANES + 1] = a[c + k];
            panel[at + k * LANES + 2] = a[d + k];
            panel[at + k * LANES + 3] = a[e + k];
        }
    }

    @Override
    void apply() {
        if (isTransposed) {
            int vectors = vectors(m);
            int block = vectors > SHORT ? LONG : vectors == SHORT ? SHORT : 1;
            for (int first = 0; first < vectors; first += block) {
                segments(block, x, xAt, n, panels, first * LANES * n, LANES, LANES * n, outputs, first * LANES);
            }
            System.arraycopy(outputs, 0, y, yAt, m);
        } else {
            super.apply();
        }
    }

    /** Where blocks don't fill the width, the last one begins earlier, and some columns are computed twice. */
    @Override
    void combine(
            float[] factors, int factorsAt, int count, float[] rows, int rowsAt, int stride, int width, float[] out, int outAt) {
        if (width < LANES) {
            super.combine(factors, factorsAt, count, rows, rowsAt, stride, width, out, outAt);
            return;
        }
        int vectors = vectors(width);
        int most = width / LANES;
        for (int done = 0; done < vectors; ) {
            int left = vectors - done;
            int block = left > SHORT && most >= LONG ? LONG : most >= SHORT ? SHORT : 1;
            int from = Math.min(done * LANES, width - block * LANES);
            segments(block, factors, factorsAt, count, rows, rowsAt + from, stride, LANES, out, outAt + from);
            done += block;
        }
    }

    /** A block of vectors that stand {@code apart} in each row, segment by segment. */
    private static void segments(
            int block, float[] factors, int factorsAt, int count, float[] rows, int rowsAt, int stride, int apart,
            float[] out, int to) {
        int segment = 0;
        do {
            int end = factorsAt + Math.min(count, segment + Sgemm.SEGMENT);
            int from = factorsAt + segment;
            int at = rowsAt + segment * stride;
            if (block == LONG) {
                eightVectors(factors, from, end, rows, at, stride, apart, out, to, segment == 0);
            } else if (block == SHORT) {
                fourVectors(factors, from, end, rows, at, stride, apart, out, to, segment == 0);
            } else {
                oneVector(factors, from, end, rows, at, stride, out, to, segment == 0);
            }
            segment += Sgemm.SEGMENT;
        } while (segment < count);
    }

    // Sums begin as broadcast numbers: FloatVector.zero is an object, and where a loop may end at once, the compiler makes one
    // of every sum then.

    private static void oneVector(
            float[] factors, int from, int end, float[] rows, int rowsAt, int stride, float[] out, int to, boolean first) {
        FloatVector sum = FloatVector.broadcast(SPECIES, 0f);
        for (int i = from, at = rowsAt; i < end; i++, at += stride) {
            sum = FloatVector.broadcast(SPECIES, factors[i]).fma(FloatVector.fromArray(SPECIES, rows, at), sum);
        }
        if (first) {
            sum.intoArray(out, to);
        } else {
            FloatVector.fromArray(SPECIES, out, to).add(sum).intoArray(out, to);
        }
    }

    private static void fourVectors(
            float[] factors, int from, int end, float[] rows, int rowsAt, int stride, int apart, float[] out, int to,
            boolean first) {
        FloatVector s0 = FloatVector.broadcast(SPECIES, 0f);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        for (int i = from, at = rowsAt; i < end; i++, at += stride) {
            FloatVector factor = FloatVector.broadcast(SPECIES, factors[i]);
            s0 = factor.fma(FloatVector.fromArray(SPECIES, rows, at), s0);
            s1 = factor.fma(FloatVector.fromArray(SPECIES, rows, at + apart), s1);
            s2 = factor.fma(FloatVector.fromArray(SPECIES, rows, at + 2 * apart), s2);
            s3 = factor.fma(FloatVector.fromArray(SPECIES, rows, at + 3 * apart), s3);
        }
        if (first) {
            s0.intoArray(out, to);
            s1.intoArray(out, to + LANES);
            s2.intoArray(out, to + 2 * LANES);
            s3.intoArray(out, to + 3 * LANES);
        } else {
            FloatVector.fromArray(SPECIES, out, to).add(s0).intoArray(out, to);
            FloatVector.fromArray(SPECIES, out, to + LANES).add(s1).intoArray(out, to + LANES);
            FloatVector.fromArray(SPECIES, out, to + 2 * LANES).add(s2).intoArray(out, to + 2 * LANES);
            FloatVector.fromArray(SPECIES, out, to + 3 * LANES).add(s3).intoArray(out, to + 3 * LANES);
        }
    }

    /** Nothing in it is a method of ours: too long for the compiler to take in what it calls. */
    private static void eightVectors(
            float[] factors, int from, int end, float[] rows, int rowsAt, int stride, int apart, float[] out, int to,
            boolean first) {
        FloatVector s0 = FloatVector.broadcast(SPECIES, 0f);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        FloatVector s4 = s0;
        FloatVector s5 = s0;
        FloatVector s6 = s0;
        FloatVector s7 = s0;
        for (int i = from, at = rowsAt; i < end; i++, at += stride) {
            FloatVector factor = FloatVector.broadcast(SPECIES, factors[i]);
            s0 = factor.fma(FloatVector.fromArray(SPECIES, rows, at), s0);
            s1 = factor.fma(FloatVector.fromArray(SPECIES, rows, at + apart), s1);
            s2 = factor.fma(FloatVector.fromArray(SPECIES, rows, at + 2 * apart), s2);
            s3 = factor.fma(FloatVector.fromArray(SPECIES, rows, at + 3 * apart), s3);
            s4 = factor.fma(FloatVector.fromArray(SPECIES, rows, at + 4 * apart), s4);
            s5 = factor.fma(FloatVector.fromArray(SPECIES, rows, at + 5 * apart), s5);
            s6 = factor.fma(FloatVector.fromArray(SPECIES, rows, at + 6 * apart), s6);
            s7 = factor.fma(FloatVector.fromArray(SPECIES, rows, at + 7 * apart), s7);
        }
        if (first) {
            s0.intoArray(out, to);
            s1.intoArray(out, to + LANES);
            s2.intoArray(out, to + 2 * LANES);
            s3.intoArray(out, to + 3 * LANES);
            s4.intoArray(out, to + 4 * LANES);
            s5.intoArray(out, to + 5 * LANES);
            s6.intoArray(out, to + 6 * LANES);
            s7.intoArray(out, to + 7 * LANES);
        } else {
            FloatVector.fromArray(SPECIES, out, to).add(s0).intoArray(out, to);
            FloatVector.fromArray(SPECIES, out, to + LANES).add(s1).intoArray(out, to + LANES);
            FloatVector.fromArray(SPECIES, out, to + 2 * LANES).add(s2).intoArray(out, to + 2 * LANES);
            FloatVector.fromArray(SPECIES, out, to + 3 * LANES).add(s3).intoArray(out, to + 3 * LANES);
            FloatVector.fromArray(SPECIES, out, to + 4 * LANES).add(s4).intoArray(out, to + 4 * LANES);
            FloatVector.fromArray(SPECIES, out, to + 5 * LANES).add(s5).intoArray(out, to + 5 * LANES);
            FloatVector.fromArray(SPECIES, out, to + 6 * LANES).add(s6).intoArray(out, to + 6 * LANES);
            FloatVector.fromArray(SPECIES, out, to + 7 * LANES).add(s7).intoArray(out, to + 7 * LANES);
        }
    }
}

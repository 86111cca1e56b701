package io.github.bitlift.numerics;

import java.util.Arrays;
import java.util.Objects;

/**
 * Sums in binary64 over a fixed tree, so that the result depends on the values alone and not on grids, threads or
 * vector widths.
 *
 * <p>Definition. The n values are cut into chunks of 1,024 consecutive ones, the last possibly shorter. Within a chunk
 * lane l of 32 starts from +0 and adds the elements l, l + 32, l + 64, ... in that order; then
 * {@code lane[i] += lane[i + 16]} for i &lt; 16, and likewise with 8, 4, 2 and 1; lane 0 is the sum of the chunk. The
 * sums of the chunks, in order, are the values of the next level, reduced in the same way, until one value remains.
 * At least one level is applied: a single value v gives 0 + v. No values give +0.
 *
 * <p>Binary32 values are widened first, which is exact. NaN results are canonical; infinities of both signs give NaN;
 * a result of -0 is impossible, since every lane starts from +0.
 *
 * <p>An instance owns the scratch memory of the levels, allocates nothing when summing, and must not be used by two
 * threads at once, nor by a {@link Term} that it is just summing. The static methods are free of that restriction.
 */
public final class Reduction {

    /** Values per chunk and lanes per chunk. */
    static final int CHUNK = 1024;
    static final int LANES = 32;
    /** Levels above the first: 2^31 values make 2^21, 2^11, 2 and 1. */
    private static final int UPPER_LEVELS = 4;

    /** A sequence of values to be summed, given by index. */
    @FunctionalInterface
    public interface Term {
        /**
         * The value at an index. Called once for each index, in ascending order.
         *
         * @param index from 0 to n - 1
         * @return the value
         */
        double at(int index);
    }

    private final double[] leaf = new double[LANES];
    private final double[] terms = new double[CHUNK];
    private final double[][] lanes = new double[UPPER_LEVELS][LANES];
    private final int[] counts = new int[UPPER_LEVELS];
    private int added;

    /** Makes the scratch memory: 9 KiB. */
    public Reduction() {
    }

    /**
     * Sums part of an array. Up to 1,024 values allocate nothing, more allocate one scratch object.
     *
     * @param x      the values
     * @param offset index of the first one
     * @param n      their number
     * @return the sum over the fixed tree
     * @throws IndexOutOfBoundsException if the range is not within the array
     */
    public static double sum(double[] x, int offset, int n) {
        Objects.checkFromIndexSize(offset, n, x.length);
        return n <= CHUNK ? canonical(chunk(x, offset, n)) : new Reduction().sumOf(x, offset, n);
    }

    /**
     * Sums part of an array of binary32 values. Up to 1,024 values allocate nothing, more allocate one scratch object.
     *
     * @param x      the values
     * @param offset index of the first one
     * @param n      their number
     * @return the sum over the fixed tree
     * @throws IndexOutOfBoundsException if the range is not within the array
     */
    public static double sum(float[] x, int offset, int n) {
        Objects.checkFromIndexSize(offset, n, x.length);
        return n <= CHUNK ? canonical(chunk(x, offset, n)) : new Reduction().sumOf(x, offset, n);
    }

    /**
     * Sums part of an array without allocation.
     *
     * @param x      the values
     * @param offset index of the first one
     * @param n      their number
     * @return the same bits as {@link #sum(double[], int, int)}
     * @throws IndexOutOfBoundsException if the range is not within the array
     */
    public double sumOf(double[] x, int offset, int n) {
        Objects.checkFromIndexSize(offset, n, x.length);
        begin();
        for (int left = n, at = offset; left > 0; left -= CHUNK, at += CHUNK) {
            push(0, chunk(x, at, left < CHUNK ? left : CHUNK));
        }
        return finish();
    }

    /**
     * Sums part of an array of binary32 values without allocation.
     *
     * @param x      the values
     * @param offset index of the first one
     * @param n      their number
     * @return the same bits as {@link #sum(float[], int, int)}
     * @throws IndexOutOfBoundsException if the range is not within the array
     */
    public double sumOf(float[] x, int offset, int n) {
        Objects.checkFromIndexSize(offset, n, x.length);
        begin();
        for (int left = n, at = offset; left > 0; left -= CHUNK, at += CHUNK) {
            push(0, chunk(x, at, left < CHUNK ? left : CHUNK));
        }
        return finish();
    }

    /**
     * Sums n terms without allocation.
     *
     * @param n    their number
     * @param term gives the value at each index
     * @return the sum over the fixed tree
     * @throws IllegalArgumentException if n is negative
     */
    public double sum(int n, Term term) {
        if (n < 0) {
            throw new IllegalArgumentException("the number of terms must not be negative, got " + n);
        }
        begin();
        for (int left = n, at = 0; left > 0; left -= CHUNK, at += CHUNK) {
            Arrays.fill(leaf, 0.0);
            int count = left < CHUNK ? left : CHUNK;
            for (int j = 0; j < count; j++) {
                leaf[j & (LANES - 1)] += term.at(at + j);
            }
            push(0, combine(leaf));
        }
        return finish();
    }

    /**
     * Σ x² without allocation; squares of binary32 numbers are exact in binary64.
     *
     * @return the same bits as {@link #sum(int, Term)} of these terms
     * @throws IndexOutOfBoundsException if the range is not within the array
     */
    public double squares(float[] x, int offset, int n) {
        return products(x, offset, x, offset, n);
    }

    /**
     * Σ x·y without allocation; products of binary32 numbers are exact in binary64.
     *
     * @return the same bits as {@link #sum(int, Term)} of these terms
     * @throws IndexOutOfBoundsException if a range is not within its array
     */
    public double products(float[] x, int xOffset, float[] y, int yOffset, int n) {
        Objects.checkFromIndexSize(xOffset, n, x.length);
        Objects.checkFromIndexSize(yOffset, n, y.length);
        begin();
        for (int done = 0; done < n; done += CHUNK) {
            int count = n - done < CHUNK ? n - done : CHUNK;
            for (int j = 0; j < count; j++) {
                terms[j] = (double) x[xOffset + done + j] * y[yOffset + done + j];
            }
            push(0, chunk(terms, 0, count));
        }
        return finish();
    }

    /**
     * Σ (x − y)² without allocation, differences and squares rounded to binary64.
     *
     * @return the same bits as {@link #sum(int, Term)} of these terms
     * @throws IndexOutOfBoundsException if a range is not within its array
     */
    public double squaredDistances(float[] x, int xOffset, float[] y, int yOffset, int n) {
        Objects.checkFromIndexSize(xOffset, n, x.length);
        Objects.checkFromIndexSize(yOffset, n, y.length);
        begin();
        for (int done = 0; done < n; done += CHUNK) {
            int count = n - done < CHUNK ? n - done : CHUNK;
            for (int j = 0; j < count; j++) {
                double difference = (double) x[xOffset + done + j] - y[yOffset + done + j];
                terms[j] = difference * difference;
            }
            push(0, chunk(terms, 0, count));
        }
        return finish();
    }

    /** Starts a sum whose terms {@link #add} brings one by one; {@link #result} ends it. */
    public void start() {
        begin();
        Arrays.fill(leaf, 0.0);
        added = 0;
    }

    /** Adds the next term of the sum started last. */
    public void add(double value) {
        leaf[added & (LANES - 1)] += value;
        if (++added == CHUNK) {
            push(0, combine(leaf));
            Arrays.fill(leaf, 0.0);
            added = 0;
        }
    }

    /** The sum of the terms added, the same bits as {@link #sum(int, Term)}. */
    public double result() {
        if (added > 0) {
            push(0, combine(leaf));
        }
        return finish();
    }

    /** Empties the levels; also what a term left behind by throwing. */
    private void begin() {
        for (int level = 0; level < UPPER_LEVELS; level++) {
            counts[level] = 0;
            Arrays.fill(lanes[level], 0.0);
        }
    }

    /** Hands the sum of a chunk to the level above it, and on while that completes chunks. */
    private void push(int level, double value) {
        lanes[level][counts[level] & (LANES - 1)] += value;
        counts[level]++;
        if (counts[level] == CHUNK) {
            close(level);
        }
    }

    private void close(int level) {
        double sum = combine(lanes[level]);
        counts[level] = 0;
        Arrays.fill(lanes[level], 0.0);
        push(level + 1, sum);
    }

    /** Closes the unfinished chunks from below until a single value stands alone at the top. */
    private double finish() {
        for (int level = 0; level < UPPER_LEVELS; level++) {
            if (counts[level] > 1 || counts[level] == 1 && !emptyAbove(level)) {
                close(level);
            } else if (counts[level] == 1) {
                return canonical(lanes[level][0]);
            }
        }
        return 0.0;
    }

    private boolean emptyAbove(int level) {
        for (int l = level + 1; l < UPPER_LEVELS; l++) {
            if (counts[l] > 0) {
                return false;
            }
        }
        return true;
    }

    /** Combines 32 lanes, which it overwrites. */
    private static double combine(double[] lane) {
        for (int width = LANES / 2; width > 0; width >>= 1) {
            for (int i = 0; i < width; i++) {
                lane[i] += lane[i + width];
            }
        }
        return lane[0];
    }

    /**
     * The sum of a chunk of at most 1,024 values. Lanes i, i + 4, ..., i + 28 are those that meet in element i of the
     * step with distance 4; taken together they are eight independent chains, held in registers.
     */
    private static double chunk(double[] x, int base, int n) {
        double even = lanesOf(x, base, n, 0) + lanesOf(x, base, n, 2);
        return even + (lanesOf(x, base, n, 1) + lanesOf(x, base, n, 3));
    }

    private static double lanesOf(double[] x, int base, int n, int i) {
        double a0 = 0.0;
        double a4 = 0.0;
        double a8 = 0.0;
        double a12 = 0.0;
        double a16 = 0.0;
        double a20 = 0.0;
        double a24 = 0.0;
        double a28 = 0.0;
        int at = base + i;
        int rows = n / LANES;
        for (int row = 0; row < rows; row++, at += LANES) {
            a0 += x[at];
            a4 += x[at + 4];
            a8 += x[at + 8];
            a12 += x[at + 12];
            a16 += x[at + 16];
            a20 += x[at + 20];
            a24 += x[at + 24];
            a28 += x[at + 28];
        }
        int rest = n - rows * LANES - i;
        a0 += rest > 0 ? x[at] : 0.0;
        a4 += rest > 4 ? x[at + 4] : 0.0;
        a8 += rest > 8 ? x[at + 8] : 0.0;
        a12 += rest > 12 ? x[at + 12] : 0.0;
        a16 += rest > 16 ? x[at + 16] : 0.0;
        a20 += rest > 20 ? x[at + 20] : 0.0;
        a24 += rest > 24 ? x[at + 24] : 0.0;
        a28 += rest > 28 ? x[at + 28] : 0.0;
        return ((a0 + a16) + (a8 + a24)) + ((a4 + a20) + (a12 + a28));
    }

    private static double chunk(float[] x, int base, int n) {
        double even = lanesOf(x, base, n, 0) + lanesOf(x, base, n, 2);
        return even + (lanesOf(x, base, n, 1) + lanesOf(x, base, n, 3));
    }

    private static double lanesOf(float[] x, int base, int n, int i) {
        double a0 = 0.0;
        double a4 = 0.0;
        double a8 = 0.0;
        double a12 = 0.0;
        double a16 = 0.0;
        double a20 = 0.0;
        double a24 = 0.0;
        double a28 = 0.0;
        int at = base + i;
        int rows = n / LANES;
        for (int row = 0; row < rows; row++, at += LANES) {
            a0 += x[at];
            a4 += x[at + 4];
            a8 += x[at + 8];
            a12 += x[at + 12];
            a16 += x[at + 16];
            a20 += x[at + 20];
            a24 += x[at + 24];
            a28 += x[at + 28];
        }
        int rest = n - rows * LANES - i;
        a0 += rest > 0 ? x[at] : 0.0;
        a4 += rest > 4 ? x[at + 4] : 0.0;
        a8 += rest > 8 ? x[at + 8] : 0.0;
        a12 += rest > 12 ? x[at + 12] : 0.0;
        a16 += rest > 16 ? x[at + 16] : 0.0;
        a20 += rest > 20 ? x[at + 20] : 0.0;
        a24 += rest > 24 ? x[at + 24] : 0.0;
        a28 += rest > 28 ? x[at + 28] : 0.0;
        return ((a0 + a16) + (a8 + a24)) + ((a4 + a20) + (a12 + a28));
    }

    private static double canonical(double x) {
        return x != x ? Double.NaN : x;
    }
}

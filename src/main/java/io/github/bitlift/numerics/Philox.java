package io.github.bitlift.numerics;

/**
 * Random numbers by Philox4x32-10, the counter-based generator of J. K. Salmon, M. A. Moraes, R. O. Dror and D. E.
 * Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
 *
 * <p>Value i of a stream is a function of seed, stream and i alone. The key is the seed (low word, high word). Block b
 * has the counter (b low, b high, stream low, stream high) and gives four words; word i of the stream is word i mod 4
 * of block i / 4. All variates draw from these same words, so uses that should be independent take different streams.
 *
 * <p>Instances are immutable and may be shared among threads.
 */
public final class Philox {

    private static final int ROUNDS = 10;
    /** Multipliers and Weyl increments of the paper's Philox4x32; the latter are the golden ratio and sqrt(3) - 1. */
    private static final long M0 = 0xd2511f53L;
    private static final long M1 = 0xcd9e8d57L;
    private static final int W0 = 0x9e3779b9;
    private static final int W1 = 0xbb67ae85;

    private static final long LOW_WORD = 0xffffffffL;
    private static final int WORDS = 4;
    /** 24 bits make a binary32 number without rounding. */
    private static final int UNIFORM_SHIFT = 8;
    private static final float UNIFORM_UNIT = 0x1.0p-24f;

    private final int key0;
    private final int key1;
    private final int stream0;
    private final int stream1;

    /**
     * A stream of random numbers.
     *
     * @param seed   any value
     * @param stream any value; streams of one seed are independent
     */
    public Philox(long seed, long stream) {
        key0 = (int) seed;
        key1 = (int) (seed >>> 32);
        stream0 = (int) stream;
        stream1 = (int) (stream >>> 32);
    }

    /**
     * The bijection itself: ten rounds on a counter of four words under a key of two.
     *
     * @param c0   counter, word 0
     * @param c1   counter, word 1
     * @param c2   counter, word 2
     * @param c3   counter, word 3
     * @param k0   key, word 0
     * @param k1   key, word 1
     * @param out4 receives the four words; its first four elements are overwritten
     */
    public static void block(int c0, int c1, int c2, int c3, int k0, int k1, int[] out4) {
        int x0 = c0;
        int x1 = c1;
        int x2 = c2;
        int x3 = c3;
        int r0 = k0;
        int r1 = k1;
        for (int round = 0; round < ROUNDS; round++) {
            long p0 = M0 * (x0 & LOW_WORD);
            long p1 = M1 * (x2 & LOW_WORD);
            x0 = (int) (p1 >>> 32) ^ x1 ^ r0;
            x1 = (int) p1;
            x2 = (int) (p0 >>> 32) ^ x3 ^ r1;
            x3 = (int) p0;
            r0 += W0;
            r1 += W1;
        }
        out4[0] = x0;
        out4[1] = x1;
        out4[2] = x2;
        out4[3] = x3;
    }

    private void block(long index, int[] out4) {
        block((int) index, (int) (index >>> 32), stream0, stream1, key0, key1, out4);
    }

    /**
     * Word i of the stream.
     *
     * @param i the index, read as an unsigned number
     * @return 32 random bits
     */
    public int bits(long i) {
        int[] words = new int[WORDS];
        block(i >>> 2, words);
        return words[(int) (i & 3)];
    }

    /**
     * Uniform variate i: the upper 24 bits of word i, times 2^-24.
     *
     * @param i the index, read as an unsigned number
     * @return a multiple of 2^-24 in [0, 1)
     */
    public float uniform(long i) {
        return (bits(i) >>> UNIFORM_SHIFT) * UNIFORM_UNIT;
    }

    /**
     * Fills an array with the uniform variates 0, 1, 2, ...
     *
     * @param out receives {@link #uniform(long) uniform(i)} in element i
     */
    public void uniforms(float[] out) {
        int[] words = new int[WORDS];
        for (int i = 0; i < out.length; i++) {
            if ((i & 3) == 0) {
                block(i >>> 2, words);
            }
            out[i] = (words[i & 3] >>> UNIFORM_SHIFT) * UNIFORM_UNIT;
        }
    }

    /**
     * Normal variate i, of mean 0 and variance 1, by Box and Muller in binary32: with words w, w' of a pair (words 0, 1
     * or 2, 3 of a block), u = ((w &gt;&gt;&gt; 8) + 1) 2^-24 in (0, 1], v = (w' &gt;&gt;&gt; 8) 2^-24 and
     * r = sqrt(0 - 2 log u), the even variate is r cosPi(2v) and the odd one r sinPi(2v); each of log, sqrt, cosPi, sinPi
     * and the last product is rounded once. The largest possible size is 5.77.
     *
     * @param i the index, read as an unsigned number
     * @return a normal variate
     */
    public float normal(long i) {
        int[] words = new int[WORDS];
        block(i >>> 2, words);
        int pair = (int) (i & 2);
        float turn = halfTurns(words[pair + 1]);
        return radius(words[pair]) * ((i & 1) == 0 ? Numerics.cosPi(turn) : Numerics.sinPi(turn));
    }

    /**
     * Fills an array with the normal variates 0, 1, 2, ...
     *
     * @param out receives {@link #normal(long) normal(i)} in element i
     */
    public void normals(float[] out) {
        normals(0, out);
    }

    /**
     * Fills an array with consecutive normal variates.
     *
     * @param first the index of the first one, read as an unsigned number
     * @param out   receives {@link #normal(long) normal(first + i)} in element i
     */
    public void normals(long first, float[] out) {
        int[] words = new int[WORDS];
        int i = 0;
        if ((first & 1) == 1 && out.length > 0) {
            out[i++] = normal(first);
        }
        for (; i < out.length; i += 2) {
            long index = first + i;
            int pair = (int) (index & 2);
            if (pair == 0 || i < 2) {
                block(index >>> 2, words);
            }
            float r = radius(words[pair]);
            float turn = halfTurns(words[pair + 1]);
            out[i] = r * Numerics.cosPi(turn);
            if (i + 1 < out.length) {
                out[i + 1] = r * Numerics.sinPi(turn);
            }
        }
    }

    private static float radius(int word) {
        float u = ((word >>> UNIFORM_SHIFT) + 1) * UNIFORM_UNIT;
        // The binary64 root of a binary32 number, rounded to binary32, is the correctly rounded root.
        return (float) Math.sqrt(0.0f - 2.0f * Numerics.log(u));
    }

    private static float halfTurns(int word) {
        return (word >>> UNIFORM_SHIFT) * (2.0f * UNIFORM_UNIT);
    }

    /**
     * A uniformly random order of 0, ..., n - 1, by Fisher and Yates: from the identity, for i = n - 1 down to 1,
     * element i is exchanged with element j, j drawn from 0..i.
     *
     * <p>Draw of j below b = i + 1 (D. Lemire, "Fast random integer generation in an interval", 2019): take the next word
     * w of the stream, the first draw starting at word 0; m = w b as a 64-bit product; if the lower half of m is below
     * 2^32 mod b, both unsigned, take the next word instead; j is the upper half of m.
     *
     * @param n the number of elements
     * @return the permutation
     * @throws IllegalArgumentException if n is negative
     */
    public int[] permutation(int n) {
        if (n < 0) {
            throw new IllegalArgumentException("a permutation needs at least 0 elements, got " + n);
        }
        int[] order = new int[n];
        permute(order);
        return order;
    }

    /** Fills an array with {@link #permutation} of its length. */
    public void permute(int[] order) {
        long seed = (long) key1 << 32 | key0 & LOW_WORD;
        permute(seed, (long) stream1 << 32 | stream0 & LOW_WORD, order, new int[WORDS]);
    }

    /** The same for a seed and a stream without making an object; {@code words} is scratch for four. */
    public static void permute(long seed, long stream, int[] order, int[] words) {
        int n = order.length;
        for (int i = 0; i < n; i++) {
            order[i] = i;
        }
        long next = 0;
        for (int i = n - 1; i > 0; i--) {
            long bound = i + 1L;
            long rejected = (1L << 32) % bound;
            long product;
            do {
                if ((next & 3) == 0) {
                    long index = next >>> 2;
                    block((int) index, (int) (index >>> 32), (int) stream, (int) (stream >>> 32), (int) seed,
                            (int) (seed >>> 32), words);
                }
                product = (words[(int) (next & 3)] & LOW_WORD) * bound;
                next++;
            } while ((product & LOW_WORD) < rejected);
            int j = (int) (product >>> 32);
            int kept = order[i];
            order[i] = order[j];
            order[j] = kept;
        }
    }
}

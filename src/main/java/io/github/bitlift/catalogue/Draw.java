package io.github.bitlift.catalogue;

import io.github.bitlift.catalogue.Setup.Fill;
import io.github.bitlift.numerics.Philox;
import io.github.bitlift.prox.Box;
import io.github.bitlift.prox.ElasticNet;
import io.github.bitlift.prox.GroupSoftThreshold;
import io.github.bitlift.prox.Identity;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.Relu;
import io.github.bitlift.prox.Sigmoid;
import io.github.bitlift.prox.SoftThreshold;
import io.github.bitlift.prox.Softmax;
import io.github.bitlift.prox.Tanh;
import java.util.List;

/** Random choices of a fuzzed case, one word of a Philox stream each: sizes, parameters, prox maps. */
final class Draw {
    private static final int[] TAILS = {
        1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 111, 112, 113, 127, 128, 129, 255, 256, 257
    };
    private static final int[] DEPTHS = {1023, 1024, 1025, 2047, 2048, 2049, 3000};
    private static final float[] ODD_NUMBERS = {
        0f, -0f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.MIN_VALUE, Float.MAX_VALUE, -1f
    };

    /** How often in 100 a size is one of those settled on. */
    private static final int SETTLED = 75;

    private static final int SMALL = 12_000;
    private static final int LARGE = 150_000;
    /** How often in 100 a case may have large matrices. */
    private static final int OFTEN_LARGE = 4;

    private final Philox random;
    private long next;
    private List<Integer> sizes = List.of();
    /** The most numbers in a matrix, more or less. */
    private final int most;

    Draw(long seed, long stream) {
        this.random = new Philox(seed, stream);
        this.most = chance(OFTEN_LARGE) ? LARGE : SMALL;
    }

    private int word() {
        return random.bits(next++);
    }

    /** A seed for operands. */
    long seed() {
        return (long) word() << Integer.SIZE | Integer.toUnsignedLong(word());
    }

    /** 0, ..., n − 1. */
    int below(int n) {
        return Integer.remainderUnsigned(word(), n);
    }

    boolean chance(int percent) {
        return below(100) < percent;
    }

    <T> T oneOf(List<T> choices) {
        return choices.get(below(choices.size()));
    }

    /** From now on most sizes are one of three, so that operands of one operation fit another. */
    void settle() {
        sizes = List.of(below(40), 1 + below(90), TAILS[below(TAILS.length)]);
    }

    /** Mostly small, often at the ends of vectors, warps and tiles; sometimes 0, sometimes up to 1,500. */
    int size() {
        if (!sizes.isEmpty() && chance(SETTLED)) {
            return oneOf(sizes);
        }
        int kind = below(100);
        if (kind < 40) {
            return TAILS[below(TAILS.length)];
        }
        return kind < 95 ? 1 + below(90) : kind < 97 ? 0 : 1 + below(1500);
    }

    /** A size of at least 1. */
    int width() {
        return Math.max(1, size());
    }

    /** A number of rows, so that the matrix doesn't become too large. */
    int rows(int columns) {
        return Math.min(size(), most / Math.max(1, columns));
    }

    /** The length of chains, which now and then takes several segments, with the same limit for the factors. */
    int depth(int columns) {
        int depth = chance(85) ? size() : DEPTHS[below(DEPTHS.length)];
        return Math.min(depth, most / Math.max(1, columns));
    }

    Fill fill() {
        return chance(60) ? Fill.NORMAL : oneOf(List.of(Fill.values()));
    }

    /** A positive number between 2⁻¹⁰ and 2⁵. */
    float positive() {
        return Math.scalb(1f + random.uniform(next++), below(15) - 10);
    }

    /** A finite number of either sign; 1 and −1 now and then. */
    float factor() {
        return chance(30) ? 1f : chance(15) ? -1f : chance(30) ? -positive() : positive();
    }

    /** A positive number, rarely something that nobody should pass. */
    float coefficient() {
        return chance(95) ? positive() : ODD_NUMBERS[below(ODD_NUMBERS.length)];
    }

    /** A prox map with parameters of its own. */
    ProxMap map() {
        return switch (below(9)) {
            case 0 -> new Identity();
            case 1 -> new Relu();
            case 2 -> new SoftThreshold(chance(95) ? positive() : Float.MIN_VALUE);
            case 3 -> new Tanh();
            case 4 -> new Sigmoid();
            case 5 -> new Softmax();
            case 6 -> box();
            case 7 -> new ElasticNet(chance(80) ? positive() : 0f, chance(80) ? positive() : 0f);
            default -> new GroupSoftThreshold(positive(), chance(80) ? 1 + below(9) : TAILS[below(16)]);
        };
    }

    private Box box() {
        float lower = chance(10) ? Float.NEGATIVE_INFINITY : chance(10) ? -0f : factor();
        float width = chance(10) ? Float.POSITIVE_INFINITY : chance(10) ? 0f : positive();
        return lower == Float.NEGATIVE_INFINITY ? new Box(lower, factor()) : new Box(lower, lower + width);
    }
}

package io.github.bitlift.kernels;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Buffer;
import io.github.bitlift.backend.Matrix;
import java.util.SplittableRandom;

/** Seeded operands with special values strewn in, and the comparison of bits. */
final class Values {
    private static final float[] SPECIALS = {
        Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0f, -0f, Float.MIN_VALUE, -Float.MIN_VALUE,
        Float.MIN_NORMAL, -0x1.fffffcp-127f, Float.MAX_VALUE, -Float.MAX_VALUE, 1f, -1f, 0.5f, -0.5f, 0.0123f, 88.8f, -104f
    };

    private final SplittableRandom random;

    Values(long seed) {
        random = new SplittableRandom(seed);
    }

    /** Numbers of mixed size; every {@code rarity}-th or so is a special value, none if that is 0. */
    float[] draw(int n, int rarity) {
        float[] values = new float[n];
        float[] sizes = {0.1f, 1f, 4f, 20f};
        float size = sizes[random.nextInt(sizes.length)];
        for (int i = 0; i < n; i++) {
            boolean special = rarity > 0 && random.nextInt(rarity) == 0;
            values[i] = special ? SPECIALS[random.nextInt(SPECIALS.length)] : size * (float) (2 * random.nextDouble() - 1);
        }
        return values;
    }

    /** The same, none negative: second moments. */
    float[] drawSquares(int n, int rarity) {
        float[] values = draw(n, rarity);
        for (int i = 0; i < n; i++) {
            values[i] = Math.abs(values[i]);
        }
        return values;
    }

    /** A matrix with these values on a backend. */
    static Matrix matrix(Backend backend, int rows, int columns, float[] values) {
        Buffer buffer = backend.allocate(values.length);
        buffer.write(0, values, 0, values.length);
        return Matrix.of(buffer, rows, columns);
    }

    /** The first index at which two arrays differ in a bit, NaNs made canonical; -1 for none. */
    static int mismatch(float[] expected, float[] actual) {
        for (int i = 0; i < expected.length; i++) {
            if (Float.floatToIntBits(expected[i]) != Float.floatToIntBits(actual[i])) {
                return i;
            }
        }
        return -1;
    }
}

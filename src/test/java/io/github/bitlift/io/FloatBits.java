package io.github.bitlift.io;

/** Bits of binary32 values, so that tests compare -0 and NaN too. */
final class FloatBits {

    private FloatBits() {
    }

    static int[] of(float[] values) {
        int[] bits = new int[values.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(values[i]);
        }
        return bits;
    }
}

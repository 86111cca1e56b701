package io.github.bitlift.numerics;

/** What the contract asks of the platform's fused multiply-add: one rounding, and the speed of hardware. */
final class FusedMultiplyAdd {

    /** Calls per round, rounds, and the cost that separates hardware (about 1 ns) from emulation (hundreds of ns). */
    private static final int CALLS = 2_000;
    private static final int ROUNDS = 5;
    private static final long FAST_NANOS_PER_CALL = 100;

    /** a, b, c and a*b + c rounded once. */
    private static final double[][] VECTORS_64 = {
        // (1 + 2^-30)^2 - (1 + 2^-29) = 2^-60; a product rounded by itself gives 0.
        {0x1.00000004p0, 0x1.00000004p0, -0x1.00000008p0, 0x1.0p-60},
        // (1 + 2^-52)(1 - 2^-52) - 1 = -2^-104; a rounded product is 1.
        {0x1.0000000000001p0, 0x1.ffffffffffffep-1, -1.0, -0x1.0p-104},
        // 2^1024 - (2^1024 - 2^971): the product alone overflows, the sum does not.
        {0x1.0p1000, 0x1.0p24, -0x1.fffffffffffffp1023, 0x1.0p971},
    };

    /** The same in binary32. */
    private static final float[][] VECTORS_32 = {
        // (1 + 2^-12)^2 - (1 + 2^-11) = 2^-24; a product rounded by itself gives 0.
        {0x1.001p0f, 0x1.001p0f, -0x1.002p0f, 0x1.0p-24f},
        // 2^-24 (1 - 2^-46) + (1 + 2^-23) is just below a midpoint; a detour through binary64 lands on it and ties up.
        {0x1.000002p-24f, 0x1.fffffcp-1f, 0x1.000002p0f, 0x1.000002p0f},
    };

    private FusedMultiplyAdd() {
    }

    static void require() {
        for (double[] v : VECTORS_64) {
            check(Math.fma(v[0], v[1], v[2]) == v[3], "binary64", v[0], v[1], v[2], v[3]);
        }
        for (float[] v : VECTORS_32) {
            check(Math.fma(v[0], v[1], v[2]) == v[3], "binary32", v[0], v[1], v[2], v[3]);
        }
    }

    private static void check(boolean right, String format, double a, double b, double c, double expected) {
        if (!right) {
            throw new IllegalStateException("Math.fma in " + format + " is not fused on this platform: fma("
                + Double.toHexString(a) + ", " + Double.toHexString(b) + ", " + Double.toHexString(c)
                + ") should be " + Double.toHexString(expected));
        }
    }

    static boolean isFast() {
        long best = Long.MAX_VALUE;
        double x = 0.5;
        for (int round = 0; round < ROUNDS; round++) {
            long start = System.nanoTime();
            for (int i = 0; i < CALLS; i++) {
                x = Math.fma(x, 0.75, 0.25);
            }
            long taken = System.nanoTime() - start;
            best = taken < best ? taken : best;
        }
        // x stays in [0, 1]; using it keeps the loop from being removed.
        return x <= 1.0 && best < FAST_NANOS_PER_CALL * CALLS;
    }
}

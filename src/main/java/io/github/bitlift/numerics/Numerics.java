package io.github.bitlift.numerics;

/**
 * The elementary functions of the numeric contract.
 *
 * <p>The binary32 functions are <em>correctly rounded</em>: for each of the 2^32 arguments the result is the
 * binary32 number nearest to the exact value, ties to even, subnormal results included. That property alone defines
 * every bit, so any implementation that has it agrees with this one. It was verified over all arguments against an
 * independent oracle; {@code validation/golden/README.md} has the results.
 *
 * <p>Method: each function is evaluated in binary64 by a fixed sequence of {@code + - * / fma} on an exactly reduced
 * argument (classes Elementary64 and ElementaryCore) and rounded once to binary32. The binary64 value is
 * within about one ulp of the exact one. That leaves the rounding open for a few arguments per function, whose exact
 * value lies as near as that to a midpoint of two binary32 numbers. Where this matters the last sum is rounded to odd,
 * which spares log, sinPi, cosPi and the sigmoid near zero the double rounding; for softplus one argument is left, a
 * constant here. The sweep found everything else on the right side.
 *
 * <p>The binary64 functions serve terms of objectives. They are not correctly rounded; their bounds are stated and
 * tested.
 *
 * <p>All methods are static, allocate nothing and may be called from any thread. NaN results are canonical
 * ({@code 0x7fc00000}).
 */
public final class Numerics {

    /** Raw bits of the only NaN that results carry. */
    private static final int CANONICAL_NAN_BITS = 0x7fc00000;

    /** e^x overflows from 88.72284 on and is below half of the least subnormal number under -103.98. */
    private static final float EXP_OVERFLOW = 89.0f;
    private static final float EXP_UNDERFLOW = -104.0f;
    /** 1 - tanh(x) and 1 - sigmoid(x) are below 2^-25, half an ulp under 1, from 9.011 and 17.33 on. */
    private static final float TANH_SATURATED = 9.1f;
    private static final float SIGMOID_SATURATED = 17.5f;
    /** From 16 on e^-x is below half an ulp of x. */
    private static final float SOFTPLUS_LINEAR = 16.0f;
    /**
     * The one argument at which the binary64 value falls on the wrong side of a midpoint, from which the exact softplus
     * is only 0.044 ulp (of binary64) away; with its result.
     */
    private static final float SOFTPLUS_HARD = 0x1.d483ap-12f;
    private static final float SOFTPLUS_OF_HARD = 0x1.63017ap-1f;
    /** Below this size the sigmoid is 1/2 up to terms that need the careful sum. */
    private static final float SIGMOID_NEAR_ZERO = 0x1.0p-8f;
    /** From 2^24 on every binary32 number is an even integer. */
    private static final float EVEN_INTEGERS = 0x1.0p24f;

    private Numerics() {
    }

    /**
     * Replaces every NaN by the canonical one.
     *
     * <p>Special cases: NaN of any sign and payload gives {@code 0x7fc00000}; everything else is returned as it is,
     * the sign of zero included.
     *
     * @param x any value
     * @return x, or the canonical NaN
     */
    public static float canonical(float x) {
        return x != x ? Float.intBitsToFloat(CANONICAL_NAN_BITS) : x;
    }

    /**
     * e^x, correctly rounded.
     *
     * <p>Special cases: NaN gives canonical NaN; +Inf and x from 88.72284 on give +Inf; -Inf and x below -103.98 give
     * +0; ±0 gives 1.
     *
     * @param x the argument
     * @return e^x
     */
    public static float exp(float x) {
        if (x != x) {
            return canonical(x);
        }
        if (x > EXP_OVERFLOW) {
            return Float.POSITIVE_INFINITY;
        }
        if (x < EXP_UNDERFLOW) {
            return 0.0f;
        }
        return (float) Elementary64.expInRange(x);
    }

    /**
     * Natural logarithm, correctly rounded.
     *
     * <p>Special cases: NaN and x below zero, -Inf included, give canonical NaN; ±0 gives -Inf; +Inf gives +Inf;
     * 1 gives +0.
     *
     * @param x the argument
     * @return log(x)
     */
    public static float log(float x) {
        if (x != x || x < 0.0f) {
            return Float.intBitsToFloat(CANONICAL_NAN_BITS);
        }
        if (x == 0.0f) {
            return Float.NEGATIVE_INFINITY;
        }
        if (x == Float.POSITIVE_INFINITY) {
            return x;
        }
        return (float) Elementary64.logScaled(x, 0, true);
    }

    /**
     * Hyperbolic tangent, correctly rounded.
     *
     * <p>Special cases: NaN gives canonical NaN; ±Inf gives ±1; ±0 gives ±0. tanh(-x) = -tanh(x) in every bit.
     *
     * @param x the argument
     * @return tanh(x)
     */
    public static float tanh(float x) {
        if (x != x) {
            return canonical(x);
        }
        float a = Math.abs(x);
        float value = a > TANH_SATURATED ? 1.0f : (float) ElementaryCore.tanh(a);
        return Math.copySign(value, x);
    }

    /**
     * Inverse hyperbolic tangent, correctly rounded.
     *
     * <p>Special cases: NaN and |x| above 1 give canonical NaN; ±1 gives ±Inf; ±0 gives ±0. atanh(-x) = -atanh(x) in
     * every bit.
     *
     * @param x the argument
     * @return atanh(x)
     */
    public static float atanh(float x) {
        float a = Math.abs(x);
        if (!(a <= 1.0f)) {
            return Float.intBitsToFloat(CANONICAL_NAN_BITS);
        }
        float value = a == 1.0f ? Float.POSITIVE_INFINITY : (float) ElementaryCore.atanh(a);
        return Math.copySign(value, x);
    }

    /**
     * Logistic function 1 / (1 + e^-x), correctly rounded.
     *
     * <p>Special cases: NaN gives canonical NaN; +Inf gives 1; -Inf and x below -103.98 give +0; ±0 gives 1/2.
     *
     * @param x the argument
     * @return 1 / (1 + e^-x)
     */
    public static float sigmoid(float x) {
        if (x != x) {
            return canonical(x);
        }
        if (x > SIGMOID_SATURATED) {
            return 1.0f;
        }
        if (x < EXP_UNDERFLOW) {
            return 0.0f;
        }
        if (Math.abs(x) < SIGMOID_NEAR_ZERO) {
            return (float) ElementaryCore.sigmoidNearZero(x);
        }
        return (float) (1.0 / (1.0 + Elementary64.expInRange(-(double) x)));
    }

    /**
     * Softplus log(1 + e^x), correctly rounded.
     *
     * <p>Special cases: NaN gives canonical NaN; +Inf gives +Inf; -Inf and x below -103.98 give +0; ±0 gives log(2)
     * rounded, {@code 0x1.62e43p-1}.
     *
     * @param x the argument
     * @return log(1 + e^x)
     */
    public static float softplus(float x) {
        if (x != x) {
            return canonical(x);
        }
        if (x >= SOFTPLUS_LINEAR) {
            return x;
        }
        if (x < EXP_UNDERFLOW) {
            return 0.0f;
        }
        return x == SOFTPLUS_HARD ? SOFTPLUS_OF_HARD : (float) ElementaryCore.softplus(x);
    }

    /**
     * sin(pi x), correctly rounded.
     *
     * <p>Special cases: NaN and ±Inf give canonical NaN; ±0 and every other integer give a zero with the sign of x;
     * half-integers give exactly ±1. sinPi(-x) = -sinPi(x) in every bit.
     *
     * @param x the argument, in half turns
     * @return sin(pi x)
     */
    public static float sinPi(float x) {
        float a = Math.abs(x);
        if (!(a < Float.POSITIVE_INFINITY)) {
            return Float.intBitsToFloat(CANONICAL_NAN_BITS);
        }
        float value = a >= EVEN_INTEGERS ? 0.0f : (float) ElementaryCore.sinHalfPi(2.0 * a, 0);
        if (value == 0.0f) {
            return Math.copySign(0.0f, x);
        }
        return x < 0.0f ? -value : value;
    }

    /**
     * cos(pi x), correctly rounded.
     *
     * <p>Special cases: NaN and ±Inf give canonical NaN; ±0 gives 1; integers give exactly ±1; half-integers give +0.
     * cosPi(-x) = cosPi(x) in every bit.
     *
     * @param x the argument, in half turns
     * @return cos(pi x)
     */
    public static float cosPi(float x) {
        float a = Math.abs(x);
        if (!(a < Float.POSITIVE_INFINITY)) {
            return Float.intBitsToFloat(CANONICAL_NAN_BITS);
        }
        if (a >= EVEN_INTEGERS) {
            return 1.0f;
        }
        float value = (float) ElementaryCore.sinHalfPi(2.0 * a, 1);
        return value == 0.0f ? 0.0f : value;
    }

    /**
     * e^x in binary64.
     *
     * <p>Error below 1 ulp, at most 0.61 seen for normal results. Special cases: NaN gives NaN; +Inf and x above
     * 709.78 give +Inf; -Inf and x below -745.13 give +0; ±0 gives 1.
     *
     * @param x the argument
     * @return e^x
     */
    public static double exp64(double x) {
        return Elementary64.exp(x);
    }

    /**
     * Natural logarithm in binary64.
     *
     * <p>Error below 1.25 ulp, at most 0.98 seen. Special cases: NaN and x below zero give NaN; ±0 gives -Inf; +Inf
     * gives +Inf; 1 gives +0.
     *
     * @param x the argument
     * @return log(x)
     */
    public static double log64(double x) {
        return Elementary64.log(x);
    }

    /**
     * log(1 + x) in binary64.
     *
     * <p>Error below 1.25 ulp, at most 0.98 seen. Special cases: NaN and x below -1 give NaN; -1 gives -Inf; +Inf
     * gives +Inf; ±0 gives ±0.
     *
     * @param x the argument
     * @return log(1 + x)
     */
    public static double log1p64(double x) {
        return Elementary64.log1p(x);
    }

    /**
     * e^x - 1 in binary64.
     *
     * <p>Error below 1.25 ulp, at most 0.98 seen. Special cases: NaN gives NaN; +Inf and x above 709.78 give +Inf;
     * -Inf gives -1; ±0 gives ±0.
     *
     * @param x the argument
     * @return e^x - 1
     */
    public static double expm164(double x) {
        return Elementary64.expm1(x);
    }

    /**
     * Checks that {@link Math#fma(double, double, double)} and its binary32 form round once, on vectors for which a
     * product rounded by itself, or a binary32 result rounded twice, gives another value.
     *
     * @throws IllegalStateException if a result is not that of a true fused multiply-add
     */
    public static void requireFusedMultiplyAdd() {
        FusedMultiplyAdd.require();
    }

    /**
     * Whether a fused multiply-add costs about what hardware makes of it, rather than the microseconds of an emulation
     * in software. A quick estimate from the clock: advice for a report to the user, never a condition for a result.
     *
     * @return true if a fused multiply-add took less than 100 nanoseconds on average
     */
    public static boolean fmaIsFast() {
        return FusedMultiplyAdd.isFast();
    }
}

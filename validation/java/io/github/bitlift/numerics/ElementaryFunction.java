package io.github.bitlift.numerics;

import java.math.BigDecimal;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;

/**
 * A binary32 function under test together with its oracle, which shares no code with {@link Numerics}: an estimate in
 * binary64 from {@link Math} and short series, good to 2^-48 in relative terms, and an evaluation in decimal arithmetic
 * for the arguments whose estimate lies too near to a midpoint of two binary32 numbers.
 *
 * <p>Margin: {@link Math#exp}, {@link Math#log} and {@link Math#sin} are documented to err by at most 1 ulp (2^-52);
 * the formulas below at most multiply that by four and add a few roundings, so 2^-48 leaves a factor of two and more.
 */
enum ElementaryFunction {
    EXP("exp", Numerics::exp, Math::exp, ExactMath::exp),
    LOG("log", Numerics::log, Math::log, ExactMath::log),
    TANH("tanh", Numerics::tanh, ElementaryFunction::tanh, ExactMath::tanh),
    ATANH("atanh", Numerics::atanh, ElementaryFunction::atanh, ExactMath::atanh),
    SIGMOID("sigmoid", Numerics::sigmoid, x -> 1.0 / (1.0 + Math.exp(-x)), ExactMath::sigmoid),
    SOFTPLUS("softplus", Numerics::softplus, ElementaryFunction::softplus, ExactMath::softplus),
    SIN_PI("sinPi", Numerics::sinPi, ElementaryFunction::sinPi, ExactMath::sinPi),
    COS_PI("cosPi", Numerics::cosPi, ElementaryFunction::cosPi, ExactMath::cosPi);

    /** float to float. */
    @FunctionalInterface
    interface FloatOperator {
        float applyAsFloat(float x);
    }

    /** Relative margin of the estimates. */
    static final double MARGIN = 0x1.0p-48;

    final String label;
    final FloatOperator function;
    final DoubleUnaryOperator estimate;
    private final UnaryOperator<BigDecimal> exact;

    ElementaryFunction(String label, FloatOperator function, DoubleUnaryOperator estimate,
                       UnaryOperator<BigDecimal> exact) {
        this.label = label;
        this.function = function;
        this.estimate = estimate;
        this.exact = exact;
    }

    static ElementaryFunction of(String label) {
        for (ElementaryFunction f : values()) {
            if (f.label.equals(label)) {
                return f;
            }
        }
        throw new IllegalArgumentException("unknown function " + label);
    }

    /**
     * The correctly rounded result.
     *
     * @param x     the argument
     * @param guess the estimate at x
     */
    float correct(float x, double guess) {
        if (guess != guess) {
            return Float.intBitsToFloat(0x7fc00000);
        }
        float a = (float) (guess * (1.0 - MARGIN));
        float b = (float) (guess * (1.0 + MARGIN));
        return a == b ? b : correctExactly(x, a, b);
    }

    /** The exact value, or as near as to make no difference: at least 60 digits. */
    BigDecimal exact(float x) {
        return exact.apply(new BigDecimal(x));
    }

    /** Decides between the neighbours a and b. */
    private float correctExactly(float x, float a, float b) {
        float low = a < b ? a : b;
        float high = a < b ? b : a;
        if (high != Math.nextUp(low)) {
            throw new IllegalStateException(label + ": estimate too coarse at " + Float.toHexString(x));
        }
        BigDecimal middle = decimal(low).add(decimal(high)).divide(BigDecimal.valueOf(2));
        int side = exact(x).compareTo(middle);
        if (side == 0) {
            return (Float.floatToRawIntBits(low) & 1) == 0 ? low : high;
        }
        return side < 0 ? low : high;
    }

    /** For rounding, infinity stands for 2^128. */
    private static BigDecimal decimal(float v) {
        if (Float.isInfinite(v)) {
            return new BigDecimal(v > 0 ? 0x1.0p128 : -0x1.0p128);
        }
        return new BigDecimal(v);
    }

    /** Under 1/4 the quotient of the Taylor series of sinh and cosh, else by the exponential. */
    private static double tanh(double x) {
        double a = Math.abs(x);
        double z = a * a;
        double value;
        if (a < 0.25) {
            double sinh = a + a * z * (1.0 / 6 + z * (1.0 / 120 + z * (1.0 / 5040 + z * (1.0 / 362880
                + z * (1.0 / 39916800)))));
            double cosh = 1.0 + z * (0.5 + z * (1.0 / 24 + z * (1.0 / 720 + z * (1.0 / 40320 + z * (1.0 / 3628800
                + z * (1.0 / 479001600))))));
            value = sinh / cosh;
        } else {
            double t = Math.exp(-2.0 * a);
            value = (1.0 - t) / (1.0 + t);
        }
        return Math.copySign(value, x);
    }

    /** Under 1/8 the Taylor series, else by the logarithm. */
    private static double atanh(double x) {
        double a = Math.abs(x);
        if (a < 0.125) {
            double z = a * a;
            double sum = 0.0;
            for (int n = 19; n >= 3; n -= 2) {
                sum = sum * z + 1.0 / n;
            }
            return Math.copySign(a + a * z * sum, x);
        }
        return Math.copySign(0.5 * Math.log((1.0 + a) / (1.0 - a)), x);
    }

    /** x+ + log(1 + e^-|x|), the sum 1 + e^-|x| corrected for its rounding; below 2^-10 the Taylor series. */
    private static double softplus(double x) {
        double e = Math.exp(-Math.abs(x));
        double tail;
        if (e < 0x1.0p-10) {
            tail = e * (1.0 - e * (0.5 - e * (1.0 / 3 - e * (0.25 - e * (0.2 - e / 6)))));
        } else {
            double u = 1.0 + e;
            tail = Math.log(u) + (e - (u - 1.0)) / u;
        }
        return x > 0.0 ? x + tail : tail;
    }

    private static double sinPi(double x) {
        double value = sinTurns(modulo2(Math.abs(x)));
        return Math.copySign(1.0, x) * (value == 0.0 ? 0.0 : value);
    }

    private static double cosPi(double x) {
        double r = modulo2(Math.abs(x));
        double folded = r > 1.0 ? 2.0 - r : r;
        double value = folded <= 0.25 ? Math.cos(Math.PI * folded) : sinTurns(0.5 - folded);
        return value == 0.0 ? 0.0 : value;
    }

    /** a mod 2 for a >= 0, every step exact. */
    private static double modulo2(double a) {
        return a - 2.0 * Math.floor(0.5 * a);
    }

    /** sin(pi r), -1/2 <= r < 2, every difference exact. */
    private static double sinTurns(double r) {
        if (r > 1.0) {
            return -sinTurns(r - 1.0);
        }
        return Math.sin(Math.PI * (r > 0.5 ? 1.0 - r : r));
    }
}

package io.github.bitlift.numerics;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The binary64 functions against decimal arithmetic, in ulp of the exact value. */
class Elementary64Test {

    private static final int SAMPLES = 3_000;
    /** The bounds of the documentation; the largest errors seen are 0.61 for exp64 and 0.98 for the others. */
    private static final double EXP_BOUND = 1.0;
    private static final double BOUND = 1.25;

    private final SplittableRandom random = new SplittableRandom(64);

    @Test
    void exponential() {
        double worst = 0.0;
        for (int i = 0; i < SAMPLES; i++) {
            worst = Math.max(worst, error(signed(-30, 10, 708.0), Numerics::exp64, ExactMath::exp));
        }
        for (int k = -1020; k <= 1022; k++) {
            worst = Math.max(worst, error((k + 0.5) * 0.6931471805599453, Numerics::exp64, ExactMath::exp));
        }
        assertThat(worst).isLessThan(EXP_BOUND);
    }

    @Test
    void exponentialWithSubnormalResult() {
        double worst = 0.0;
        for (int i = 0; i < 1_000; i++) {
            worst = Math.max(worst, error(-random.nextDouble(708.4, 745.13), Numerics::exp64, ExactMath::exp));
        }
        assertThat(worst).isLessThan(EXP_BOUND);
    }

    @Test
    void exponentialMinusOne() {
        double worst = 0.0;
        for (int i = 0; i < SAMPLES; i++) {
            worst = Math.max(worst, error(signed(-60, 10, 708.0), Numerics::expm164, ExactMath::expm1));
        }
        for (int i = 0; i < SAMPLES; i++) {
            worst = Math.max(worst, error(random.nextDouble(-2.0, 2.0), Numerics::expm164, ExactMath::expm1));
        }
        for (int i = 0; i < SAMPLES; i++) {
            worst = Math.max(worst, error(random.nextDouble(30.0, 45.0), Numerics::expm164, ExactMath::expm1));
            worst = Math.max(worst, error(-random.nextDouble(30.0, 45.0), Numerics::expm164, ExactMath::expm1));
        }
        assertThat(worst).isLessThan(BOUND);
    }

    @Test
    void logarithm() {
        double worst = 0.0;
        for (int i = 0; i < SAMPLES; i++) {
            double anything = Math.scalb(random.nextDouble(1.0, 2.0), random.nextInt(-1074, 1024));
            worst = Math.max(worst, error(anything, Numerics::log64, ExactMath::log));
            worst = Math.max(worst, error(random.nextDouble(0.5, 2.0), Numerics::log64, ExactMath::log));
            worst = Math.max(worst, error(1.0 + signed(-50, -2, 0.3), Numerics::log64, ExactMath::log));
        }
        assertThat(worst).isLessThan(BOUND);
    }

    @Test
    void logarithmOfOnePlus() {
        double worst = 0.0;
        for (int i = 0; i < SAMPLES; i++) {
            worst = Math.max(worst, error(random.nextDouble(-1.0, 3.0), Numerics::log1p64, ExactMath::log1p));
            worst = Math.max(worst, error(signed(-60, -1, 0.99), Numerics::log1p64, ExactMath::log1p));
            worst = Math.max(worst, error(Math.abs(signed(-2, 1000, 1e300)), Numerics::log1p64, ExactMath::log1p));
        }
        assertThat(worst).isLessThan(BOUND);
    }

    @Test
    void specialCases() {
        double inf = Double.POSITIVE_INFINITY;
        same(Numerics.exp64(inf), inf);
        same(Numerics.exp64(-inf), 0.0);
        same(Numerics.exp64(-0.0), 1.0);
        same(Numerics.exp64(709.79), inf);
        same(Numerics.exp64(-745.14), 0.0);
        same(Numerics.exp64(-745.13), Double.MIN_VALUE);
        same(Numerics.exp64(709.782712893384), 0x1.fffffffffff2ap1023);
        same(Numerics.expm164(inf), inf);
        same(Numerics.expm164(-inf), -1.0);
        same(Numerics.expm164(-50.0), -1.0);
        same(Numerics.expm164(0.0), 0.0);
        same(Numerics.expm164(-0.0), -0.0);
        same(Numerics.expm164(-Double.MIN_VALUE), -Double.MIN_VALUE);
        same(Numerics.log64(0.0), -inf);
        same(Numerics.log64(-0.0), -inf);
        same(Numerics.log64(1.0), 0.0);
        same(Numerics.log64(inf), inf);
        same(Numerics.log64(-1.0), Double.NaN);
        same(Numerics.log64(Double.MIN_VALUE), -0x1.74385446d71c3p9);
        same(Numerics.log1p64(-1.0), -inf);
        same(Numerics.log1p64(-1.1), Double.NaN);
        same(Numerics.log1p64(inf), inf);
        same(Numerics.log1p64(0.0), 0.0);
        same(Numerics.log1p64(-0.0), -0.0);
        same(Numerics.log1p64(Double.MAX_VALUE), 0x1.62e42fefa39efp9);
    }

    @Test
    void nanGivesNan() {
        double nan = Double.longBitsToDouble(0xfff8000000000001L);
        same(Numerics.exp64(nan), Double.NaN);
        same(Numerics.expm164(nan), Double.NaN);
        same(Numerics.log64(nan), Double.NaN);
        same(Numerics.log1p64(nan), Double.NaN);
    }

    /** A number of either sign, its size log-uniform from 2^low to 2^high, but at most limit. */
    private double signed(int low, int high, double limit) {
        double size = Math.scalb(random.nextDouble(1.0, 2.0), random.nextInt(low, high));
        return (random.nextBoolean() ? 1.0 : -1.0) * Math.min(size, limit);
    }

    private static double error(double x, DoubleUnaryOperator function, UnaryOperator<BigDecimal> oracle) {
        BigDecimal exact = oracle.apply(new BigDecimal(x));
        double value = function.applyAsDouble(x);
        double ulp = Math.ulp(exact.doubleValue());
        return new BigDecimal(value).subtract(exact).abs().divide(new BigDecimal(ulp), MathContext.DECIMAL32).doubleValue();
    }

    private static void same(double actual, double expected) {
        assertThat(Double.doubleToRawLongBits(actual)).isEqualTo(Double.doubleToRawLongBits(expected));
    }
}

package io.github.bitlift.prox;

import java.math.BigDecimal;
import java.math.MathContext;

/** Elementary functions to about 95 digits, simple and slow: Taylor series and Halley steps. */
final class BigMath {

    static final MathContext MC = new MathContext(100);
    private static final MathContext GUARD = new MathContext(115);
    private static final BigDecimal TWO = BigDecimal.valueOf(2);
    private static final BigDecimal LN_10 = logMantissa(BigDecimal.TEN);

    private BigMath() {
    }

    static BigDecimal big(double x) {
        return new BigDecimal(x);
    }

    /** e^x; 0 below e^−2000, whose digits no test can see. */
    static BigDecimal exp(BigDecimal x) {
        if (x.compareTo(BigDecimal.valueOf(-2000)) < 0) {
            return BigDecimal.ZERO;
        }
        int halvings = 0;
        BigDecimal r = x;
        while (r.abs().compareTo(BigDecimal.valueOf(1e-3)) > 0) {
            r = r.divide(TWO, GUARD);
            halvings++;
        }
        BigDecimal term = BigDecimal.ONE;
        BigDecimal sum = BigDecimal.ONE;
        BigDecimal least = BigDecimal.ONE.scaleByPowerOfTen(-115);
        for (int k = 1; term.abs().compareTo(least) > 0; k++) {
            term = term.multiply(r, GUARD).divide(BigDecimal.valueOf(k), GUARD);
            sum = sum.add(term, GUARD);
        }
        for (int i = 0; i < halvings; i++) {
            sum = sum.multiply(sum, GUARD);
        }
        return sum.round(MC);
    }

    static BigDecimal log(BigDecimal x) {
        if (x.signum() <= 0) {
            throw new ArithmeticException("log of " + x);
        }
        int exponent = x.precision() - x.scale() - 1;
        BigDecimal tens = LN_10.multiply(BigDecimal.valueOf(exponent), GUARD);
        return logMantissa(x.scaleByPowerOfTen(-exponent)).add(tens, MC);
    }

    /** Halley's step y + 2(x − e^y)/(x + e^y) triples the digits of a binary64 guess: 15, 45, 135. */
    private static BigDecimal logMantissa(BigDecimal x) {
        BigDecimal y = big(StrictMath.log(x.doubleValue()));
        for (int step = 0; step < 2; step++) {
            BigDecimal e = exp(y);
            y = y.add(TWO.multiply(x.subtract(e)).divide(x.add(e), GUARD), GUARD);
        }
        return y;
    }

    static BigDecimal tanh(BigDecimal x) {
        BigDecimal e = exp(x.multiply(TWO));
        return e.subtract(BigDecimal.ONE).divide(e.add(BigDecimal.ONE), MC);
    }

    static BigDecimal logistic(BigDecimal x) {
        return BigDecimal.ONE.divide(BigDecimal.ONE.add(exp(x.negate())), MC);
    }

    /** x log x, 0 at 0. */
    static BigDecimal xLogX(BigDecimal x) {
        return x.signum() == 0 ? BigDecimal.ZERO : x.multiply(log(x), MC);
    }

    static BigDecimal dot(BigDecimal[] a, BigDecimal[] b) {
        BigDecimal sum = BigDecimal.ZERO;
        for (int i = 0; i < a.length; i++) {
            sum = sum.add(a[i].multiply(b[i], MC), MC);
        }
        return sum;
    }

    static BigDecimal[] subtract(BigDecimal[] a, BigDecimal[] b) {
        BigDecimal[] d = new BigDecimal[a.length];
        for (int i = 0; i < a.length; i++) {
            d[i] = a[i].subtract(b[i], MC);
        }
        return d;
    }

    static BigDecimal[] big(float[] x) {
        BigDecimal[] row = new BigDecimal[x.length];
        for (int i = 0; i < x.length; i++) {
            row[i] = big(x[i]);
        }
        return row;
    }
}

package io.github.bitlift.numerics;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * The elementary functions in decimal arithmetic of 100 digits, from their series; slow, and independent of
 * {@link Numerics}. Results have at least 60 correct digits for arguments of the sizes met here (binary32, or binary64
 * of at most 1000 for the exponential); the margin covers the cancellation in tanh, atanh, expm1 and log near 1.
 */
final class ExactMath {

    private static final MathContext MC = new MathContext(100, RoundingMode.HALF_EVEN);
    private static final BigDecimal TWO = BigDecimal.valueOf(2);
    /** A series ends when its term is this much smaller than the sum. */
    private static final int DIGITS = 100;
    private static final BigDecimal LN2 = atanh(BigDecimal.ONE.divide(BigDecimal.valueOf(3), MC)).multiply(TWO, MC);
    private static final BigDecimal PI = pi();

    private ExactMath() {
    }

    /** e^x by halving the argument 2^10 times and squaring back. */
    static BigDecimal exp(BigDecimal x) {
        if (x.signum() == 0) {
            return BigDecimal.ONE;
        }
        int n = x.divide(LN2, MC).setScale(0, RoundingMode.HALF_EVEN).intValueExact();
        BigDecimal r = x.subtract(LN2.multiply(BigDecimal.valueOf(n), MC), MC).divide(BigDecimal.valueOf(1024), MC);
        BigDecimal sum = BigDecimal.ONE;
        BigDecimal term = BigDecimal.ONE;
        for (int i = 1; !negligible(term, sum); i++) {
            term = term.multiply(r, MC).divide(BigDecimal.valueOf(i), MC);
            sum = sum.add(term, MC);
        }
        for (int i = 0; i < 10; i++) {
            sum = sum.multiply(sum, MC);
        }
        return n >= 0 ? sum.multiply(TWO.pow(n), MC) : sum.divide(TWO.pow(-n), MC);
    }

    /** e^x - 1; by its series where the subtraction would cancel. */
    static BigDecimal expm1(BigDecimal x) {
        if (x.abs().compareTo(new BigDecimal("1e-3")) > 0) {
            return exp(x).subtract(BigDecimal.ONE, MC);
        }
        BigDecimal sum = x;
        BigDecimal term = x;
        for (int i = 2; !negligible(term, sum); i++) {
            term = term.multiply(x, MC).divide(BigDecimal.valueOf(i), MC);
            sum = sum.add(term, MC);
        }
        return sum;
    }

    /** log(x) = n ln 2 + 2 atanh((m - 1) / (m + 1)), x = 2^n m. */
    static BigDecimal log(BigDecimal x) {
        int n = (int) Math.rint(Math.log(x.round(new MathContext(17)).unscaledValue().doubleValue()) / Math.log(2.0)
            - x.round(new MathContext(17)).scale() * (Math.log(10.0) / Math.log(2.0)));
        BigDecimal m = n >= 0 ? x.divide(TWO.pow(n), MC) : x.multiply(TWO.pow(-n), MC);
        return LN2.multiply(BigDecimal.valueOf(n), MC).add(log1pSmall(m.subtract(BigDecimal.ONE, MC)), MC);
    }

    static BigDecimal log1p(BigDecimal x) {
        return x.abs().compareTo(new BigDecimal("0.4")) < 0 ? log1pSmall(x) : log(BigDecimal.ONE.add(x));
    }

    private static BigDecimal log1pSmall(BigDecimal f) {
        return atanh(f.divide(f.add(TWO), MC)).multiply(TWO, MC);
    }

    /** The series s + s^3/3 + s^5/5 + ... */
    private static BigDecimal atanhSeries(BigDecimal s) {
        BigDecimal z = s.multiply(s, MC);
        BigDecimal sum = s;
        BigDecimal power = s;
        for (int i = 3; !negligible(power, sum); i += 2) {
            power = power.multiply(z, MC);
            sum = sum.add(power.divide(BigDecimal.valueOf(i), MC), MC);
        }
        return sum;
    }

    static BigDecimal atanh(BigDecimal x) {
        if (x.abs().compareTo(new BigDecimal("0.4")) <= 0) {
            return atanhSeries(x);
        }
        return log(BigDecimal.ONE.add(x).divide(BigDecimal.ONE.subtract(x), MC)).divide(TWO, MC);
    }

    static BigDecimal tanh(BigDecimal x) {
        BigDecimal e = expm1(x.multiply(TWO));
        return e.divide(e.add(TWO), MC);
    }

    static BigDecimal sigmoid(BigDecimal x) {
        return BigDecimal.ONE.divide(BigDecimal.ONE.add(exp(x.negate())), MC);
    }

    static BigDecimal softplus(BigDecimal x) {
        return log1p(exp(x));
    }

    static BigDecimal sinPi(BigDecimal x) {
        BigDecimal r = x.remainder(TWO);
        return sine(r);
    }

    static BigDecimal cosPi(BigDecimal x) {
        return sine(x.remainder(TWO).add(new BigDecimal("0.5")).remainder(TWO));
    }

    /** sin(pi r), |r| < 2, by symmetry from |r| <= 1/2. */
    private static BigDecimal sine(BigDecimal r) {
        if (r.signum() < 0) {
            return sine(r.negate()).negate();
        }
        if (r.compareTo(BigDecimal.ONE) >= 0) {
            return sine(r.subtract(BigDecimal.ONE)).negate();
        }
        BigDecimal folded = r.compareTo(new BigDecimal("0.5")) > 0 ? BigDecimal.ONE.subtract(r) : r;
        BigDecimal x = folded.multiply(PI, MC);
        BigDecimal z = x.multiply(x, MC).negate();
        BigDecimal sum = x;
        BigDecimal term = x;
        for (int i = 2; !negligible(term, sum); i += 2) {
            term = term.multiply(z, MC).divide(BigDecimal.valueOf((long) i * (i + 1)), MC);
            sum = sum.add(term, MC);
        }
        return sum;
    }

    private static boolean negligible(BigDecimal term, BigDecimal sum) {
        if (term.signum() == 0) {
            return true;
        }
        return magnitude(term) < magnitude(sum) - DIGITS;
    }

    private static int magnitude(BigDecimal x) {
        return x.precision() - x.scale();
    }

    /** Machin: pi = 16 arctan(1/5) - 4 arctan(1/239). */
    private static BigDecimal pi() {
        return arctanOfInverse(5).multiply(BigDecimal.valueOf(16), MC)
            .subtract(arctanOfInverse(239).multiply(BigDecimal.valueOf(4), MC), MC);
    }

    private static BigDecimal arctanOfInverse(int n) {
        BigInteger square = BigInteger.valueOf((long) n * n);
        BigInteger unit = BigInteger.TEN.pow(DIGITS + 10);
        BigInteger power = unit.divide(BigInteger.valueOf(n));
        BigInteger sum = power;
        for (int i = 3, sign = -1; power.signum() != 0; i += 2, sign = -sign) {
            power = power.divide(square);
            sum = sum.add(power.divide(BigInteger.valueOf((long) sign * i)));
        }
        return new BigDecimal(sum, DIGITS + 10);
    }
}

package io.github.bitlift.numerics;

/**
 * Exponentials and logarithms in binary64, from {@code + - * / fma} and bit operations alone.
 *
 * <p>Exponential: with {@code k = rint(x log2 e)} and {@code r = x - k ln 2}, |r| &lt;= 0.3467,
 * {@code e^x = 2^k (1 + r + r^2 Q(r))}. The product {@code k ln 2} is taken in two parts, of which the
 * leading one is exact, so that {@code r = rh + rl} carries more than 53 bits.
 *
 * <p>Logarithm: with {@code x = 2^k (1 + f)}, {@code 1 + f} in [sqrt(1/2), sqrt(2)), and
 * {@code s = f / (2 + f)}, {@code log(1 + f) = 2 atanh(s) = f - f^2/2 + s (f^2/2 + 2 s^2 P(s^2))}, where
 * {@code atanh(s) = s + s^3 P(s^2)}. Writing the leading term as {@code f}, which is exact, keeps the rounding
 * error of the division away from the leading bits.
 *
 * <p>In both the leading part is summed without error (Dekker's fast two-sum), so that one rounding dominates.
 * The polynomials are minimax approximations computed for this class by the Remez exchange in 240-bit
 * arithmetic and then rounded to binary64 coefficient by coefficient.
 */
final class Elementary64 {

    /** 1.5 * 2^52: adding it rounds to an integer, which then stands in the low bits. */
    static final double SHIFT = 0x1.8p52;
    /** log2(e), rounded. */
    private static final double LOG2_E = 0x1.71547652b82fep0;
    /** ln(2) cut to its leading 32 bits: times an integer of up to 21 bits it is exact. */
    static final double LN2_HI = 0x1.62e42feep-1;
    /** ln(2) - LN2_HI, rounded. */
    static final double LN2_LO = 0x1.a39ef35793c76p-33;

    /** Q: (e^r - 1 - r) / r^2 on |r| <= 0.3467, relative error of e^r below 2^-63 before rounding. */
    private static final double Q0 = 0x1.0p-1;
    private static final double Q1 = 0x1.555555555555bp-3;
    private static final double Q2 = 0x1.5555555555506p-5;
    private static final double Q3 = 0x1.111111110ed35p-7;
    private static final double Q4 = 0x1.6c16c16c2fa0bp-10;
    private static final double Q5 = 0x1.a01a01b3386f9p-13;
    private static final double Q6 = 0x1.a01a01383c34bp-16;
    private static final double Q7 = 0x1.71ddf0b748eeep-19;
    private static final double Q8 = 0x1.27e5b28c5d4b5p-22;
    private static final double Q9 = 0x1.af6b006583d05p-26;
    private static final double Q10 = 0x1.1e3e126fb8c87p-29;

    /** P: (atanh(s) - s) / s^3 in z = s^2, |s| <= 0.2006, error of atanh(s) / s below 2^-62 before rounding. */
    private static final double P0 = 0x1.555555555554fp-2;
    private static final double P1 = 0x1.999999999c2b2p-3;
    private static final double P2 = 0x1.24924921d27e5p-3;
    private static final double P3 = 0x1.c71c749f09ee1p-4;
    private static final double P4 = 0x1.745c475cd2fdcp-4;
    private static final double P5 = 0x1.3b3630c1521d4p-4;
    private static final double P6 = 0x1.0dc459fa2caffp-4;
    private static final double P7 = 0x1.1bb1dde7b7d5bp-4;

    /** Above this e^x overflows: the largest x with e^x < 2^1024. */
    private static final double EXP_MAX = 0x1.62e42fefa39efp9;
    /** Below this e^x rounds to zero: just above ln(2^-1075). */
    private static final double EXP_MIN = -0x1.74910d52d3052p9;
    /** Beyond this the 1 of e^x - 1 is below a quarter ulp of the result. */
    private static final double EXPM1_BIG = 40.0;
    /** Below 2^-54 in size, log1p(x) and expm1(x) round to x. */
    private static final double TINY = 0x1.0p-54;
    /** Raw bits of sqrt(1/2): subtracting them moves the binade border from 1 to sqrt(1/2). */
    private static final long SQRT_HALF_BITS = 0x3fe6a09e667f3bcdL;

    private Elementary64() {
    }

    /** 2^n as a binary64, -1022 <= n <= 1023. */
    static double powerOfTwo(int n) {
        return Double.longBitsToDouble((long) (n + 1023) << 52);
    }

    /** (e^r - 1 - r) / r^2. */
    private static double q(double r) {
        double p = Math.fma(r, Q10, Q9);
        p = Math.fma(r, p, Q8);
        p = Math.fma(r, p, Q7);
        p = Math.fma(r, p, Q6);
        p = Math.fma(r, p, Q5);
        p = Math.fma(r, p, Q4);
        p = Math.fma(r, p, Q3);
        p = Math.fma(r, p, Q2);
        p = Math.fma(r, p, Q1);
        return Math.fma(r, p, Q0);
    }

    /** (atanh(s) - s) / s^3, z = s^2. */
    static double atanhTail(double z) {
        double p = Math.fma(z, P7, P6);
        p = Math.fma(z, p, P5);
        p = Math.fma(z, p, P4);
        p = Math.fma(z, p, P3);
        p = Math.fma(z, p, P2);
        p = Math.fma(z, p, P1);
        return Math.fma(z, p, P0);
    }

    /** e^x; the power of two is applied in two steps where it is no normal number itself. */
    static double exp(double x) {
        if (x != x) {
            return Double.NaN;
        }
        if (x > EXP_MAX) {
            return Double.POSITIVE_INFINITY;
        }
        if (x < EXP_MIN) {
            return 0.0;
        }
        double shifted = Math.fma(x, LOG2_E, SHIFT);
        int n = (int) Double.doubleToRawLongBits(shifted);
        double k = shifted - SHIFT;
        double m = expMantissa(x, k);
        if (n >= -1022 && n <= 1023) {
            return m * powerOfTwo(n);
        }
        int half = n >> 1;
        return m * powerOfTwo(half) * powerOfTwo(n - half);
    }

    /** e^x for |x| <= 700: {@link #exp} without its special cases, the core of the binary32 functions. */
    static double expInRange(double x) {
        double shifted = Math.fma(x, LOG2_E, SHIFT);
        int n = (int) Double.doubleToRawLongBits(shifted);
        return expMantissa(x, shifted - SHIFT) * powerOfTwo(n);
    }

    /** e^(x - k ln 2). */
    private static double expMantissa(double x, double k) {
        double rh = Math.fma(-k, LN2_HI, x);
        double rl = -k * LN2_LO;
        double r = rh + rl;
        double tail = Math.fma(r * r, q(r), rl);
        double hi = 1.0 + rh;
        double lo = (rh - (hi - 1.0)) + tail;
        return hi + lo;
    }

    static double expm1(double x) {
        if (x != x) {
            return Double.NaN;
        }
        if (x > EXPM1_BIG) {
            return exp(x);
        }
        if (x < -EXPM1_BIG) {
            return -1.0;
        }
        if (Math.abs(x) < TINY) {
            return x;
        }
        return expm1InRange(x);
    }

    /** e^x - 1 for |x| <= 40; +0 for -0. */
    static double expm1InRange(double x) {
        double shifted = Math.fma(x, LOG2_E, SHIFT);
        double scale = powerOfTwo((int) Double.doubleToRawLongBits(shifted));
        double k = shifted - SHIFT;
        double rh = Math.fma(-k, LN2_HI, x);
        double rl = -k * LN2_LO;
        double r = rh + rl;
        double tail = Math.fma(r * r, q(r), rl);
        // 2^k (1 + rh + tail) - 1 = (2^k - 1) + 2^k rh + 2^k tail; the first two sums are exact, in a + lost and hi + err.
        double a = scale - 1.0;
        double lost = scale > 1.0 ? -1.0 - (a - scale) : scale - (a + 1.0);
        double b = scale * rh;
        double hi = a + b;
        double err = b - (hi - a);
        return hi + Math.fma(scale, tail, err + lost);
    }

    static double log(double x) {
        if (x != x || x < 0.0) {
            return Double.NaN;
        }
        if (x == 0.0) {
            return Double.NEGATIVE_INFINITY;
        }
        if (x == Double.POSITIVE_INFINITY) {
            return x;
        }
        if (x < Double.MIN_NORMAL) {
            return logScaled(x * 0x1.0p54, -54, false);
        }
        return logScaled(x, 0, false);
    }

    /** log(x 2^bias), x positive and normal; rounded to nearest, or to odd. */
    static double logScaled(double x, int bias, boolean odd) {
        long shifted = Double.doubleToRawLongBits(x) - SQRT_HALF_BITS;
        int k = (int) (shifted >> 52);
        double m = Double.longBitsToDouble(Double.doubleToRawLongBits(x) - ((long) k << 52));
        return logSum(k + bias, m - 1.0, 0.0, odd);
    }

    static double log1p(double x) {
        if (x != x || x < -1.0) {
            return Double.NaN;
        }
        if (x == -1.0) {
            return Double.NEGATIVE_INFINITY;
        }
        if (x == Double.POSITIVE_INFINITY || Math.abs(x) < TINY) {
            return x;
        }
        return log1pInRange(x);
    }

    /** log(1 + x), -1 < x finite; +0 for -0. */
    static double log1pInRange(double x) {
        double u = 1.0 + x;
        long bits = Double.doubleToRawLongBits(u);
        int k = (int) ((bits - SQRT_HALF_BITS) >> 52);
        if (k == 0) {
            return logSum(0, x, 0.0, false);
        }
        double lost = x < 1.0 ? x - (u - 1.0) : 1.0 - (u - x);
        double m = Double.longBitsToDouble(bits - ((long) k << 52));
        return logSum(k, m - 1.0, lost / u, false);
    }

    /** k ln 2 + log(1 + f) + correction, 1 + f in [sqrt(1/2), sqrt(2)), correction tiny. */
    private static double logSum(int k, double f, double correction, boolean odd) {
        double s = f / (2.0 + f);
        double z = s * s;
        double h = 0.5 * f * f;
        double tail = Math.fma(s, Math.fma(2.0 * z, atanhTail(z), h), -h) + correction;
        double leading = k * LN2_HI;
        double hi = leading + f;
        double err = f - (hi - leading);
        double lo = err + Math.fma(k, LN2_LO, tail);
        return odd ? roundToOdd(hi, lo) : hi + lo;
    }

    /**
     * hi + lo, |hi| >= |lo|, rounded to odd: where the sum is inexact, to that of its two neighbours whose last bit is
     * set. Rounding the result to binary32 then gives what rounding the exact sum would have given, ties included,
     * which the sum rounded to nearest does not (double rounding).
     */
    static double roundToOdd(double hi, double lo) {
        double sum = hi + lo;
        double lost = lo - (sum - hi);
        long bits = Double.doubleToRawLongBits(sum);
        if (lost != 0.0 && (bits & 1L) == 0L) {
            bits += (lost > 0.0) == (sum > 0.0) ? 1L : -1L;
        }
        return Double.longBitsToDouble(bits);
    }
}

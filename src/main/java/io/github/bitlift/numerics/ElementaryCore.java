package io.github.bitlift.numerics;

/**
 * Binary64 cores of the binary32 functions that are no plain exponential or logarithm: hyperbolic and
 * trigonometric ones. Arguments are binary32 numbers widened to binary64; every reduction of them is exact.
 */
final class ElementaryCore {

    /** pi, rounded to binary64, and what is left of it. */
    private static final double PI_HI = 0x1.921fb54442d18p1;
    private static final double PI_LO = 0x1.1a62633145c07p-53;

    /** (sin(pi r) - pi r) / r^3 in z = r^2, |r| <= 1/4: minimax, relative error of the sine below 2^-57. */
    private static final double S0 = -0x1.4abbce625be47p2;
    private static final double S1 = 0x1.466bc67758d85p1;
    private static final double S2 = -0x1.32d2cce3332d7p-1;
    private static final double S3 = 0x1.5078301b62481p-4;
    private static final double S4 = -0x1.e300a65a61d4ap-8;
    private static final double S5 = 0x1.e403d0a8f7455p-12;

    /** (cos(pi r) - 1) / r^2 in z = r^2, |r| <= 1/4: minimax, error of the cosine below 2^-64. */
    private static final double C0 = -0x1.3bd3cc9be45dep2;
    private static final double C1 = 0x1.03c1f081b5ab0p2;
    private static final double C2 = -0x1.55d3c7e3c95bcp0;
    private static final double C3 = 0x1.e1f50683b4301p-3;
    private static final double C4 = -0x1.a6d1ecb743442p-6;
    private static final double C5 = 0x1.f9cc6ad260805p-10;
    private static final double C6 = -0x1.b26fe9261830fp-14;

    /** Taylor coefficients of 1/(1+e^-x) - 1/2 = x/4 - x^3/48 + x^5/480 - 17 x^7/80640 + ... */
    private static final double G1 = 0x1.0p-2;
    private static final double G3 = -0x1.5555555555555p-6;
    private static final double G5 = 0x1.1111111111111p-9;
    private static final double G7 = -0x1.ba1ba1ba1ba1cp-13;

    /** Half of 2^52: added to a difference of raw bits, it turns the shift by 52 into rounding. */
    private static final long HALF_BINADE = 1L << 51;

    private ElementaryCore() {
    }

    /** tanh(a), 0 <= a <= 10, as E / (E + 2) with E = e^(2a) - 1. */
    static double tanh(double a) {
        double e = Elementary64.expm1InRange(a + a);
        return e / (e + 2.0);
    }

    /**
     * atanh(a), 0 <= a < 1: half of log((1 + a) / (1 - a)). With k = log2 of that quotient rounded (read off the raw
     * bits, off by at most 0.087) and t = 2^k (1 - a), it is (k/2) ln 2 + atanh((1 + a - t) / (1 + a + t)), where
     * both sums are exact and the inner argument is at most 0.2004 in size. For k = 0 that argument is a itself.
     */
    static double atanh(double a) {
        double up = 1.0 + a;
        double down = 1.0 - a;
        long distance = Double.doubleToRawLongBits(up) - Double.doubleToRawLongBits(down);
        int k = (int) ((distance + HALF_BINADE) >> 52);
        double s = a;
        if (k != 0) {
            double t = down * Elementary64.powerOfTwo(k);
            s = (up - t) / (up + t);
        }
        double z = s * s;
        double half = 0.5 * k;
        double leading = half * Elementary64.LN2_HI;
        double hi = leading + s;
        double err = s - (hi - leading);
        double tail = Math.fma(s * z, Elementary64.atanhTail(z), half * Elementary64.LN2_LO);
        return hi + (err + tail);
    }

    /**
     * 1 / (1 + e^-x) for |x| < 2^-8, rounded to odd. Needed because 1/2 + x/4 - x^3/48 lies as near as 2^-74 to a
     * midpoint of two binary32 numbers when x is a small odd multiple of 2^-23.
     */
    static double sigmoidNearZero(double x) {
        double z = x * x;
        double p = Math.fma(z, G7, G5);
        p = Math.fma(z, p, G3);
        double t = Math.fma(x * z, p, G1 * x);
        return Elementary64.roundToOdd(0.5, t);
    }

    /** log(1 + e^x), |x| <= 110. */
    static double softplus(double x) {
        double tail = Elementary64.log1pInRange(Elementary64.expInRange(-Math.abs(x)));
        return x > 0.0 ? x + tail : tail;
    }

    /** sin(pi x / 2 + shift pi / 2) from x = 2 v exactly: the common core of sinPi (shift 0) and cosPi (shift 1). */
    static double sinHalfPi(double x, int shift) {
        double shifted = x + Elementary64.SHIFT;
        int quadrant = (int) Double.doubleToRawLongBits(shifted) + shift;
        double r = 0.5 * (x - (shifted - Elementary64.SHIFT));
        double value = (quadrant & 1) == 0 ? sinReduced(r) : cosReduced(r);
        return (quadrant & 2) == 0 ? value : -value;
    }

    /** sin(pi r), |r| <= 1/4, rounded to odd. */
    private static double sinReduced(double r) {
        double z = r * r;
        double p = Math.fma(z, S5, S4);
        p = Math.fma(z, p, S3);
        p = Math.fma(z, p, S2);
        p = Math.fma(z, p, S1);
        p = Math.fma(z, p, S0);
        double hi = PI_HI * r;
        double lo = Math.fma(PI_HI, r, -hi) + PI_LO * r;
        return Elementary64.roundToOdd(hi, Math.fma(r * z, p, lo));
    }

    /** cos(pi r), |r| <= 1/4, rounded to odd. */
    private static double cosReduced(double r) {
        double z = r * r;
        double p = Math.fma(z, C6, C5);
        p = Math.fma(z, p, C4);
        p = Math.fma(z, p, C3);
        p = Math.fma(z, p, C2);
        p = Math.fma(z, p, C1);
        p = Math.fma(z, p, C0);
        return Elementary64.roundToOdd(1.0, z * p);
    }
}

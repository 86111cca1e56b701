package io.github.bitlift.prox;

import io.github.bitlift.numerics.Numerics;

/**
 * Relative entropies in binary64 without cancellation: the penalties of {@link Tanh}, {@link Sigmoid} and
 * {@link Softmax} are Kullback–Leibler divergences.
 */
final class Entropy {

    /** Below this |x|, nine terms of the series of (1 + x)log(1 + x) − x reach full accuracy. */
    private static final double SERIES = 0x1.0p-7;

    private Entropy() {
    }

    /**
     * p log(p/q) − p + q ≥ 0.
     *
     * <p>With x = (p − q)/q it is q·((1 + x)log(1 + x) − x). Three ranges: a series in x near 0, log1p in
     * between, logarithms of p and q far away, where x may overflow.
     *
     * @param p the first mass, {@code >= 0}
     * @param q the second mass, {@code >= 0}; may have underflowed to 0
     * @param logQ log q, exact even where q has underflowed
     * @param delta p − q, as accurately as the caller can
     */
    static double term(double p, double q, double logQ, double delta) {
        double x = delta / q;
        if (x > -SERIES && x < SERIES) {
            return q * series(x);
        }
        if (x > -0.5 && x < 1.0) {
            return q * ((1.0 + x) * Numerics.log1p64(x) - x);
        }
        return p == 0 ? -delta : p * (Numerics.log64(p) - logQ) - delta;
    }

    /** x²/2 − x³/6 + x⁴/12 − …, coefficient (−1)^k / (k(k − 1)). */
    private static double series(double x) {
        double s = -1.0 / 72;
        s = Math.fma(s, x, 1.0 / 56);
        s = Math.fma(s, x, -1.0 / 42);
        s = Math.fma(s, x, 1.0 / 30);
        s = Math.fma(s, x, -1.0 / 20);
        s = Math.fma(s, x, 1.0 / 12);
        s = Math.fma(s, x, -1.0 / 6);
        s = Math.fma(s, x, 0.5);
        return x * x * s;
    }

    /**
     * KL((p, c) ‖ (q, 1 − q)) of two coins, q = 1/(1 + e^−t).
     *
     * @param p probability of heads
     * @param c probability of tails, 1 − p
     * @param t log odds of the second coin
     * @param delta p − q
     */
    static double bernoulli(double p, double c, double t, double delta) {
        double size = Math.abs(t);
        double e = Numerics.exp64(-size);
        double big = 1.0 / (1.0 + e);
        double small = e / (1.0 + e);
        double logBig = -Numerics.log1p64(e);
        double logSmall = logBig - size;
        return t > 0
                ? term(p, big, logBig, delta) + term(c, small, logSmall, -delta)
                : term(p, small, logSmall, delta) + term(c, big, logBig, -delta);
    }

    /** 1/(1 + e^−t) with full relative accuracy on both sides. */
    static double logistic(double t) {
        return 1.0 / (1.0 + Numerics.exp64(-t));
    }

    /** x log x, 0 at 0. */
    static double xLogX(double x) {
        return x == 0 ? 0.0 : x * Numerics.log64(x);
    }
}

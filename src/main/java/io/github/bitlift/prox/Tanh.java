package io.github.bitlift.prox;

import io.github.bitlift.numerics.Numerics;

/**
 * Hyperbolic tangent: Ψ(u) = u atanh(u) + ½(log(1 − u²) − u²) on [−1, 1] (JMLR paper, Examples 1 and 2).
 * The paper takes the open interval; the closure has Ψ(±1) = log 2 − ½.
 *
 * <pre>
 * σ(v)    = tanh(v), correctly rounded
 * prox_τΨ = tanh(z) with tanh(z) + τ(z − tanh z) = v: eight Newton steps in binary64 kept within [0, 10] for
 *           |v|, where the left side is convex or concave, rounded to binary32 once; τ = 0 clips to [−1, 1]
 * Φ*(v)   = log cosh v
 * B(u, v) = KL of two coins with heads (1 + u)/2 and (1 + tanh v)/2,  +Inf if |u| > 1
 * σ'(v)   = fma(−s, s, 1), s = tanh(v)
 * </pre>
 * Error: σ is correctly rounded, prox_τΨ within 0.500001 ulp in tests over all τ; Ψ and Φ* absolute, about 2^−52.
 *
 * <p>Special values: NaN gives NaN; ±Inf gives ±1; ±0 gives ±0, in the scaled prox too.
 */
public record Tanh() implements Separable {

    /** tanh(z) rounds to 1 in binary32 from here on. */
    private static final double Z_MAX = 10.0;
    private static final int STEPS = 8;
    private static final double LOG_2 = 0x1.62e42fefa39efp-1;
    /** Below this the series of z − tanh z replaces the subtraction. */
    private static final double SERIES = 0x1.0p-5;

    @Override
    public String stem() {
        return "tanh";
    }

    @Override
    public float[] parameters() {
        return new float[0];
    }

    @Override
    public float activate(float v) {
        return Numerics.tanh(v);
    }

    @Override
    public float scaledProx(float tau, float v) {
        if (tau == 0f) {
            return v > 1f ? 1f : v < -1f ? -1f : v;
        }
        if (v > 0f) {
            return solve(tau, v);
        }
        return v < 0f ? -solve(tau, -v) : v;
    }

    /** The root of f(z) = tanh z + τ(z − tanh z) − a, as tanh z; f increases, concave for τ < 1, convex for τ > 1. */
    private static float solve(double tau, double a) {
        double z = clamp(start(tau, a));
        for (int step = 0; step < STEPS; step++) {
            double t = tanh(z);
            double f = (t + tau * gap(z, t)) - a;
            double slope = (1.0 - t * t) + tau * (t * t);
            z = clamp(z - f / slope);
        }
        return (float) tanh(z);
    }

    private static double clamp(double z) {
        return z > Z_MAX ? Z_MAX : z < 0.0 ? 0.0 : z;
    }

    /** A first guess good enough for {@link #STEPS}: bounds of z for large τ, the behaviour near u = 1 for small τ. */
    private static double start(double tau, double a) {
        if (tau > 1.0) {
            double saturated = (a - 1.0) / tau + 1.0;
            double cubic = Numerics.exp64(Numerics.log64(a / (0.238 * tau)) / 3.0);
            double bound = a < saturated ? a : saturated;
            return cubic < bound ? cubic : bound;
        }
        if (a <= 0.75) {
            return a;
        }
        double quarter = 0.25 * tau;
        double y = 0.5 * (1.0 - a - tau) - quarter * Numerics.log64(quarter);
        double tail = y > quarter ? -0.5 * Numerics.log64(y) : 1.0 + (a - 1.0) / tau;
        return tail > a ? tail : a;
    }

    /** tanh z in binary64, accurate near 0. */
    private static double tanh(double z) {
        double e = Numerics.expm164(-2.0 * Math.abs(z));
        double t = -e / (2.0 + e);
        return z < 0 ? -t : t;
    }

    /** z − t for t = tanh z. */
    private static double gap(double z, double t) {
        if (z >= SERIES) {
            return z - t;
        }
        double y = z * z;
        double s = Math.fma(y, 62.0 / 2835, -17.0 / 315);
        s = Math.fma(y, s, 2.0 / 15);
        s = Math.fma(y, -s, 1.0 / 3);
        return z * y * s;
    }

    @Override
    public float derivative(float v) {
        float s = Numerics.tanh(v);
        return Math.fma(-s, s, 1f);
    }

    @Override
    public double potential(float u) {
        double w = u;
        if (w > 1 || w < -1) {
            return Double.POSITIVE_INFINITY;
        }
        double up = w == -1 ? 0.0 : (1.0 + w) * Numerics.log1p64(w);
        double down = w == 1 ? 0.0 : (1.0 - w) * Numerics.log1p64(-w);
        return 0.5 * (up + down - w * w);
    }

    @Override
    public double conjugate(float v) {
        double a = Math.abs((double) v);
        if (a < 1.0) {
            double e = Numerics.expm164(a);
            return Numerics.log1p64(0.5 * (e * e) / (1.0 + e));
        }
        return a + (Numerics.log1p64(Numerics.exp64(-2.0 * a)) - LOG_2);
    }

    @Override
    public double penalty(float u, float v) {
        double w = u;
        double x = v;
        if (x != x || w != w) {
            return Double.NaN;
        }
        if (w > 1 || w < -1) {
            return Double.POSITIVE_INFINITY;
        }
        double heads = 0.5 * (1.0 + w);
        double tails = 0.5 * (1.0 - w);
        double delta = w >= 0.5 ? Entropy.logistic(-2.0 * x) - tails
                : w <= -0.5 ? heads - Entropy.logistic(2.0 * x) : 0.5 * (w - tanh(x));
        return Entropy.bernoulli(heads, tails, 2.0 * x, delta);
    }
}

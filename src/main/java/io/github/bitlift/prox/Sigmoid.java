package io.github.bitlift.prox;

import io.github.bitlift.numerics.Numerics;

/**
 * Logistic function: Ψ(u) = u log u + (1 − u)log(1 − u) − ½u² on [0, 1], with Ψ(0) = 0 and Ψ(1) = −½.
 *
 * <pre>
 * σ(v)    = 1/(1 + e^−v), correctly rounded
 * prox_τΨ = s(z) with s(z) + τ(z − s(z)) = v, s the logistic function: mirrored to z ≤ 0 (v → 1 − τ − v,
 *           z → −z), eight Newton steps in binary64 kept within [−104, 0], where the left side is convex or
 *           concave, rounded to binary32 once; τ = 0 clips to [0, 1]
 * Φ*(v)   = log(1 + e^v)
 * B(u, v) = KL of two coins with heads u and σ(v),  +Inf if u lies outside [0, 1]
 * σ'(v)   = s·(1 − s), s = σ(v)
 * </pre>
 * Error: σ is correctly rounded, prox_τΨ within 0.500001 ulp in tests over all τ; Ψ and Φ* absolute, about 2^−52.
 *
 * <p>Special values: NaN gives NaN; +Inf gives 1; −Inf gives +0; ±0 gives ½. Clipping (τ = 0) makes ±0 +0.
 */
public record Sigmoid() implements Separable {

    private static final int STEPS = 8;

    @Override
    public String stem() {
        return "sigmoid";
    }

    @Override
    public float[] parameters() {
        return new float[0];
    }

    @Override
    public float activate(float v) {
        return Numerics.sigmoid(v);
    }

    @Override
    public float scaledProx(float tau, float v) {
        if (v != v) {
            return Float.NaN;
        }
        if (tau == 0f) {
            return v > 1f ? 1f : v > 0f ? v : 0f;
        }
        double scale = tau;
        double x = v;
        if (x > 0.5 * (1.0 - scale)) {
            return (float) (1.0 / (1.0 + Numerics.exp64(solve(scale, (1.0 - scale) - x))));
        }
        double e = Numerics.exp64(solve(scale, x));
        return (float) (e / (1.0 + e));
    }

    /** The root z in [−104, 0] of f(z) = s(z) + τ(z − s(z)) − x; f increases, convex for τ < 1, concave for τ > 1. */
    private static double solve(double tau, double x) {
        double z = EntropySimplex.clamp(EntropySimplex.start(tau, x));
        for (int step = 0; step < STEPS; step++) {
            double e = Numerics.exp64(z);
            double s = e / (1.0 + e);
            double ds = s / (1.0 + e);
            double f = (s + tau * (z - s)) - x;
            double slope = ds + tau * (1.0 - ds);
            z = EntropySimplex.clamp(z - f / slope);
        }
        return z;
    }

    @Override
    public float derivative(float v) {
        float s = Numerics.sigmoid(v);
        return s * (1f - s);
    }

    @Override
    public double potential(float u) {
        double w = u;
        if (w < 0 || w > 1) {
            return Double.POSITIVE_INFINITY;
        }
        double tails = w == 1 ? 0.0 : (1.0 - w) * Numerics.log1p64(-w);
        return (Entropy.xLogX(w) + tails) - 0.5 * (w * w);
    }

    @Override
    public double conjugate(float v) {
        double x = v;
        double tail = Numerics.log1p64(Numerics.exp64(-Math.abs(x)));
        return x > 0 ? x + tail : tail;
    }

    @Override
    public double penalty(float u, float v) {
        double w = u;
        double x = v;
        if (x != x || w != w) {
            return Double.NaN;
        }
        if (w < 0 || w > 1) {
            return Double.POSITIVE_INFINITY;
        }
        double tails = 1.0 - w;
        double delta = w < 0.5 ? w - Entropy.logistic(x) : Entropy.logistic(-x) - tails;
        return Entropy.bernoulli(w, tails, x, delta);
    }
}

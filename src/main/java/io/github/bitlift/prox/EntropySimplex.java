package io.github.bitlift.prox;

import io.github.bitlift.numerics.Numerics;

/**
 * The prox of τ(Σ u_i log u_i − ½u_i²) on the simplex, by its multiplier δ ≥ 0: u_i = e^z with
 * (1 − τ)(e^z − 1) + τz = c, c = (v_i − max v) − δ, and δ such that Σ u_i = 1. For τ = 0, u_i = max(1 + c, 0).
 *
 * <p>Each u_i is a convex function of c for every τ ≥ 0, so that Newton's method on Σ u_i = 1 climbs monotonically
 * from δ = 0, where max u_i = 1. The left side of the equation for z is convex (τ < 1) or concave (τ > 1) on z ≤ 0,
 * so that Newton's method, kept within [−104, 0], is monotone after its first step. All step counts are fixed.
 */
final class EntropySimplex {

    /** e^z rounds to +0 in binary32 from here down. */
    static final double Z_MIN = -104.0;
    private static final int OUTER_STEPS = 32;
    private static final int INNER_STEPS = 12;
    /** Below this |z| the series of z − (e^z − 1) replaces the subtraction. */
    private static final double SERIES = 0x1.0p-5;

    private EntropySimplex() {
    }

    /**
     * δ for the row v of n numbers.
     *
     * @param top the largest entry of v
     */
    static double multiplier(double tau, float[] v, int at, int n, double top, RowScratch scratch) {
        double high = (1.0 - tau) * (1.0 - 1.0 / n) + tau * Numerics.log64(n);
        double delta = 0.0;
        double[] terms = scratch.terms(n);
        for (int step = 0; step < OUTER_STEPS; step++) {
            for (int i = 0; i < n; i++) {
                terms[i] = excess(tau, (v[at + i] - top) - delta);
            }
            double f = scratch.sum(n) + (n - 1.0);
            for (int i = 0; i < n; i++) {
                terms[i] = massSlope(tau, terms[i]);
            }
            double next = delta + f / scratch.sum(n);
            delta = next > high ? high : next;
        }
        return delta;
    }

    /** u(c), at most 1. */
    static double mass(double tau, double c) {
        return tau == 0 ? 1.0 + excess(tau, c) : Numerics.exp64(exponent(tau, c));
    }

    /** u(c) − 1, accurate near u = 1, where large τ put all the curvature. */
    private static double excess(double tau, double c) {
        if (tau == 0) {
            return c < -1.0 ? -1.0 : c;
        }
        return Numerics.expm164(exponent(tau, c));
    }

    /** du/dc = u / (u + τ(1 − u)) at u = 1 + e; 0 at u = 0, where τ = 0 has a kink. */
    private static double massSlope(double tau, double e) {
        double u = 1.0 + e;
        return u == 0 ? 0.0 : u / (u - tau * e);
    }

    /** The root z in [−104, 0] of f(z) = E + τ(z − E) − c, E = e^z − 1; f increases. */
    private static double exponent(double tau, double c) {
        double z = clamp(tau < 1.0 ? start(tau, c + (1.0 - tau)) : steepStart(tau, c));
        for (int step = 0; step < INNER_STEPS; step++) {
            double e = Numerics.expm164(z);
            double f = (e + tau * gap(z, e)) - c;
            double slope = (1.0 + e) - tau * e;
            z = clamp(z - f / slope);
        }
        return z;
    }

    /** The nearest number in [−104, 0]; NaN for NaN. */
    static double clamp(double z) {
        return z > 0.0 ? 0.0 : z < Z_MIN ? Z_MIN : z;
    }

    /** z − e for e = e^z − 1. */
    private static double gap(double z, double e) {
        if (z <= -SERIES) {
            return z - e;
        }
        double s = Math.fma(z, 1.0 / 40320, 1.0 / 5040);
        s = Math.fma(z, s, 1.0 / 720);
        s = Math.fma(z, s, 1.0 / 120);
        s = Math.fma(z, s, 1.0 / 24);
        s = Math.fma(z, s, 1.0 / 6);
        s = Math.fma(z, s, 0.5);
        return -(z * z * s);
    }

    /** A first guess for τ ≥ 1, two bounds from above: c/τ, and the root of z − ½τz² = c. */
    private static double steepStart(double tau, double c) {
        double linear = c / tau;
        double square = 2.0 * c / (1.0 + Math.sqrt(1.0 - 2.0 * tau * c));
        return square < linear ? square : linear;
    }

    /**
     * A first guess for e^z + τ(z − e^z) = c with z ≤ 0, also right for the logistic function in place of e^z:
     * c/τ where the linear term rules; for τ < 1 and larger c, log(c − τ log τ), where the exponential does.
     */
    static double start(double tau, double c) {
        double y = tau < 1.0 ? c - tau * Numerics.log64(tau) : 0.0;
        return tau < 1.0 && y > tau ? Numerics.log64(y) : c / tau;
    }
}

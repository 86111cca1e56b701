package io.github.bitlift.prox;

import io.github.bitlift.numerics.Numerics;

/**
 * The prox of τ(Σ u_i log u_i − ½u_i²) on the simplex, by its multiplier ν:
 * u_i = e^z with (1 − τ)e^z + τz = v_i − ν, and ν such that Σ u_i = 1. For τ = 0, u_i = max(v_i − ν, 0).
 *
 * <p>Each u_i is a convex function of v_i − ν for every τ ≥ 0, so that Newton's method on Σ u_i(ν) = 1 climbs
 * monotonically from the left end of the bracket max v − (1 − τ) ≤ ν ≤ max v − ((1 − τ)/n − τ log n), given by
 * 1/n ≤ max u_i ≤ 1. All step counts are fixed.
 */
final class EntropySimplex {

    private static final double Z_MIN = -104.0;
    private static final int OUTER_STEPS = 32;
    private static final int INNER_STEPS = 12;

    private EntropySimplex() {
    }

    /**
     * ν for the row v of n numbers.
     *
     * @param top the largest entry of v
     */
    static double multiplier(double tau, float[] v, int at, int n, double top, RowScratch scratch) {
        double low = top - (1.0 - tau);
        double high = top - ((1.0 - tau) / n - tau * Numerics.log64(n));
        double nu = low;
        double[] terms = scratch.terms(n);
        for (int step = 0; step < OUTER_STEPS; step++) {
            for (int i = 0; i < n; i++) {
                terms[i] = mass(tau, v[at + i] - nu);
            }
            double f = scratch.sum(n) - 1.0;
            for (int i = 0; i < n; i++) {
                terms[i] = massSlope(tau, terms[i]);
            }
            double slope = scratch.sum(n);
            low = f >= 0 ? nu : low;
            high = f <= 0 ? nu : high;
            double next = nu + f / slope;
            nu = next >= low && next <= high ? next : 0.5 * (low + high);
        }
        return nu;
    }

    /** u(c), at most 1. */
    static double mass(double tau, double c) {
        if (tau == 0) {
            return c > 0 ? c : c == c ? 0.0 : c;
        }
        return Numerics.exp64(exponent(tau, c));
    }

    /** du/dc = u / (u + τ(1 − u)) at u; 0 at u = 0, where τ = 0 has a kink. */
    private static double massSlope(double tau, double u) {
        return u == 0 ? 0.0 : u / (u + tau * (1.0 - u));
    }

    /** The root z in [−104, 0] of f(z) = e^z + τ(z − e^z) − c; f increases. */
    private static double exponent(double tau, double c) {
        if (c != c) {
            return c;
        }
        double low = Z_MIN;
        double high = 0.0;
        double z = start(tau, c);
        z = z > low ? z < high ? z : high : low;
        for (int step = 0; step < INNER_STEPS; step++) {
            double e = Numerics.exp64(z);
            double f = (e + tau * (z - e)) - c;
            double slope = e + tau * (1.0 - e);
            low = f <= 0 ? z : low;
            high = f >= 0 ? z : high;
            double next = z - f / slope;
            z = next >= low && next <= high ? next : 0.5 * (low + high);
        }
        return z;
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

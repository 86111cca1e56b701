package io.github.bitlift.prox;

import io.github.bitlift.numerics.Numerics;
import io.github.bitlift.numerics.Reduction;

/**
 * Softmax of a whole row: Ψ(u) = Σ u_j log u_j − ½u_j² on the probability simplex (JMLR paper, Examples 1 and 2).
 *
 * <pre>
 * σ(v)_i  = e_i / Σ e_j rounded to binary32 once, e_i = exp(v_i − max v): the difference, the exponential, the sum
 *           (by Reduction) and the quotient in binary64
 * prox_τΨ = u_i = exp(z_i), (1 − τ)u_i + τz_i = v_i − ν, ν such that Σ u_i = 1: Newton's method with fixed step
 *           counts in binary64 (EntropySimplex), rounded to binary32 once; τ = 0 projects onto the simplex
 * Φ*(v)   = max v + log Σ e_j
 * B(u, v) = Σ u_i log(u_i/σ_i) − u_i + σ_i, each term ≥ 0: the KL divergence where Σ u_i = 1
 * σ'(v)ᵀw = s_i (w_i − ⟨s, w⟩), s = σ(v), in binary64, rounded to binary32 once
 * </pre>
 * Error in tests: σ within 0.500001 ulp, prox_τΨ within 0.501 ulp for τ from 1e−30 to 1e30.
 *
 * <p>Domain of Ψ: no entry negative, and |Σ u_i − 1| ≤ n·2^−23, since a rounded row does not sum to 1 exactly.
 *
 * <p>Special values: NaN anywhere gives NaN everywhere; so does +Inf (the limit depends on how it is approached) and
 * a row of −Inf alone. Any other −Inf gives +0, as does a difference below −103.98; no entry is ever −0.
 */
public record Softmax() implements ProxMap {

    private static final double ULP_OF_ONE = 0x1.0p-23;

    @Override
    public String stem() {
        return "softmax";
    }

    @Override
    public float[] parameters() {
        return new float[0];
    }

    @Override
    public int coupling() {
        return 0;
    }

    @Override
    public void activate(float[] v, int vAt, float[] u, int uAt, int n, RowScratch scratch) {
        double[] e = exponentials(v, vAt, n, scratch);
        double total = scratch.sum(n);
        for (int i = 0; i < n; i++) {
            u[uAt + i] = (float) (e[i] / total);
        }
    }

    @Override
    public void scaledProx(float tau, float[] v, int vAt, float[] u, int uAt, int n, RowScratch scratch) {
        if (ProxMap.isUndefined(tau, u, uAt, n)) {
            return;
        }
        double top = maximum(v, vAt, n);
        double delta = top - top == 0 ? EntropySimplex.multiplier(tau, v, vAt, n, top, scratch) : Double.NaN;
        for (int i = 0; i < n; i++) {
            u[uAt + i] = (float) EntropySimplex.mass(tau, (v[vAt + i] - top) - delta);
        }
    }

    @Override
    public void pullback(float[] v, int vAt, float[] w, int wAt, float[] out, int outAt, int n, RowScratch scratch) {
        double top = maximum(v, vAt, n);
        double[] e = exponentials(v, vAt, n, scratch);
        double total = scratch.sum(n);
        for (int i = 0; i < n; i++) {
            e[i] = e[i] / total * w[wAt + i];
        }
        double mean = scratch.sum(n);
        for (int i = 0; i < n; i++) {
            double s = Numerics.exp64(v[vAt + i] - top) / total;
            out[outAt + i] = (float) (s * (w[wAt + i] - mean));
        }
    }

    @Override
    public double potential(float[] u, int uAt, int n, Reduction sums) {
        double outside = outside(u, uAt, n, sums);
        return outside != 0 ? outside : sums.sum(n, i -> {
            double w = u[uAt + i];
            return Entropy.xLogX(w) - 0.5 * (w * w);
        });
    }

    @Override
    public double conjugate(float[] v, int vAt, int n, Reduction sums) {
        double top = maximum(v, vAt, n);
        return top + Numerics.log64(total(v, vAt, n, top, sums));
    }

    @Override
    public double penalty(float[] u, int uAt, float[] v, int vAt, int n, Reduction sums) {
        double top = maximum(v, vAt, n);
        double total = total(v, vAt, n, top, sums);
        double logTotal = Numerics.log64(total);
        double outside = outside(u, uAt, n, sums);
        if (outside != 0 || total != total) {
            return outside + (total - total);
        }
        return sums.sum(n, i -> {
            double w = u[uAt + i];
            double exponent = v[vAt + i] - top;
            double s = Numerics.exp64(exponent) / total;
            return Entropy.term(w, s, exponent - logTotal, w - s);
        });
    }

    /** The largest entry; NaN or any number if there is a NaN. */
    private static double maximum(float[] v, int at, int n) {
        float top = v[at];
        for (int i = 1; i < n; i++) {
            float x = v[at + i];
            top = x > top ? x : top;
        }
        return top;
    }

    private static double[] exponentials(float[] v, int at, int n, RowScratch scratch) {
        double top = maximum(v, at, n);
        double[] e = scratch.terms(n);
        for (int i = 0; i < n; i++) {
            e[i] = Numerics.exp64(v[at + i] - top);
        }
        return e;
    }

    private static double total(float[] v, int at, int n, double top, Reduction sums) {
        return sums.sum(n, i -> Numerics.exp64(v[at + i] - top));
    }

    /** 0 on the simplex, +Inf off it, NaN for NaN. */
    private static double outside(float[] u, int at, int n, Reduction sums) {
        double excess = sums.sum(n, i -> u[at + i]) - 1.0;
        if (excess != excess) {
            return Double.NaN;
        }
        boolean inside = excess <= n * ULP_OF_ONE && excess >= -(n * ULP_OF_ONE);
        for (int i = 0; i < n; i++) {
            inside &= u[at + i] >= 0f;
        }
        return inside ? 0.0 : Double.POSITIVE_INFINITY;
    }
}

package io.github.bitlift.prox;

import io.github.bitlift.numerics.Reduction;

/**
 * Group soft-thresholding: Ψ(u) = λ Σ_g ‖u_g‖₂ over contiguous groups of the row.
 *
 * <pre>
 * N       = ‖v_g‖₂: squares in binary64 (exact), summed by Reduction, square root in binary64
 * σ(v)_g  = k·v_g with k = (N − λ)/N if N > λ (the product rounded to binary32 once);  +0 otherwise
 * prox_τΨ = the same with τ·λ (exact in binary64)
 * Φ*(v)   = Σ_g ½ max(N − λ, 0)²
 * B(u, v) = Σ_g ½‖u_g − σ_g‖² + (λ − M)‖u_g‖ + ½M‖u_g‖·‖u_g/‖u_g‖ − v_g/N‖²,  M = N if N < λ, else λ;
 *           no term is negative
 * σ'(v)ᵀw = k·w_g + (λ⟨v_g, w_g⟩/N³)·v_g if N > λ;  +0 otherwise
 * </pre>
 * Special values, all within one group: NaN anywhere gives NaN everywhere; ±Inf anywhere is k = 1 and the identity
 * for σ'; a zero keeps its sign where N > λ.
 *
 * @param lambda the threshold λ, finite and {@code > 0}
 * @param groupSize numbers per group, 1 to 2^24; the row's width must be a multiple
 */
public record GroupSoftThreshold(float lambda, int groupSize) implements ProxMap {

    private static final int LARGEST_EXACT = 1 << 24;

    /** Checks λ and the group size. */
    public GroupSoftThreshold {
        if (!(lambda > 0) || lambda == Float.POSITIVE_INFINITY) {
            throw new IllegalArgumentException(
                    "group-soft-threshold: lambda " + lambda + ", expected a finite number > 0");
        }
        if (groupSize < 1 || groupSize > LARGEST_EXACT) {
            throw new IllegalArgumentException(
                    "group-soft-threshold: group size " + groupSize + ", expected 1 to " + LARGEST_EXACT);
        }
    }

    @Override
    public String stem() {
        return "group_soft_threshold";
    }

    @Override
    public float[] parameters() {
        return new float[] {lambda, groupSize};
    }

    @Override
    public int coupling() {
        return groupSize;
    }

    @Override
    public void requireWidth(int n) {
        if (n < 1 || n % groupSize != 0) {
            throw new IllegalArgumentException(
                    stem() + ": width " + n + ", expected a positive multiple of the group size " + groupSize);
        }
    }

    @Override
    public void activate(float[] v, int vAt, float[] u, int uAt, int n, RowScratch scratch) {
        shrink(lambda, v, vAt, u, uAt, n, scratch);
    }

    @Override
    public void scaledProx(float tau, float[] v, int vAt, float[] u, int uAt, int n, RowScratch scratch) {
        if (ProxMap.isUndefined(tau, u, uAt, n)) {
            return;
        }
        shrink((double) tau * lambda, v, vAt, u, uAt, n, scratch);
    }

    private void shrink(double threshold, float[] v, int vAt, float[] u, int uAt, int n, RowScratch scratch) {
        for (int g = 0; g < n; g += groupSize) {
            double norm = Math.sqrt(inner(v, vAt + g, v, vAt + g, scratch));
            double k = factor(norm, threshold);
            for (int i = g; i < g + groupSize; i++) {
                u[uAt + i] = norm > threshold ? (float) (k * v[vAt + i]) : norm == norm ? 0f : Float.NaN;
            }
        }
    }

    /** k for N above the threshold. */
    private static double factor(double norm, double threshold) {
        return norm < Double.POSITIVE_INFINITY ? (norm - threshold) / norm : 1.0;
    }

    @Override
    public void pullback(float[] v, int vAt, float[] w, int wAt, float[] out, int outAt, int n, RowScratch scratch) {
        for (int g = 0; g < n; g += groupSize) {
            double norm = Math.sqrt(inner(v, vAt + g, v, vAt + g, scratch));
            double k = factor(norm, lambda);
            double c = lambda * inner(v, vAt + g, w, wAt + g, scratch) / norm / norm / norm;
            for (int i = g; i < g + groupSize; i++) {
                double y = w[wAt + i];
                double jacobian = norm < Double.POSITIVE_INFINITY ? k * y + c * v[vAt + i] : y;
                out[outAt + i] = norm > lambda ? (float) jacobian : norm == norm ? 0f : Float.NaN;
            }
        }
    }

    private double inner(float[] x, int xAt, float[] y, int yAt, RowScratch scratch) {
        double[] terms = scratch.terms(groupSize);
        for (int i = 0; i < groupSize; i++) {
            terms[i] = (double) x[xAt + i] * y[yAt + i];
        }
        return scratch.sum(groupSize);
    }

    @Override
    public double potential(float[] u, int uAt, int n, Reduction sums) {
        Reduction inner = new Reduction();
        return lambda * sums.sum(n / groupSize, g -> norm(u, uAt + g * groupSize, inner));
    }

    @Override
    public double conjugate(float[] v, int vAt, int n, Reduction sums) {
        Reduction inner = new Reduction();
        return sums.sum(n / groupSize, g -> {
            double excess = norm(v, vAt + g * groupSize, inner) - lambda;
            return excess > 0 ? 0.5 * (excess * excess) : excess <= 0 ? 0.0 : Double.NaN;
        });
    }

    @Override
    public double penalty(float[] u, int uAt, float[] v, int vAt, int n, Reduction sums) {
        Reduction inner = new Reduction();
        return sums.sum(n / groupSize, g -> groupPenalty(u, uAt + g * groupSize, v, vAt + g * groupSize, inner));
    }

    private double groupPenalty(float[] u, int uAt, float[] v, int vAt, Reduction sums) {
        double norm = norm(v, vAt, sums);
        double length = norm(u, uAt, sums);
        double k = norm > lambda ? factor(norm, lambda) : norm == norm ? 0.0 : Double.NaN;
        double squares = sums.sum(groupSize, i -> {
            double d = u[uAt + i] - k * v[vAt + i];
            return d * d;
        });
        double slope = norm < lambda ? norm : lambda;
        double turn = length == 0 || norm == 0 ? 0.0 : sums.sum(groupSize, i -> {
            double d = u[uAt + i] / length - v[vAt + i] / norm;
            return d * d;
        });
        return 0.5 * squares + ((lambda - slope) * length + 0.5 * slope * length * turn);
    }

    private double norm(float[] x, int at, Reduction sums) {
        return Math.sqrt(sums.sum(groupSize, i -> (double) x[at + i] * x[at + i]));
    }
}

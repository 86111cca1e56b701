package io.github.bitlift.prox;

/**
 * Rectified linear unit: Ψ is the indicator of [0, ∞) (JMLR paper, Examples 1 and 2).
 *
 * <pre>
 * σ(v)    = v if v > 0, +0 otherwise
 * prox_τΨ = σ for every τ
 * Φ*(v)   = ½ max(v, 0)²
 * B(u, v) = ½ (u − v)²       if v > 0
 *         = ½ u² + u·(−v)    otherwise; no term is negative
 *         = +Inf             if u < 0
 * σ'(v)   = 1 if v > 0, else 0
 * </pre>
 * Special values: NaN gives NaN; +Inf gives +Inf; −Inf and ±0 give +0. Domain of Ψ: ±0 belongs to it.
 */
public record Relu() implements Separable {

    @Override
    public String stem() {
        return "relu";
    }

    @Override
    public float[] parameters() {
        return new float[0];
    }

    @Override
    public float activate(float v) {
        return v > 0f ? v : v == v ? 0f : Float.NaN;
    }

    @Override
    public float scaledProx(float tau, float v) {
        return activate(v);
    }

    @Override
    public float derivative(float v) {
        return v > 0f ? 1f : v == v ? 0f : Float.NaN;
    }

    @Override
    public double potential(float u) {
        return u >= 0f ? 0.0 : u < 0f ? Double.POSITIVE_INFINITY : Double.NaN;
    }

    @Override
    public double conjugate(float v) {
        double s = activate(v);
        return 0.5 * (s * s);
    }

    @Override
    public double penalty(float u, float v) {
        double w = u;
        double x = v;
        if (x != x || w != w) {
            return Double.NaN;
        }
        if (w < 0) {
            return Double.POSITIVE_INFINITY;
        }
        double d = x > 0 ? w - x : w;
        double slope = x > 0 ? 0.0 : w * -x;
        return 0.5 * (d * d) + slope;
    }
}

package io.github.bitlift.prox;

/**
 * Elastic net: Ψ(u) = λ‖u‖₁ + ½ρ‖u‖², soft-thresholding followed by shrinkage.
 *
 * <pre>
 * prox_τΨ = a / m if a > 0;  b / m if b < 0;  +0 otherwise
 *           with a = fma(−τ, λ, v), b = fma(τ, λ, v), m = fma(τ, ρ, 1)
 * σ       = prox_τΨ for τ = 1
 * Φ*(v)   = ½ max(|v| − λ, 0)² / (1 + ρ)
 * B(u, v) = ½ ((1 + ρ)u − (v − p))² / (1 + ρ) + (λ|u| − p u),  p = v clipped to [−λ, λ]; no term is negative
 * σ'(v)   = 1 / (1 + ρ) if |v| > λ, else 0
 * </pre>
 * Three roundings: σ and prox_τΨ err by less than 3 ulp.
 *
 * <p>Special values: NaN gives NaN; ±0 gives +0; a quotient that underflows keeps its sign; ±Inf gives ±Inf, or NaN if
 * m overflows to infinity.
 *
 * @param lambda the threshold λ, finite and {@code >= 0}
 * @param ridge the weight ρ, finite and {@code >= 0}
 */
public record ElasticNet(float lambda, float ridge) implements Separable {

    /** Checks λ and ρ; −0 is taken as +0. */
    public ElasticNet {
        if (!(lambda >= 0) || lambda == Float.POSITIVE_INFINITY) {
            throw new IllegalArgumentException("elastic-net: lambda " + lambda + ", expected a finite number >= 0");
        }
        if (!(ridge >= 0) || ridge == Float.POSITIVE_INFINITY) {
            throw new IllegalArgumentException("elastic-net: ridge " + ridge + ", expected a finite number >= 0");
        }
        lambda += 0f;
        ridge += 0f;
    }

    @Override
    public String stem() {
        return "elastic_net";
    }

    @Override
    public float[] parameters() {
        return new float[] {lambda, ridge};
    }

    @Override
    public float activate(float v) {
        return scaledProx(1f, v);
    }

    @Override
    public float scaledProx(float tau, float v) {
        float above = Math.fma(-tau, lambda, v);
        float below = Math.fma(tau, lambda, v);
        float scale = Math.fma(tau, ridge, 1f);
        return above > 0f ? above / scale : below < 0f ? below / scale : v == v ? 0f : Float.NaN;
    }

    @Override
    public float derivative(float v) {
        return v > lambda || v < -lambda ? 1f / (1f + ridge) : v == v ? 0f : Float.NaN;
    }

    @Override
    public double potential(float u) {
        double w = u;
        return lambda * Math.abs(w) + 0.5 * ridge * (w * w);
    }

    @Override
    public double conjugate(float v) {
        double excess = Math.abs((double) v) - lambda;
        return excess > 0 ? 0.5 * (excess * excess) / (1.0 + ridge) : excess <= 0 ? 0.0 : Double.NaN;
    }

    @Override
    public double penalty(float u, float v) {
        double w = u;
        double x = v;
        double slope = x > lambda ? lambda : x < -lambda ? -lambda : x;
        double d = Sums.difference(w, ridge * w, x, -slope);
        return 0.5 * (d * d) / (1.0 + ridge) + (lambda * Math.abs(w) - slope * w);
    }
}

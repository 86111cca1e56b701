package io.github.bitlift.prox;

/**
 * Soft-thresholding: Ψ(u) = λ‖u‖₁ (framework paper §6.2; JMLR paper, Example 1).
 *
 * <pre>
 * σ(v)    = v − λ if v > λ;  v + λ if v < −λ;  +0 otherwise
 * prox_τΨ = fma(−τ, λ, v) if that is > 0;  fma(τ, λ, v) if that is < 0;  +0 otherwise
 *           (the exact prox rounded once; τ = 1 gives σ in every bit)
 * Φ*(v)   = ½ max(|v| − λ, 0)²
 * B(u, v) = ½ (u − σ)² + λ(|u| − sign(σ) u)   if |v| > λ
 *         = ½ u² + (λ|u| − u v)               otherwise; no term of either is negative
 * σ'(v)   = 1 if |v| > λ, else 0
 * </pre>
 * Special values: NaN gives NaN; ±Inf gives ±Inf; ±0 gives +0.
 *
 * @param lambda the threshold λ, finite and {@code > 0}
 */
public record SoftThreshold(float lambda) implements SoftThresholding {

    /** Checks λ. */
    public SoftThreshold {
        if (!(lambda > 0) || lambda == Float.POSITIVE_INFINITY) {
            throw new IllegalArgumentException("soft-threshold: lambda " + lambda + ", expected a finite number > 0");
        }
    }

    @Override
    public String stem() {
        return "soft_threshold";
    }

    @Override
    public float[] parameters() {
        return new float[] {lambda};
    }
}

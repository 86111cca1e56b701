package io.github.bitlift.inversion;

import io.github.bitlift.numerics.Reduction;
import io.github.bitlift.prox.ProxMap;

/**
 * How far the solution x_ρ of {@code min_x B_Ψ(y^δ, W x + b) + ρ TV(x)} can be from the truth x†, all in binary64 (framework
 * paper, §6.1; slides). If {@code W*v† ∈ ∂TV(x†)} and {@code B_Ψ(y^δ, W x† + b) ≤ δ²}, then for any c in (0, 1]
 *
 * <pre>
 * ρ D(x_ρ, x†) ≤ (1 + c) δ² + (ρ²/c) ‖v†‖² + 2c J_Ψ(y^δ + (ρ/c) v†, y^δ − (ρ/c) v†)
 * </pre>
 *
 * with TV's symmetric Bregman distance D and the Burbea–Rao divergence {@code J_Ψ(p, q) = ½Ψ(p) + ½Ψ(q) − Ψ((p + q)/2)}.
 */
public final class ErrorEstimate {
    private ErrorEstimate() {}

    /**
     * D of two images that come with dual variables, ∇ᵀz being a subgradient of TV at x: {@code [TV(x₁) − ⟨∇x₁, z₂⟩] + [TV(x₂) −
     * ⟨∇x₂, z₁⟩]}. Where a z is optimal up to an error alone, this is at least D.
     */
    public static double symmetricDistance(ImageVariation tv, float[] x1, float[] z1, float[] x2, float[] z2) {
        return tv.distance(x1, z2) + tv.distance(x2, z1);
    }

    /**
     * {@code 2 J_Ψ(y + t v, y − t v) = Ψ(y + t v) + Ψ(y − t v) − 2Ψ(y)}: infinite where one of the two lies outside Ψ's domain.
     * Potentials take binary32 arguments, to which y ± t v are rounded.
     */
    public static double twiceBurbeaRao(ProxMap sigma, float[] y, double t, double[] v) {
        float[] above = new float[y.length];
        float[] below = new float[y.length];
        for (int i = 0; i < y.length; i++) {
            above[i] = (float) (y[i] + t * v[i]);
            below[i] = (float) (y[i] - t * v[i]);
        }
        Reduction sums = new Reduction();
        return sigma.potential(above, 0, y.length, sums) + sigma.potential(below, 0, y.length, sums)
                - 2 * sigma.potential(y, 0, y.length, sums);
    }

    /**
     * The estimate of D.
     *
     * @param squaredDelta δ²
     * @param rho ρ
     * @param norm ‖v†‖
     * @param c in (0, 1]
     * @param twiceBurbeaRao {@link #twiceBurbeaRao} with t = ρ/c
     */
    public static double bound(double squaredDelta, double rho, double norm, double c, double twiceBurbeaRao) {
        return ((1 + c) * squaredDelta + rho * rho / c * norm * norm + c * twiceBurbeaRao) / rho;
    }
}

package io.github.bitlift.inversion;

import java.util.Locale;

/**
 * Step sizes of explicit primal-dual steps on {@code min_x G(x) + ρ TV(x)}. They converge if
 *
 * <pre>
 * 1/τ_x ≥ L/2 + 8 ρ² τ_z,
 * </pre>
 *
 * L = ‖W‖² being a Lipschitz constant of ∇G and 8 ≥ ‖∇‖² (Condat 2013, Theorem 3.1; Vũ 2013). The framework paper's τ_x =
 * 1.99/‖W‖², τ_z = 1/(8ρ) (§7.3) do so only where 0.0025·‖W‖² ≥ ρ: with a small norm or a large ρ they may diverge.
 *
 * @param x τ_x
 * @param z τ_z
 */
public record Steps(float x, float z) {
    /** Just under the bound 2: also the room that a norm estimated from below needs. */
    private static final double MARGIN = 1.99;
    /** In place of the curvature where a layer above has no weights but 0: any step will do. */
    private static final double SMALL = 1e-6;

    /** Checks that both are finite and above 0. */
    public Steps {
        if (!(x > 0 && x < Float.POSITIVE_INFINITY && z > 0 && z < Float.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("steps tau-x " + x + " and tau-z " + z + ", expected finite numbers > 0");
        }
    }

    /**
     * {@code τ_z = 1/(8ρ)} and {@code τ_x = 1.99/(L + 2ρ)}, which the condition allows up to 2/(L + 2ρ).
     *
     * @param lipschitz L
     * @param rho ρ
     */
    public static Steps of(double lipschitz, float rho) {
        return new Steps((float) (MARGIN / (lipschitz + 2.0 * rho)), (float) (1 / (8.0 * rho)));
    }

    /**
     * {@code 8 ρ² τ_z = share·L} and {@code τ_x = 1.99/((1 + 2·share) L)}. Where ρ is far below L, these converge in a fraction
     * of the iterations that {@link #of(double, float)} takes, which is this with a share of ρ/L: x moves nearly as far and z much
     * further.
     *
     * @param lipschitz L
     * @param rho ρ
     * @param share above 0, such as 0.05
     */
    public static Steps of(double lipschitz, float rho, double share) {
        return new Steps(
                (float) (MARGIN / ((1 + 2 * share) * lipschitz)), (float) (share * lipschitz / (8.0 * rho * rho)));
    }

    /**
     * Refuses steps that break the condition.
     *
     * @throws IllegalArgumentException saying the condition and all values
     */
    public Steps require(double lipschitz, float rho) {
        double need = lipschitz / 2 + 8.0 * rho * rho * z;
        if (!(1.0 / x >= need)) {
            throw new IllegalArgumentException(String.format(Locale.ROOT,
                    "steps tau-x %s and tau-z %s with rho %s: 1/tau-x = %.6g is below ||W||^2/2 + 8 rho^2 tau-z = %.6g, where"
                            + " ||W||^2 = %.6g, so they need not converge; expected tau-x of at most %.6g",
                    x, z, rho, 1.0 / x, need, lipschitz, 1 / need));
        }
        return this;
    }

    /**
     * τ_u of the auxiliary variable of layer j, from 1, of J layers, all being updated at once: 1.99/‖W_{j+1}‖² for j = J − 1, as
     * in the framework paper (§7.3), and half of that for the others.
     *
     * <p>Why: along (a₁, …, a_{J−1}) the smooth part's curvature is at most {@code Σ ‖W_{j+1}a_j‖² + Σ 2‖a_{j+1}‖·‖W_{j+1}a_j‖ ≤
     * Σ 2‖W_{j+1}‖²‖a_j‖² + ‖a_{j+1}‖²}, the second sum being over neighbours that both move. The penalty's own ½‖u_j‖², in the
     * proximal part, makes up for ‖a_j‖²; what is left asks for 1/τ ≥ ‖W_{j+1}‖², or half of it where there is no neighbour
     * above. With the paper's steps for all layers the objective may rise.
     *
     * @param lipschitz ‖W_{j+1}‖², which may be 0
     * @param last whether j = J − 1
     */
    static double auxiliary(double lipschitz, boolean last) {
        double curvature = last ? lipschitz : 2 * lipschitz;
        return MARGIN / (curvature > SMALL ? curvature : SMALL);
    }
}

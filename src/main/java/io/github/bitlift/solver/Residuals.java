package io.github.bitlift.solver;

/**
 * How far variables are from a stationary point of the training objective: norms of the prox-gradient mapping (Beck,
 * <i>First-Order Methods in Optimization</i>, §10.3), all zero at a stationary point and nowhere else.
 *
 * @param parameters per layer l, ‖∇_{θ_l} E‖ of the mean over samples E, or the prox-gradient mapping with step 1 of what has
 *     bounds
 * @param auxiliaries per hidden layer j, the root of the mean over samples of ‖μⱼ(uⱼ − prox_Ψⱼ(uⱼ − gⱼ/μⱼ))‖², gⱼ being
 *     the gradient of the smooth part of a sample's own term: the prox-gradient mapping with step 1/μⱼ, or gⱼ itself
 *     where there is no Ψⱼ; empty where there are no auxiliary variables, or two sets of them
 * @param primal per layer that ADMM solves, the root of the mean over samples of ‖zₗ − (Wₗuₗ₋₁ + bₗ)‖² after the last
 *     step; else empty
 * @param dual per layer that ADMM solves, ‖(1/s) Σᵢ mₗ[uₗ₋₁; 1]ᵀ‖ with its multipliers m after the last step; else empty
 */
public record Residuals(double[] parameters, double[] auxiliaries, double[] primal, double[] dual) {

    /** The norm over all layers of θ. */
    public double theta() {
        return norm(parameters);
    }

    /** The norm over all hidden layers, NaN without auxiliary variables. */
    public double z() {
        return norm(auxiliaries);
    }

    /** Whether θ and z are both stationary up to a bound. */
    public boolean isWithin(double bound) {
        return theta() <= bound && (auxiliaries.length == 0 || z() <= bound);
    }

    /** The Euclidean norm, NaN of nothing. */
    public static double norm(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value * value;
        }
        return values.length == 0 ? Double.NaN : Math.sqrt(sum);
    }

    /** The same with ADMM's own residuals. */
    Residuals with(double[] newPrimal, double[] newDual) {
        return new Residuals(parameters, auxiliaries, newPrimal, newDual);
    }
}

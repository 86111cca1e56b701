package io.github.bitlift.solver;

import io.github.bitlift.backend.TvPdhg.Rule;

/**
 * Steps of {@link TotalVariation} and when it stops.
 *
 * <p>{@link #DEFAULT} balances the residuals from τ = 0.3 on, which is good for every λ. Median iterations until a gap of 10⁻⁶,
 * 40 MNIST digits with noise of standard deviation 0.2 in [0, 1]:
 *
 * <pre>
 * λ                                       0.05    0.15     0.5
 * adaptive, τ = 0.3, a check every 25       25     175     875
 * adaptive, τ = 0.3, a check every 5        25     155     853
 * accelerated, τ = 1, a check every 5       60     105     415
 * accelerated, τ = 10, a check every 5      40     100     413
 * fixed, τ = 0.3, a check every 5           25     373    > 4000
 * fixed, τ = 1, a check every 5             45    1228    > 4000
 * </pre>
 *
 * <p>All end at the minimiser to within 10⁻⁵ of the data's magnitude: accelerated steps as {@link
 * io.github.bitlift.backend.TvPdhg} says, the others to within some units of binary32's precision while τ isn't small.
 *
 * @param rule how the steps change
 * @param tau τ at the start, finite, above 0. With σ = 0.99/(8τλ²) the iterations don't depend on the scale of f and λ
 * @param sigma σ at the start; null for 0.99/(8τλ²)
 * @param iterations at most so many, 0 to {@link TotalVariation#MOST_ITERATIONS}
 * @param checkEvery iterations from one check to the next, at least 1
 * @param gap stop at a duality gap, divided by the number of pixels, of at most this; then x is within √(2·gap) of the
 *     minimiser in root mean square. In squares of the data's unit; negative infinity for never
 * @param change stop once the root mean squares of the last changes of x and of z are at most this; negative infinity for never
 */
public record TotalVariationSettings(
        Rule rule, float tau, Float sigma, int iterations, int checkEvery, double gap, double change) {
    /** Where α of {@link Rule#ADAPTIVE} starts. */
    public static final float ALPHA = 0.5f;
    /** For a tolerance: never. */
    public static final double NEVER = Double.NEGATIVE_INFINITY;
    /** Good for every λ and for data of order 1: a gap of 10⁻⁶, so an error of at most 1.4·10⁻³ in root mean square. */
    public static final TotalVariationSettings DEFAULT =
            new TotalVariationSettings(Rule.ADAPTIVE, 0.3f, null, 2_000, 25, 1e-6, NEVER);
    private static final double MARGIN = 0.99;

    /** Checks numbers. */
    public TotalVariationSettings {
        requireStep("tau", tau);
        if (sigma != null) {
            requireStep("sigma", sigma);
        }
        if (iterations < 0 || iterations > TotalVariation.MOST_ITERATIONS || checkEvery < 1) {
            throw new IllegalArgumentException(iterations + " iterations, a check every " + checkEvery
                    + "; expected 0 to " + TotalVariation.MOST_ITERATIONS + " and at least 1");
        }
        if (Double.isNaN(gap) || Double.isNaN(change)) {
            throw new IllegalArgumentException("gap " + gap + ", change " + change + ", expected numbers");
        }
    }

    private static void requireStep(String name, float step) {
        if (!(step > 0 && step < Float.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(name + " " + step + ", expected a finite number > 0");
        }
    }

    /** σ for a λ above 0. */
    float sigmaFor(float lambda) {
        return sigma != null ? sigma
                : (float) (MARGIN / (TotalVariation.GRADIENT_NORM_SQUARED * tau * ((double) lambda * lambda)));
    }

    /**
     * Refuses steps that the method needn't converge with.
     *
     * @throws IllegalArgumentException if τσλ²·8 &gt; 1, or σ isn't a positive binary32 number
     */
    public void requireStable(float lambda) {
        if (lambda == 0) {
            return;
        }
        float used = sigmaFor(lambda);
        double product = (double) tau * used * lambda * lambda * TotalVariation.GRADIENT_NORM_SQUARED;
        if (!(product <= 1) || !(used > 0)) {
            throw new IllegalArgumentException("steps tau " + tau + " and sigma " + used + " with lambda " + lambda
                    + ": tau·sigma·lambda²·8 = " + product + ", expected at most 1, and sigma above 0");
        }
    }
}

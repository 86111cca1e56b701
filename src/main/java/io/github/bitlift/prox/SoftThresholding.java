package io.github.bitlift.prox;

/** The formulas of {@link SoftThreshold}, for maps whose threshold λ is a number or is looked up when the map is applied. */
public interface SoftThresholding extends Separable {

    /** λ as it is now. */
    float lambda();

    @Override
    default float activate(float v) {
        float lambda = lambda();
        return v > lambda ? v - lambda : v < -lambda ? v + lambda : v == v ? 0f : Float.NaN;
    }

    @Override
    default float scaledProx(float tau, float v) {
        float lambda = lambda();
        float above = Math.fma(-tau, lambda, v);
        float below = Math.fma(tau, lambda, v);
        return above > 0f ? above : below < 0f ? below : v == v ? 0f : Float.NaN;
    }

    @Override
    default float derivative(float v) {
        float lambda = lambda();
        return v > lambda || v < -lambda ? 1f : v == v ? 0f : Float.NaN;
    }

    @Override
    default double potential(float u) {
        return (double) lambda() * Math.abs((double) u);
    }

    @Override
    default double conjugate(float v) {
        double excess = Math.abs((double) v) - lambda();
        return excess > 0 ? 0.5 * (excess * excess) : excess <= 0 ? 0.0 : Double.NaN;
    }

    @Override
    default double penalty(float u, float v) {
        float lambda = lambda();
        double w = u;
        double x = v;
        double slope = x > lambda ? lambda : x < -lambda ? -lambda : x;
        double d = Sums.difference(w, slope, x, 0.0);
        return 0.5 * (d * d) + (lambda * Math.abs(w) - slope * w);
    }
}

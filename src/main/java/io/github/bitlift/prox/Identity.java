package io.github.bitlift.prox;

/**
 * The identity: Ψ(u) = 0, a linear layer.
 *
 * <pre>
 * σ(v)    = v
 * prox_τΨ = v
 * Φ*(v)   = ½ v²
 * B(u, v) = ½ (u − v)²
 * σ'(v)   = 1
 * </pre>
 * Special values: every value, NaN and the sign of zero included, is handed on as it is.
 */
public record Identity() implements Separable {

    @Override
    public String stem() {
        return "identity";
    }

    @Override
    public float[] parameters() {
        return new float[0];
    }

    @Override
    public float activate(float v) {
        return v;
    }

    @Override
    public float scaledProx(float tau, float v) {
        return v;
    }

    @Override
    public float derivative(float v) {
        return v == v ? 1f : Float.NaN;
    }

    @Override
    public double potential(float u) {
        return u == u ? 0.0 : Double.NaN;
    }

    @Override
    public double conjugate(float v) {
        double x = v;
        return 0.5 * (x * x);
    }

    @Override
    public double penalty(float u, float v) {
        double d = (double) u - (double) v;
        return 0.5 * (d * d);
    }
}

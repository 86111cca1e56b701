package io.github.bitlift.prox;

/**
 * Clipping to a box: Ψ is the indicator of [lower, upper] (framework paper §4.4, projections).
 *
 * <pre>
 * σ(v)    = upper if v > upper;  v if v > lower;  lower otherwise
 * prox_τΨ = σ for every τ
 * Φ*(v)   = ½ v² inside, σ·(v − ½σ) outside
 * B(u, v) = ½ (u − σ)² + |v − σ|·|u − σ|,  +Inf if u is outside the box; no term is negative
 * σ'(v)   = 1 if lower < v < upper, else 0
 * </pre>
 * Special values: NaN gives NaN; ±Inf gives the bound on its side (an infinite bound hands it on). A zero of either
 * sign inside the box or at its upper end keeps its sign; at its lower end it becomes +0, so that
 * {@link #nonNegative()} is {@link Relu} in every bit. A bound of −0 is taken as +0.
 *
 * @param lower the lower bound, {@code <= upper}; may be −Inf
 * @param upper the upper bound; may be +Inf
 */
public record Box(float lower, float upper) implements Separable {

    /** Checks the bounds. */
    public Box {
        if (!(lower <= upper) || lower == Float.POSITIVE_INFINITY || upper == Float.NEGATIVE_INFINITY) {
            throw new IllegalArgumentException(
                    "box: [" + lower + ", " + upper + "], expected lower <= upper with a number in between");
        }
        lower += 0f;
        upper += 0f;
    }

    /**
     * [−λ, λ]: the prox of the conjugate of λ‖·‖₁.
     *
     * @param lambda λ, {@code > 0}
     */
    public static Box symmetric(float lambda) {
        if (!(lambda > 0)) {
            throw new IllegalArgumentException("box: lambda " + lambda + ", expected a number > 0");
        }
        return new Box(-lambda, lambda);
    }

    /** [0, 1]. */
    public static Box unit() {
        return new Box(0f, 1f);
    }

    /** [0, ∞). */
    public static Box nonNegative() {
        return new Box(0f, Float.POSITIVE_INFINITY);
    }

    @Override
    public String stem() {
        return "box";
    }

    @Override
    public float[] parameters() {
        return new float[] {lower, upper};
    }

    @Override
    public float activate(float v) {
        return v > upper ? upper : v > lower ? v : v == v ? lower : Float.NaN;
    }

    @Override
    public float scaledProx(float tau, float v) {
        return activate(v);
    }

    @Override
    public float derivative(float v) {
        return v > lower && v < upper ? 1f : v == v ? 0f : Float.NaN;
    }

    @Override
    public double potential(float u) {
        return u >= lower && u <= upper ? 0.0 : u == u ? Double.POSITIVE_INFINITY : Double.NaN;
    }

    @Override
    public double conjugate(float v) {
        double x = v;
        double s = activate(v);
        return s == x ? 0.5 * (x * x) : s == 0 ? 0.0 : s * (x - 0.5 * s);
    }

    @Override
    public double penalty(float u, float v) {
        double x = v;
        double s = activate(v);
        double outside = potential(u);
        double d = (double) u - s;
        if (outside != 0 || d == 0) {
            return s == s ? outside : Double.NaN;
        }
        return 0.5 * (d * d) + Math.abs(x - s) * Math.abs(d);
    }
}

package io.github.bitlift.backend;

import java.util.List;

/**
 * An estimate of ‖A‖² (spectral norm, squared) from below and the step size that follows from it.
 *
 * <pre>
 * repeat: y = A x;  w = Aᵀ y;  n² = Σ w²;  x ← w·(1/√n²) if n² is a positive finite number
 * y = A x;  ‖A‖² ≈ Σ y² / Σ x²   (0 if x is 0)
 * step  = numerator / (scale·‖A‖² + shift)
 * </pre>
 *
 * Products follow rule 2, sums rule 3; 1/√n² and the last two lines are binary64, rounded to
 * binary32 once where they meet x or the coefficient. A, x, y and the step must not overlap.
 *
 * @param a A {@code [m, n]}
 * @param x start and result {@code [1, n]}: kept between calls, it makes one iteration enough
 * @param y scratch {@code [1, m]}
 * @param iterations at least 0
 * @param norm where ‖A‖² goes
 * @param slot its place there
 * @param step where the step size goes {@code [1, 1]}, or null
 * @param numerator see above
 * @param scale see above
 * @param shift see above
 */
public record PowerIteration(
        Matrix a,
        Matrix x,
        Matrix y,
        int iterations,
        Sums norm,
        int slot,
        Matrix step,
        double numerator,
        double scale,
        double shift)
        implements Operation {

    /** Checks shapes, and that nothing overlaps. */
    public PowerIteration {
        x.require("power iteration: x", 1, a.columns());
        y.require("power iteration: y", 1, a.rows());
        if (iterations < 0 || slot < 0 || slot >= norm.length()) {
            throw new IllegalArgumentException("power iteration: " + iterations + " iterations, slot " + slot);
        }
        if (step != null) {
            step.require("power iteration: step", 1, 1);
        }
        new Places("power iteration").write("x", x).write("y", y).write("step", step).read("a", a);
    }

    @Override
    public void on(Kernels kernels) {
        kernels.powerIteration(this);
    }

    @Override
    public List<Matrix> results() {
        return Operation.present(x, y, step);
    }
}

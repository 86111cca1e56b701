package io.github.bitlift.solver;

/**
 * When the inner iterations on a convex sub-problem end.
 *
 * <p>The measure is read back once per iteration, so an iteration on a device waits for its end: some ten microseconds,
 * against two products per layer. In exchange no iteration is wasted, and the scalars that an iteration needs (momentum,
 * conjugate gradients' α and β) are computed here in binary64, the same on every backend, and written to the coefficients
 * that {@link io.github.bitlift.backend.Update} reads when it runs.
 *
 * @param most N, iterations at most, at least 1
 * @param tolerance ε in [0, 1): end once every part's stationarity is at most ε times what it was at the sub-problem's start
 */
record InnerIterations(int most, double tolerance) {

    /** Checks values. */
    InnerIterations {
        if (most < 1 || !(tolerance >= 0 && tolerance < 1)) {
            throw new IllegalArgumentException("inner iterations " + most + ", tolerance " + tolerance
                    + ": expected at least 1, and at least 0 and less than 1");
        }
    }

    /** Whether a squared measure is small enough beside what it was at the start. */
    boolean isSmall(double squared, double squaredAtStart) {
        return squared <= tolerance * tolerance * squaredAtStart;
    }
}

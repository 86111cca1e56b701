package io.github.bitlift.solver;

/**
 * When a run is over before its last step. Everything it looks at follows the numeric contract, so a run stops after the
 * same step on every backend.
 *
 * @param stationarity stop once the residuals of θ and of z are both at most this; null for never
 * @param stall stop once the objective's best value has fallen by less than this share of itself over {@code patience}
 *     checks in a row; null for never
 * @param patience checks, at least 1
 * @param every steps from one check to the next, at least 1: each check costs about as much as a step's gradients
 */
public record StoppingRule(Double stationarity, Double stall, int patience, int every) {
    /** Never stop. */
    public static final StoppingRule NONE = new StoppingRule(null, null, 10, 1);

    /** Why a run ended. */
    public enum Reason {
        /** It took all its steps. */
        COUNT,
        /** The residuals are small enough. */
        STATIONARITY,
        /** The objective no longer falls. */
        STALL,
        /** The error on the training data is small enough. */
        LOSS,
        /** The objective, the error or a parameter is no longer finite. */
        DIVERGENCE
    }

    /** Checks values. */
    public StoppingRule {
        if (stationarity != null && !(stationarity > 0 && stationarity < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("stationarity " + stationarity + ", expected a finite number > 0");
        }
        if (stall != null && !(stall >= 0 && stall < 1)) {
            throw new IllegalArgumentException("stall " + stall + ", expected at least 0 and less than 1");
        }
        if (patience < 1 || every < 1) {
            throw new IllegalArgumentException("patience " + patience + ", every " + every + ": expected at least 1");
        }
    }

    /** Whether there is anything to check. */
    public boolean checks() {
        return stationarity != null || stall != null;
    }
}

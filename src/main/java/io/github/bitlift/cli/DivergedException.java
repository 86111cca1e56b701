package io.github.bitlift.cli;

/** A run whose objective is no longer a number. */
final class DivergedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final long step;

    DivergedException(long step) {
        super("the run diverged: objective or error is not finite after step " + step
                + "; a smaller --lr or --mu may help (metrics.csv shows where it began)");
        this.step = step;
    }

    /** The step after which it showed. */
    long step() {
        return step;
    }
}

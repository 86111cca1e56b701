package io.github.bitlift.solver;

import io.github.bitlift.backend.Matrix;
import io.github.bitlift.lifting.Objective;
import java.util.Map;

/**
 * A training method in progress. Given the same start, the same number of steps gives the same bits on every
 * backend, whether interrupted and restored or not.
 */
public interface Trainer extends AutoCloseable {

    /** Takes one step; allocates no array of data on the heap in steady state. */
    void step();

    /** Complete steps so far. */
    long steps();

    /** The objective at the present variables; for a mini-batch method, on the batch last worked on (at first: the first). */
    Objective objective();

    /** How stationary the same objective is at the present variables; costs about as much as a step's gradients. */
    Residuals residuals();

    /** Everything besides θ that the next step depends on, by name; views of the live storage. */
    Map<String, Matrix> state();

    /** Continues after {@code steps} complete steps, θ and {@link #state} having been written back by the caller. */
    void restored(long steps);

    @Override
    void close();
}

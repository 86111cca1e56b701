package io.github.bitlift.lifting;

import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.backend.Update;
import java.util.List;

/**
 * A training strategy: how the constraints {@code M u = V z} and {@code z = σ(W u + b)} enter the objective
 * (framework paper, eq. 4), as operations on a problem's {@link Variables}.
 */
public interface Lifting {

    /** The gradient in θ of the mean over samples, into {@link Variables#parameterGradient}. */
    List<Operation> parameterGradient();

    /**
     * One step of all auxiliary variables at once: the gradient of the smooth part of each sample's own term, then
     * the optimiser's steps.
     *
     * @param steps one per layer, with {@link Variables#gradient} as gradients, null for a layer that stays where it
     *     is; empty for the gradients alone
     * @return nothing for a strategy whose auxiliary variables follow from the parameters
     */
    List<Operation> auxiliaryStep(List<Update.Step> steps);

    /** Evaluates the objective's parts into {@code 1 + 2J} slots; read by {@link #objective}. */
    List<Operation> evaluate(Sums into);

    /** The objective from the slots filled by {@link #evaluate}. */
    Objective objective(Sums from);
}

package io.github.bitlift.lifting;

import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.backend.Update;
import java.util.List;

/**
 * A training strategy: how the constraints {@code M u = V z} and {@code z = σ(W u + b)} enter the objective
 * (framework paper, eq. 4), as operations on a problem's {@link Variables}. Made by a {@link Strategy}.
 *
 * <p>The solvers see an objective {@code (1/s) Σᵢ [ G(θ, zᵢ) + Σⱼ Pⱼ(uⱼ) ]}: G smooth (or differentiated as if it were), Pⱼ
 * left to a prox map.
 *
 * <p>Where M = (0 I) and V = I, zⱼ is uⱼ. For other architectures, such as residual networks, M u = V z holds exactly in every
 * strategy: zⱼ is what penalties tie to the activation and what takes steps, u follows from it, and gradients go back through
 * the adjoint of that system.
 */
public interface Lifting extends AutoCloseable {

    /**
     * All variables besides θ that go on from step to step: u₁ … u_J, and more where a strategy has more than one set of
     * them. Empty where they follow from the parameters, as in back-propagation.
     */
    List<Matrix> auxiliaries();

    /** Starts the auxiliary variables at the network's own activations. */
    List<Operation> forward();

    /** The gradient in θ of the mean over samples, into {@link Variables#parameterGradient}. */
    List<Operation> parameterGradient();

    /**
     * What the prox map of a step on uⱼ₊₁ must take care of.
     *
     * @param j the layer, from 0
     * @param ridge whether ½‖u‖² may belong to it (JMLR paper, Remark 11)
     * @return null if there is no such part
     */
    Update.Proximal proximal(int j, boolean ridge);

    /** The second half of layer j's prox map, from 0, on what the first gave: nothing unless it needs two. */
    default List<Operation> project(int j, Matrix u) {
        return List.of();
    }

    /**
     * One step of all auxiliary variables at once: the gradient of the smooth part of each sample's own term, then
     * the optimiser's steps, whose proximal parts are {@code proximal(j, false)}.
     *
     * @param steps one per layer, each without a gradient, as it goes from the product straight into the step, and null for
     *     a layer that stays where it is; empty for the gradients alone, into {@link Variables#gradient}
     * @return nothing for a strategy whose auxiliary variables follow from the parameters
     */
    List<Operation> auxiliaryStep(List<Update.Step> steps);

    /**
     * One pass over the layers from last to first, each uⱼ stepping with its successor already moved (JMLR paper,
     * Algorithm 1).
     *
     * @param steps one per layer, each without a gradient and with {@code proximal(j, true)} as proximal part
     * @param preactivation where vⱼ is kept, block j − 1 as wide as uⱼ
     * @return nothing for a strategy whose auxiliary variables follow from the parameters
     */
    List<Operation> backwardPass(List<Update.Step> steps, List<Matrix> preactivation);

    /** The number of sums that {@link #evaluate} fills. */
    int slots();

    /** Evaluates the objective's parts into the first {@link #slots} slots; read by {@link #objective}. */
    List<Operation> evaluate(Sums into);

    /** The objective from the slots filled by {@link #evaluate}. */
    Objective objective(Sums from);

    /** Its total alone. */
    default double total(Sums from) {
        return objective(from).total();
    }

    /** Frees what the strategy allocated beside the problem's variables. */
    @Override
    default void close() {
        // Most strategies need no memory of their own.
    }
}

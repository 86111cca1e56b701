package io.github.bitlift.lifting;

import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Reduce;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.prox.Box;
import io.github.bitlift.prox.ProxMap;
import java.util.List;

/**
 * Fenchel lifted training of ReLU networks (framework paper §4.2, Example 3): minimises
 * {@code (1/s) Σᵢ [ ½‖K u_J + d − x‖² + Σⱼ μⱼ B(uⱼ, Wⱼ uⱼ₋₁ + bⱼ) ]} with the biconvex function
 *
 * <pre>B(u, v) = ½‖u‖² + ½‖max(v, 0)‖² − ⟨v, u⟩  if u ≥ 0,  +∞ otherwise</pre>
 *
 * that vanishes where {@code u = max(v, 0)} and nowhere else. It is written from that formula and the projection onto
 * {@code u ≥ 0}, without the ReLU's potential and penalty that {@link LiftedBregman} uses; the framework paper's Remark 2
 * says that the two are one, and so they are: gradients and trained parameters have the same bits. The objective is a
 * difference of sums here, which may cost its last digits.
 */
public final class FenchelLifted extends ResidualLifting {
    private static final ProxMap POSITIVE_PART = Box.nonNegative();

    /**
     * The strategy on a problem.
     *
     * @param variables the problem's variables; all activations must be ReLU
     * @param mu μⱼ, one per layer with auxiliary variables, each finite and {@code > 0}
     */
    public FenchelLifted(Variables variables, float... mu) {
        this(variables, null, mu);
    }

    FenchelLifted(Variables variables, Sparsity sparsity, float... mu) {
        super(variables, sparsity, mu);
        Strategy.of(Strategy.Kind.FENCHEL).requireAdmitted(network.sigma());
    }

    /** max(v, 0): the gradient of ½‖max(v, 0)‖². */
    @Override
    ProxMap link(int j) {
        return POSITIVE_PART;
    }

    /** The indicator of u ≥ 0. */
    @Override
    ProxMap potential(int j) {
        return POSITIVE_PART;
    }

    /** Its activations have none. */
    @Override
    List<Operation> thresholdGradient(int j) {
        return List.of();
    }

    @Override
    int penaltySlots() {
        return 4;
    }

    @Override
    List<Operation> penaltySums(int j, Sums into, int slot) {
        Matrix u = variables.z().block(j);
        Matrix v = variables.auxiliaryGradient().block(j);
        return List.of(
                new Reduce(Reduce.Kind.SQUARED_NORM, u, null, null, into, slot),
                new Reduce(Reduce.Kind.CONJUGATE, v, null, POSITIVE_PART, into, slot + 1),
                new Reduce(Reduce.Kind.DOT, v, u, null, into, slot + 2),
                new Reduce(Reduce.Kind.POTENTIAL, u, null, POSITIVE_PART, into, slot + 3));
    }

    @Override
    double penalty(Sums from, int slot) {
        return 0.5 * from.get(slot) + from.get(slot + 1) - from.get(slot + 2) + from.get(slot + 3);
    }
}

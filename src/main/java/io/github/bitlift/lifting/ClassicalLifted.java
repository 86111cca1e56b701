package io.github.bitlift.lifting;

import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Reduce;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.prox.Identity;
import io.github.bitlift.prox.ProxMap;
import java.util.List;

/**
 * Classical lifted training (framework paper §4.1, Example 2): minimises
 *
 * <pre>(1/s) Σᵢ [ ½‖K u_J + d − x‖² + Σⱼ μⱼ(½‖uⱼ − (Wⱼ uⱼ₋₁ + bⱼ)‖² + Ψⱼ(uⱼ)) ]</pre>
 *
 * over θ and uⱼ. Ψⱼ, whose prox map the activation is, is the paper's R: for ReLU the constraint {@code uⱼ ≥ 0}. The
 * gradient in vⱼ is μⱼ(vⱼ − uⱼ) without any activation: at a minimiser over Wⱼ and bⱼ the residual uⱼ − vⱼ is orthogonal
 * to (uⱼ₋₁, 1), and where it can vanish the network learnt is affine, which is this strategy's known flaw.
 */
public final class ClassicalLifted extends ResidualLifting {

    /**
     * The strategy on a problem.
     *
     * @param variables the problem's variables
     * @param mu μⱼ, one per layer with auxiliary variables, each finite and {@code > 0}
     */
    public ClassicalLifted(Variables variables, float... mu) {
        this(variables, null, mu);
    }

    ClassicalLifted(Variables variables, Sparsity sparsity, float... mu) {
        super(variables, sparsity, mu);
    }

    @Override
    ProxMap link(int j) {
        return new Identity();
    }

    @Override
    ProxMap potential(int j) {
        return network.sigma().get(j);
    }

    @Override
    List<Operation> thresholdGradient(int j) {
        return ThresholdGradient.ofClassicalPenalty(variables, j, mu(j));
    }

    @Override
    int penaltySlots() {
        return 2;
    }

    @Override
    List<Operation> penaltySums(int j, Sums into, int slot) {
        Matrix u = variables.z().block(j);
        Matrix v = variables.auxiliaryGradient().block(j);
        return List.of(
                new Reduce(Reduce.Kind.SQUARED_DISTANCE, u, v, null, into, slot),
                new Reduce(Reduce.Kind.POTENTIAL, u, null, network.sigma().get(j), into, slot + 1));
    }

    @Override
    double penalty(Sums from, int slot) {
        return 0.5 * from.get(slot) + from.get(slot + 1);
    }
}

package io.github.bitlift.lifting;

import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Reduce;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.prox.ProxMap;
import java.util.List;

/**
 * Lifted Bregman training (framework paper §4.4 and §6.2): minimises
 *
 * <pre>(1/s) Σᵢ [ ½‖K u_J + d − x‖² + Σⱼ μⱼ B_Ψⱼ(uⱼ, Wⱼ uⱼ₋₁ + bⱼ) ]</pre>
 *
 * over θ = (W, b, K, d) and the auxiliary variables uⱼ. No activation is differentiated: the gradient in
 * vⱼ = Wⱼ uⱼ₋₁ + bⱼ is rⱼ = μⱼ(σ(vⱼ) − uⱼ), all layers at once; that in uⱼ is
 * μⱼ(uⱼ − vⱼ) + Wⱼ₊₁ᵀ rⱼ₊₁ (Kᵀ(K u_J + d − x) for the last), Ψⱼ being left to the prox map.
 *
 * <p>Where u and z differ, as in residual networks, the penalties are μⱼ B_Ψⱼ(zⱼ, vⱼ): see {@link Lifting}.
 */
public final class LiftedBregman extends ResidualLifting {

    /**
     * The strategy on a problem.
     *
     * @param variables the problem's variables
     * @param mu μⱼ, one per layer with auxiliary variables, each finite and {@code > 0}
     */
    public LiftedBregman(Variables variables, float... mu) {
        this(variables, null, mu);
    }

    LiftedBregman(Variables variables, Sparsity sparsity, float... mu) {
        super(variables, sparsity, mu);
    }

    @Override
    ProxMap link(int j) {
        return network.sigma().get(j);
    }

    @Override
    ProxMap potential(int j) {
        return network.sigma().get(j);
    }

    @Override
    List<Operation> thresholdGradient(int j) {
        return ThresholdGradient.ofBregmanPenalty(variables, j, mu(j));
    }

    @Override
    int penaltySlots() {
        return 1;
    }

    @Override
    List<Operation> penaltySums(int j, Sums into, int slot) {
        return List.of(new Reduce(
                Reduce.Kind.PENALTY,
                variables.z().block(j),
                variables.auxiliaryGradient().block(j),
                network.sigma().get(j),
                into,
                slot));
    }

    @Override
    double penalty(Sums from, int slot) {
        return from.get(slot);
    }
}

package io.github.bitlift.lifting;

import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Reduce;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.network.Network;
import io.github.bitlift.prox.SoftThreshold;
import java.util.ArrayList;
import java.util.List;

/**
 * The derivative of a soft-threshold layer's penalty {@code (1/s) Σᵢ μ B_{t‖·‖₁}(zᵢ, vᵢ)} in its threshold t (LISTA's γλ):
 *
 * <pre>(μ/s) Σᵢ ‖zᵢ‖₁ − ‖T_t(vᵢ)‖₁</pre>
 *
 * since {@code ∂/∂t t‖z‖₁ = ‖z‖₁} and {@code ∂/∂t Φ*(v) = −‖T_t(v)‖₁}. By the chain rule it is γ times as much in λ. A
 * threshold is a constant of its prox map in recorded programs, so that training leaves it where it is; this tells where it
 * would go. Other prox maps have none: where Ψ is an indicator, the bound moves the feasible set itself.
 */
public final class ThresholdGradient {
    /** Ψ = ‖·‖₁. */
    private static final SoftThreshold UNIT = new SoftThreshold(1f);

    private ThresholdGradient() {}

    /**
     * Sums for one layer, at the present variables, into two slots; the layer's residual block is overwritten.
     *
     * @param j the layer, from 0
     * @throws IllegalArgumentException if its activation is no soft-threshold
     */
    public static List<Operation> operations(Variables variables, int j, Sums into, int slot) {
        Network network = variables.network();
        if (!(network.sigma().get(j) instanceof SoftThreshold)) {
            throw new IllegalArgumentException("layer " + (j + 1) + " has activation "
                    + network.sigma().get(j).stem().replace('_', '-') + ", expected soft-threshold");
        }
        Matrix activated = variables.residual().block(j);
        List<Operation> operations = new ArrayList<>(network.composition().prepare());
        operations.addAll(Gradients.solve(variables));
        operations.add(Product.of(new Product.Row(
                activated,
                network.w().row(j, variables.u()),
                new Epilogue.Activate(network.b().get(j), network.sigma().get(j), null))));
        operations.add(new Reduce(Reduce.Kind.POTENTIAL, variables.z().block(j), null, UNIT, into, slot));
        operations.add(new Reduce(Reduce.Kind.POTENTIAL, activated, null, UNIT, into, slot + 1));
        return operations;
    }

    /** The derivative from the sums. */
    public static double value(Variables variables, float mu, Sums from, int slot) {
        return mu * (from.get(slot) - from.get(slot + 1)) / variables.samples();
    }
}

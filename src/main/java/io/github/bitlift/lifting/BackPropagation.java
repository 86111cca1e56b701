package io.github.bitlift.lifting;

import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.backend.Update;
import io.github.bitlift.network.Network;
import io.github.bitlift.network.UnifiedPass;
import java.util.ArrayList;
import java.util.List;

/**
 * Conventional training: both constraints hold exactly (framework paper, Remark 1), so uⱼ follows from θ and the
 * gradient of {@code (1/s) Σᵢ ½‖N(y) − x‖²} goes back layer by layer through (sub)derivatives of σ.
 */
public final class BackPropagation implements Lifting {
    private final Variables variables;
    private final Network network;

    /** The strategy on a problem. */
    public BackPropagation(Variables variables) {
        this.variables = variables;
        this.network = variables.network();
    }

    @Override
    public List<Operation> parameterGradient() {
        List<Operation> operations = new ArrayList<>(forward());
        operations.addAll(backward());
        operations.addAll(Gradients.parameters(variables));
        return operations;
    }

    private List<Operation> forward() {
        List<Operation> operations = new ArrayList<>(network.composition().prepare());
        for (int j = 0; j < network.layers(); j++) {
            operations.add(Product.of(new Product.Row(
                    variables.z().block(j),
                    network.w().row(j, variables.u()),
                    new Epilogue.Activate(
                            network.b().get(j), network.sigma().get(j), variables.auxiliaryGradient().block(j)))));
            if (!network.isDirect()) {
                operations.add(UnifiedPass.solve(network, j, variables.u(), variables.z()));
            }
        }
        operations.add(Product.of(Gradients.outputResidual(variables)));
        return operations;
    }

    @Override
    public List<Operation> auxiliaryStep(List<Update.Step> steps) {
        return List.of();
    }

    @Override
    public List<Operation> evaluate(Sums into) {
        List<Operation> operations = new ArrayList<>(forward());
        operations.addAll(Gradients.reductions(variables, into));
        return operations;
    }

    @Override
    public Objective objective(Sums from) {
        return Gradients.objective(variables, null, from);
    }

    /**
     * δⱼ = σ'(vⱼ)ᵀ(V*p)ⱼ from last to first, p being the gradient in u: pⱼ = (W*δ + K*δ_out)ⱼ, and what later layers skip
     * back; δ at the output is its residual.
     */
    private List<Operation> backward() {
        List<Operation> operations = new ArrayList<>();
        for (int j = network.layers() - 1; j >= 0; j--) {
            if (!network.isDirect()) {
                operations.add(Gradients.adjointRow(variables, j));
            }
            operations.add(Product.of(new Product.Row(
                    variables.residual().block(j),
                    Gradients.auxiliary(variables, j),
                    new Epilogue.Pullback(
                            network.sigma().get(j), variables.auxiliaryGradient().block(j)))));
        }
        return operations;
    }
}

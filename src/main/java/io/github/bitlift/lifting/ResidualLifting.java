package io.github.bitlift.lifting;

import io.github.bitlift.backend.Elementwise;
import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Update;
import io.github.bitlift.prox.ProxMap;
import java.util.ArrayList;
import java.util.List;

/**
 * Penalties of the form {@code ½‖u‖² + Ψ(u) + A(v) − ⟨u, v⟩} with ∇A = a: the gradient in vⱼ is
 * rⱼ = μⱼ(a(vⱼ) − uⱼ), that in uⱼ is μⱼ(uⱼ − vⱼ), Ψ being left to the prox map. No activation is differentiated.
 */
abstract class ResidualLifting extends PenaltyLifting {

    ResidualLifting(Variables variables, Sparsity sparsity, float... mu) {
        super(variables, sparsity, mu);
    }

    /** a. */
    abstract ProxMap link(int j);

    @Override
    public final List<Operation> parameterGradient() {
        List<Operation> operations = new ArrayList<>(prepare());
        operations.add(residuals(Pull.FOR_THRESHOLDS));
        operations.addAll(parametersFromResiduals());
        return operations;
    }

    @Override
    public final List<Operation> auxiliaryStep(List<Update.Step> steps) {
        List<Operation> operations = new ArrayList<>(prepare());
        operations.add(residuals(Pull.SMOOTH_RIDGE));
        operations.addAll(adjoints(steps));
        return operations;
    }

    @Override
    public final List<Operation> backwardPass(List<Update.Step> steps, List<Matrix> preactivation) {
        requireChain();
        List<Product.Row> forward = new ArrayList<>();
        for (int j = 0; j < network.layers(); j++) {
            forward.add(residual(j, preactivation.get(j), variables.auxiliaryGradient().block(j), false));
        }
        forward.add(Gradients.outputResidual(variables));
        List<Operation> operations = new ArrayList<>(prepare());
        operations.add(new Product(forward));
        for (int j = network.layers() - 1; j >= 0; j--) {
            operations.addAll(adjointStep(j, steps.get(j)));
            operations.add(residualAgain(j, preactivation.get(j)));
        }
        return operations;
    }

    /** rⱼ once more, uⱼ having moved. */
    final Operation residualAgain(int j, Matrix preactivation) {
        return new Elementwise(
                Elementwise.Kind.RESIDUAL,
                link(j),
                mu(j),
                preactivation,
                variables.z().block(j),
                variables.residual().block(j));
    }

    @Override
    final Product evaluationRows() {
        return residuals(Pull.PREACTIVATION);
    }

    /** What the gradient blocks receive besides the residuals. */
    private enum Pull {
        /** Pre-activations of layers that learn their threshold. */
        FOR_THRESHOLDS,
        SMOOTH_RIDGE,
        PREACTIVATION
    }

    /** rⱼ for every layer and the output's residual, in one launch. */
    private Product residuals(Pull pull) {
        List<Product.Row> rows = new ArrayList<>();
        for (int j = 0; j < network.layers(); j++) {
            Matrix gradient = variables.auxiliaryGradient().block(j);
            rows.add(residual(
                    j,
                    pull == Pull.PREACTIVATION || pull == Pull.FOR_THRESHOLDS && ThresholdGradient.isLearned(network, j)
                            ? gradient : null,
                    pull == Pull.SMOOTH_RIDGE ? gradient : null,
                    true));
        }
        rows.add(Gradients.outputResidual(variables));
        return new Product(rows);
    }

    final Product.Row residual(int j, Matrix preactivation, Matrix pull, boolean smoothRidge) {
        return new Product.Row(
                variables.residual().block(j),
                network.w().row(j, variables.u()),
                new Epilogue.Residual(
                        network.b().get(j),
                        link(j),
                        variables.z().block(j),
                        mu(j),
                        preactivation,
                        pull,
                        smoothRidge));
    }
}

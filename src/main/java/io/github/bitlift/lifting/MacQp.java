package io.github.bitlift.lifting;

import io.github.bitlift.backend.Elementwise;
import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Reduce;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.backend.Update;
import io.github.bitlift.prox.ProxMap;
import java.util.ArrayList;
import java.util.List;

/**
 * The method of auxiliary coordinates with quadratic penalties (framework paper, eq. 17): minimises
 *
 * <pre>(1/s) Σᵢ [ ½‖K u_J + d − x‖² + Σⱼ ½μⱼ‖uⱼ − σ(Wⱼ uⱼ₋₁ + bⱼ)‖² ]</pre>
 *
 * over θ and uⱼ, which is free: nothing is left to a prox map. The gradient in vⱼ is rⱼ = μⱼ σ'(vⱼ)ᵀ(σ(vⱼ) − uⱼ), with
 * the activation's (sub)derivative; that in uⱼ is μⱼ(uⱼ − σ(vⱼ)) + Wⱼ₊₁ᵀ rⱼ₊₁.
 *
 * <p>It runs on the operations that the other strategies use, at the cost of two element-wise passes per layer and step
 * (six arrays of s·Nⱼ numbers read or written) beside their products.
 */
public final class MacQp extends PenaltyLifting {

    /**
     * The strategy on a problem.
     *
     * @param variables the problem's variables
     * @param mu μⱼ, one per layer with auxiliary variables, each finite and {@code > 0}
     */
    public MacQp(Variables variables, float... mu) {
        this(variables, null, mu);
    }

    MacQp(Variables variables, Sparsity sparsity, float... mu) {
        super(variables, sparsity, mu);
    }

    @Override
    public List<Operation> parameterGradient() {
        List<Operation> operations = new ArrayList<>(prepare());
        operations.add(mismatches());
        for (int j = 0; j < network.layers(); j++) {
            operations.add(pullback(j, variables.auxiliaryGradient().block(j)));
        }
        operations.addAll(parametersFromResiduals());
        return operations;
    }

    @Override
    public List<Operation> auxiliaryStep(List<Update.Step> steps) {
        List<Operation> operations = new ArrayList<>(prepare());
        operations.add(mismatches());
        for (int j = 0; j < network.layers(); j++) {
            Matrix gradient = variables.auxiliaryGradient().block(j);
            operations.add(pullback(j, gradient));
            operations.add(mismatch(j, -mu(j), gradient, gradient));
        }
        operations.addAll(adjoints(steps));
        return operations;
    }

    @Override
    public List<Operation> backwardPass(List<Update.Step> steps, List<Matrix> preactivation) {
        requireChain();
        List<Product.Row> forward = new ArrayList<>();
        for (int j = 0; j < network.layers(); j++) {
            forward.add(row(j, -mu(j), variables.auxiliaryGradient().block(j), preactivation.get(j)));
        }
        forward.add(Gradients.outputResidual(variables));
        List<Operation> operations = new ArrayList<>(prepare());
        operations.add(new Product(forward));
        for (int j = network.layers() - 1; j >= 0; j--) {
            Matrix v = preactivation.get(j);
            operations.addAll(adjointStep(j, steps.get(j)));
            operations.add(mismatch(j, mu(j), v, variables.residual().block(j)));
            operations.add(pullback(j, v));
        }
        return operations;
    }

    /** μ(σ(v) − u) into the residual blocks, v into the gradient blocks. */
    private Product mismatches() {
        List<Product.Row> rows = new ArrayList<>();
        for (int j = 0; j < network.layers(); j++) {
            rows.add(row(j, mu(j), variables.residual().block(j), variables.auxiliaryGradient().block(j)));
        }
        rows.add(Gradients.outputResidual(variables));
        return new Product(rows);
    }

    private Product.Row row(int j, float weight, Matrix out, Matrix preactivation) {
        return new Product.Row(
                out,
                network.w().row(j, variables.u()),
                new Epilogue.Residual(
                        network.b().get(j),
                        network.sigma().get(j),
                        variables.z().block(j),
                        weight,
                        preactivation,
                        null,
                        false));
    }

    /** {@code weight·(σ(v) − u)} once more, from v kept; with −μ it is the penalty's gradient in u. */
    private Operation mismatch(int j, float weight, Matrix v, Matrix out) {
        return new Elementwise(
                Elementwise.Kind.RESIDUAL, network.sigma().get(j), weight, v, variables.z().block(j), out);
    }

    /** r ← σ'(v)ᵀ r. */
    private Operation pullback(int j, Matrix v) {
        Matrix residual = variables.residual().block(j);
        return new Elementwise(Elementwise.Kind.PULLBACK, network.sigma().get(j), 0f, v, residual, residual);
    }

    @Override
    ProxMap potential(int j) {
        return null;
    }

    @Override
    List<Operation> thresholdGradient(int j) {
        return ThresholdGradient.byChainRule(variables, j);
    }

    @Override
    int penaltySlots() {
        return 1;
    }

    /** σ(v) into the residual blocks. */
    @Override
    Product evaluationRows() {
        List<Product.Row> rows = new ArrayList<>();
        for (int j = 0; j < network.layers(); j++) {
            rows.add(new Product.Row(
                    variables.residual().block(j),
                    network.w().row(j, variables.u()),
                    new Epilogue.Activate(network.b().get(j), network.sigma().get(j), null)));
        }
        rows.add(Gradients.outputResidual(variables));
        return new Product(rows);
    }

    @Override
    List<Operation> penaltySums(int j, Sums into, int slot) {
        Matrix u = variables.z().block(j);
        return List.of(
                new Reduce(Reduce.Kind.SQUARED_DISTANCE, u, variables.residual().block(j), null, into, slot));
    }

    @Override
    double penalty(Sums from, int slot) {
        return 0.5 * from.get(slot);
    }
}

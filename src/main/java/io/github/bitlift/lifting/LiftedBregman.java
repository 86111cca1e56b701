package io.github.bitlift.lifting;

import io.github.bitlift.backend.Elementwise;
import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Reduce;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.backend.Update;
import io.github.bitlift.network.Network;
import io.github.bitlift.prox.ProxMap;
import java.util.ArrayList;
import java.util.List;

/**
 * Lifted Bregman training (framework paper §4.4 and §6.2): minimises
 *
 * <pre>(1/s) Σᵢ [ ½‖K u_J + d − x‖² + Σⱼ μⱼ B_Ψⱼ(uⱼ, Wⱼ uⱼ₋₁ + bⱼ) ]</pre>
 *
 * over θ = (W, b, K, d) and the auxiliary variables uⱼ. No activation is differentiated: the gradient in
 * vⱼ = Wⱼ uⱼ₋₁ + bⱼ is rⱼ = μⱼ(σ(vⱼ) − uⱼ), all layers at once; that in uⱼ is
 * μⱼ(uⱼ − vⱼ) + Wⱼ₊₁ᵀ rⱼ₊₁ (Kᵀ(K u_J + d − x) for the last), Ψⱼ being left to the prox map.
 */
public final class LiftedBregman implements Lifting {
    private final Variables variables;
    private final Network network;
    private final float[] mu;

    /**
     * The strategy on a problem.
     *
     * @param variables the problem's variables
     * @param mu μⱼ, one per layer with auxiliary variables, each finite and {@code > 0}
     */
    public LiftedBregman(Variables variables, float... mu) {
        this.variables = variables;
        this.network = variables.network();
        this.mu = mu.clone();
        if (mu.length != network.layers()) {
            throw new IllegalArgumentException(mu.length + " values of mu, expected " + network.layers());
        }
        for (float value : mu) {
            if (!(value > 0) || value == Float.POSITIVE_INFINITY) {
                throw new IllegalArgumentException("mu " + value + ", expected a finite number > 0");
            }
        }
    }

    @Override
    public List<Operation> parameterGradient() {
        List<Operation> operations = new ArrayList<>();
        operations.add(residuals(Pull.NONE));
        operations.addAll(Gradients.parameters(variables));
        return operations;
    }

    @Override
    public List<Operation> auxiliaryStep(List<Update.Step> steps) {
        return List.of(residuals(Pull.SMOOTH_RIDGE), adjoints(steps));
    }

    /**
     * One pass over the layers from last to first, each uⱼ stepping with its successor already moved (JMLR paper,
     * Algorithm 1); ½‖uⱼ‖² belongs to the proximal part, so the steps must say {@code ridge}.
     *
     * @param steps one per layer, with {@link Variables#gradient} as gradients
     * @param preactivation where vⱼ is kept, block j − 1 as wide as uⱼ
     */
    public List<Operation> backwardPass(List<Update.Step> steps, List<Matrix> preactivation) {
        List<Product.Row> forward = new ArrayList<>();
        for (int j = 0; j < network.layers(); j++) {
            forward.add(residual(j, preactivation.get(j), variables.gradient().block(j), false));
        }
        forward.add(Gradients.outputResidual(variables));
        List<Operation> operations = new ArrayList<>();
        operations.add(new Product(forward));
        for (int j = network.layers() - 1; j >= 0; j--) {
            operations.add(Product.of(adjoint(j, steps.get(j))));
            operations.add(new Elementwise(
                    Elementwise.Kind.RESIDUAL,
                    network.sigma().get(j),
                    mu[j],
                    preactivation.get(j),
                    variables.u().block(j + 1),
                    variables.residual().block(j)));
        }
        return operations;
    }

    @Override
    public List<Operation> evaluate(Sums into) {
        List<Operation> operations = new ArrayList<>();
        operations.add(residuals(Pull.PREACTIVATION));
        operations.addAll(Gradients.reductions(variables, into));
        for (int j = 0; j < network.layers(); j++) {
            ProxMap sigma = network.sigma().get(j);
            Matrix u = variables.u().block(j + 1);
            Matrix v = variables.gradient().block(j);
            operations.add(new Reduce(Reduce.Kind.PENALTY, u, v, sigma, into, 1 + j));
        }
        return operations;
    }

    @Override
    public Objective objective(Sums from) {
        return Gradients.objective(variables, mu, from);
    }

    /** What the gradient blocks receive besides the residuals. */
    private enum Pull {
        NONE,
        SMOOTH_RIDGE,
        PREACTIVATION
    }

    /** rⱼ for every layer and the output's residual, in one launch. */
    private Product residuals(Pull pull) {
        List<Product.Row> rows = new ArrayList<>();
        for (int j = 0; j < network.layers(); j++) {
            Matrix gradient = variables.gradient().block(j);
            rows.add(residual(
                    j,
                    pull == Pull.PREACTIVATION ? gradient : null,
                    pull == Pull.SMOOTH_RIDGE ? gradient : null,
                    true));
        }
        rows.add(Gradients.outputResidual(variables));
        return new Product(rows);
    }

    private Product.Row residual(int j, Matrix preactivation, Matrix pull, boolean smoothRidge) {
        return new Product.Row(
                variables.residual().block(j),
                network.w().row(j, variables.u()),
                new Epilogue.Residual(
                        network.b().get(j),
                        network.sigma().get(j),
                        variables.u().block(j + 1),
                        mu[j],
                        preactivation,
                        pull,
                        smoothRidge));
    }

    /** gⱼ += (the adjoint of what reads uⱼ)·r for every layer that moves, in one launch, each followed by its step. */
    private Product adjoints(List<Update.Step> steps) {
        List<Product.Row> rows = new ArrayList<>();
        for (int j = 0; j < network.layers(); j++) {
            if (steps.isEmpty() || steps.get(j) != null) {
                rows.add(adjoint(j, steps.isEmpty() ? null : steps.get(j)));
            }
        }
        return new Product(rows);
    }

    private Product.Row adjoint(int j, Update.Step step) {
        Matrix gradient = variables.gradient().block(j);
        return new Product.Row(
                gradient, Gradients.adjoint(variables, j), new Epilogue.Add(gradient), step);
    }
}

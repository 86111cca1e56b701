package io.github.bitlift.lifting;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Elementwise;
import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.backend.Update;
import io.github.bitlift.network.ForwardPass;
import io.github.bitlift.network.Network;
import io.github.bitlift.prox.Box;
import io.github.bitlift.prox.ProxMap;
import java.util.ArrayList;
import java.util.List;

/**
 * Conventional training: both constraints hold exactly (framework paper, Remark 1), so uⱼ follows from θ and the
 * gradient of {@code (1/s) Σᵢ ½‖N(y) − x‖²} goes back layer by layer through (sub)derivatives of σ.
 */
public final class BackPropagation implements Lifting {
    /** Takes every code that isn't tiny beyond α, so that clipping leaves α·sign. */
    private static final float BEYOND = 0x1p100f;

    private final Variables variables;
    private final Network network;
    private final Sparsity sparsity;
    private final Matrix signs;

    /** The strategy on a problem. */
    public BackPropagation(Variables variables) {
        this(null, variables, null);
    }

    /**
     * The strategy with α‖uⱼ‖₁ added to the objective, whose subgradient α·sign(uⱼ) joins δ on its way back (JMLR paper,
     * §6.3: what sparse codes are compared with).
     */
    BackPropagation(Backend backend, Variables variables, Sparsity sparsity) {
        this.variables = variables;
        this.network = variables.network();
        this.sparsity = sparsity;
        Matrix code = sparsity == null ? null : variables.z().block(sparsity.layer());
        this.signs = code == null
                ? null
                : Matrix.of(backend.allocate(code.size()), code.rows(), code.columns());
    }

    @Override
    public List<Matrix> auxiliaries() {
        return List.of();
    }

    @Override
    public List<Operation> parameterGradient() {
        List<Operation> operations = new ArrayList<>(forward());
        operations.addAll(backward());
        for (int j = 0; j < network.layers(); j++) {
            if (ThresholdGradient.isLearned(network, j)) {
                operations.addAll(ThresholdGradient.byChainRule(variables, j));
            }
        }
        operations.addAll(Gradients.parameters(variables));
        return operations;
    }

    @Override
    public List<Operation> forward() {
        List<Operation> operations = new ArrayList<>(ForwardPass.hidden(
                network, variables.u(), variables.z(), variables.auxiliaryGradient(), variables.samples()));
        operations.add(Product.of(Gradients.outputResidual(variables)));
        return operations;
    }

    @Override
    public Update.Proximal proximal(int j, boolean ridge) {
        return null;
    }

    @Override
    public List<Operation> auxiliaryStep(List<Update.Step> steps) {
        return List.of();
    }

    @Override
    public List<Operation> backwardPass(List<Update.Step> steps, List<Matrix> preactivation) {
        return List.of();
    }

    @Override
    public int slots() {
        return 1 + network.layers() + (sparsity == null ? 0 : 1);
    }

    @Override
    public List<Operation> evaluate(Sums into) {
        List<Operation> operations = new ArrayList<>(forward());
        operations.addAll(Gradients.reductions(variables, into, 0));
        if (sparsity != null) {
            Matrix code = variables.z().block(sparsity.layer());
            operations.add(sparsity.norm(code, into, slots() - 1));
        }
        return operations;
    }

    @Override
    public Objective objective(Sums from) {
        double[] penalties = new double[network.layers()];
        if (sparsity != null) {
            penalties[sparsity.layer()] = from.get(slots() - 1) / variables.samples();
        }
        return Gradients.objective(variables, penalties, from, 0);
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
            List<Product.Term> terms = new ArrayList<>(Gradients.auxiliary(variables, j));
            if (sparsity != null && sparsity.layer() == j) {
                operations.addAll(subgradient(variables.z().block(j)));
                terms.add(new Product.Scaled(1f, signs));
            }
            operations.add(Product.of(new Product.Row(
                    variables.residual().block(j),
                    terms,
                    new Epilogue.Pullback(
                            network.sigma().get(j), variables.auxiliaryGradient().block(j)))));
        }
        return operations;
    }

    /** α·sign(u), 0 at 0. */
    private List<Operation> subgradient(Matrix u) {
        ProxMap clip = Box.symmetric(sparsity.alpha());
        return List.of(
                Product.of(new Product.Row(
                        signs, List.of(new Product.Scaled(BEYOND, u)), new Epilogue.Scale(1f))),
                new Elementwise(Elementwise.Kind.ACTIVATE, clip, 0f, signs, null, signs));
    }

    @Override
    public void close() {
        if (signs != null) {
            signs.buffer().close();
        }
    }
}

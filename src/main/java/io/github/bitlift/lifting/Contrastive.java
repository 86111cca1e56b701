package io.github.bitlift.lifting;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Copy;
import io.github.bitlift.backend.Elementwise;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.backend.Update;
import io.github.bitlift.network.Network;
import java.util.ArrayList;
import java.util.List;

/**
 * Contrastive lifted training (framework paper §4.3; Zach and Estellers, 2019): minimises over θ the mean over samples of
 *
 * <pre>
 * min_û [ ½‖K û_J + d − x‖² + E(û) ] − min_ǔ E(ǔ),   E(u) = Σⱼ μⱼ(½‖uⱼ − (Wⱼ uⱼ₋₁ + bⱼ)‖² + Ψⱼ(uⱼ))
 * </pre>
 *
 * The paper's last layer is linear: here it is the output, so that its free energy vanishes and the clamped one's last
 * term is the data term. Both minimisers are sought by the same number of passes of proximal gradient, layer by layer
 * from last to first; the free ones start where the clamped ones ended and, with steps of at most 1 / L, never
 * ascend, so that the difference is {@code >= 0} however few the passes are. The gradient in θ is the difference of the two gradients at û and ǔ.
 */
public final class Contrastive implements Lifting {
    /** Architectures that are chains. */
    private static final String CHAINS = "perceptron, mlp, lista, dual-forward-backward or an autoencoder";

    private final Variables variables;
    private final Network network;
    private final Variables freeVariables;
    private final ClassicalLifted clamped;
    private final ClassicalLifted free;
    private final Matrix one;
    private final int passes;

    /**
     * The strategy on a problem.
     *
     * @param backend where the variables live
     * @param variables the problem's variables, which hold the clamped minimisers
     * @param passes passes for each of the two energies before every step on θ, at least 1
     * @param mu μⱼ, one per layer with auxiliary variables, each finite and {@code > 0}
     */
    public Contrastive(Backend backend, Variables variables, int passes, float... mu) {
        this.variables = variables;
        this.network = variables.network();
        if (!network.isChain()) {
            throw new IllegalArgumentException("contrastive: its energies are minimised layer by layer from last to first; expected"
                    + " an architecture whose layers read the input and the layer before alone (" + CHAINS + ")");
        }
        this.clamped = new ClassicalLifted(variables, mu);
        this.freeVariables = new Variables(backend, variables);
        this.free = new ClassicalLifted(freeVariables, mu);
        this.passes = passes;
        this.one = Matrix.of(backend.allocate(3), 1, 3);
        one.write(new float[] {1, 0, 0});
    }

    /** û₁ … û_J, ǔ₁ … ǔ_J. */
    @Override
    public List<Matrix> auxiliaries() {
        List<Matrix> both = new ArrayList<>(clamped.auxiliaries());
        both.addAll(free.auxiliaries());
        return both;
    }

    @Override
    public List<Operation> forward() {
        List<Operation> operations = new ArrayList<>(clamped.forward());
        operations.addAll(freeFromClamped());
        return operations;
    }

    private List<Operation> freeFromClamped() {
        List<Operation> operations = new ArrayList<>();
        for (int j = 1; j <= network.layers(); j++) {
            operations.add(new Copy(variables.u().block(j), freeVariables.u().block(j)));
        }
        return operations;
    }

    @Override
    public List<Operation> parameterGradient() {
        List<Operation> operations = new ArrayList<>(clamped.parameterGradient());
        List<Product.Row> residuals = new ArrayList<>();
        for (int j = 0; j < network.layers(); j++) {
            residuals.add(free.residual(j, null, null, true));
        }
        operations.add(new Product(residuals));
        operations.addAll(free.thresholdGradients());
        operations.addAll(Gradients.parameters(freeVariables, false));
        // What only the output depends on stays as it is, its free gradient being 0.
        operations.add(new Update(List.of(new Update.Step(
                new Update.Gradient(), variables.parameterGradient().all(), freeVariables.parameterGradient().all(),
                null, null, one, null, null))));
        return operations;
    }

    @Override
    public Update.Proximal proximal(int j, boolean ridge) {
        return clamped.proximal(j, ridge);
    }

    /** Not for this strategy: its variables are minimisers, found by {@link #backwardPass}. */
    @Override
    public List<Operation> auxiliaryStep(List<Update.Step> steps) {
        throw new IllegalArgumentException("contrastive: its energies are minimised anew before every step of theta;"
                + " expected the implicit stochastic gradient method");
    }

    /** All passes for the clamped energy, then all for the free one. */
    @Override
    public List<Operation> backwardPass(List<Update.Step> steps, List<Matrix> preactivation) {
        List<Operation> operations = new ArrayList<>();
        for (int n = 0; n < passes; n++) {
            operations.addAll(clamped.backwardPass(steps, preactivation));
        }
        operations.addAll(freeFromClamped());
        for (int n = 0; n < passes; n++) {
            operations.addAll(freePass(steps, preactivation));
        }
        return operations;
    }

    /** Nothing pulls at ǔ_J from above, so that its minimiser is the activation itself. */
    private List<Operation> freePass(List<Update.Step> steps, List<Matrix> preactivation) {
        int last = network.layers() - 1;
        List<Product.Row> forward = new ArrayList<>();
        for (int j = 0; j <= last; j++) {
            Matrix gradient = j == last ? null : freeVariables.gradient().block(j);
            forward.add(free.residual(j, preactivation.get(j), gradient, false));
        }
        List<Operation> operations = new ArrayList<>(List.of(new Product(forward)));
        operations.add(new Elementwise(
                Elementwise.Kind.ACTIVATE, network.sigma().get(last), 0f, preactivation.get(last), null,
                freeVariables.u().block(last + 1)));
        operations.add(free.residualAgain(last, preactivation.get(last)));
        for (int j = last - 1; j >= 0; j--) {
            operations.addAll(free.adjointStep(j, onFree(j, steps.get(j))));
            operations.add(free.residualAgain(j, preactivation.get(j)));
        }
        return operations;
    }

    /** The clamped variables' step, with its step size, on ǔⱼ. */
    private Update.Step onFree(int j, Update.Step step) {
        if (!(step.rule() instanceof Update.Gradient)) {
            throw new IllegalArgumentException("contrastive: auxiliary variables take plain steps, not " + step.rule());
        }
        return new Update.Step(
                step.rule(), freeVariables.u().block(j + 1), null, null, null,
                step.coefficients(), null, step.proximal());
    }

    @Override
    public int slots() {
        return clamped.slots() + free.slots();
    }

    @Override
    public List<Operation> evaluate(Sums into) {
        List<Operation> operations = new ArrayList<>(clamped.evaluate(into));
        operations.addAll(free.evaluate(into, clamped.slots()));
        return operations;
    }

    @Override
    public Objective objective(Sums from) {
        Objective above = clamped.objective(from);
        double[] below = free.objective(from, clamped.slots()).layers();
        double[] layers = above.layers().clone();
        double total = above.data();
        for (int j = 0; j < layers.length; j++) {
            layers[j] -= below[j];
            total += layers[j];
        }
        return new Objective(total, above.data(), layers, above.nonzero());
    }

    @Override
    public void close() {
        one.buffer().close();
        freeVariables.close();
    }
}

package io.github.bitlift.lifting;

import io.github.bitlift.backend.Elementwise;
import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.backend.Update;
import io.github.bitlift.network.ForwardPass;
import io.github.bitlift.network.Network;
import io.github.bitlift.prox.ProxMap;
import java.util.ArrayList;
import java.util.List;

/**
 * What the strategies with a penalty μⱼ Dⱼ(uⱼ, vⱼ) per layer share: the steps on auxiliary variables once gradients in vⱼ are
 * there, sparsity on one of them, and the sum of it all.
 *
 * <p>Slots: the data term; J numbers of entries that aren't zero; {@link #penaltySlots} per layer; ‖u‖₁ of the sparse layer.
 */
abstract class PenaltyLifting implements Lifting {
    final Variables variables;
    final Network network;
    private final Sparsity sparsity;
    private final float[] mu;

    PenaltyLifting(Variables variables, Sparsity sparsity, float... mu) {
        this.variables = variables;
        this.network = variables.network();
        this.sparsity = sparsity;
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

    /** Ψ of the penalty in uⱼ, or null if the penalty is smooth. */
    abstract ProxMap potential(int j);

    /** The sums that one penalty needs. */
    abstract int penaltySlots();

    /** What {@link #penaltySums} reads, from the present variables, in one launch with the output's residual. */
    abstract Product evaluationRows();

    /** Fills a penalty's sums, from {@code slot} on. */
    abstract List<Operation> penaltySums(int j, Sums into, int slot);

    /** Dⱼ summed over samples, from its sums. */
    abstract double penalty(Sums from, int slot);

    final float mu(int j) {
        return mu[j];
    }

    @Override
    public List<Matrix> auxiliaries() {
        return variables.z().blocks();
    }

    @Override
    public List<Operation> forward() {
        return ForwardPass.hidden(network, variables.u(), variables.z(), variables.samples());
    }

    /** What comes before any product: composed matrices from θ, and u from z where they differ. */
    final List<Operation> prepare() {
        List<Operation> operations = new ArrayList<>(network.composition().prepare());
        operations.addAll(Gradients.solve(variables));
        return operations;
    }

    /** Dⱼ's derivative in a learned threshold, rⱼ being there and vⱼ where {@link ThresholdGradient} looks for it. */
    abstract List<Operation> thresholdGradient(int j);

    /** The same for all layers that learn theirs. */
    final List<Operation> thresholdGradients() {
        List<Operation> operations = new ArrayList<>();
        for (int j = 0; j < network.layers(); j++) {
            if (ThresholdGradient.isLearned(network, j)) {
                operations.addAll(thresholdGradient(j));
            }
        }
        return operations;
    }

    /** The gradient in θ, rⱼ being there. */
    final List<Operation> parametersFromResiduals() {
        List<Operation> operations = new ArrayList<>(thresholdGradients());
        operations.addAll(Gradients.adjointSystem(variables));
        operations.addAll(Gradients.parameters(variables));
        return operations;
    }

    /** Refuses a pass from the last layer to the first where layers read more than the one before them. */
    final void requireChain() {
        if (!network.isChain()) {
            throw new IllegalArgumentException("a pass from the last layer to the first takes architectures whose layers read"
                    + " the input and the layer before alone, with M = (0 I) and V = I");
        }
    }

    @Override
    public Update.Proximal proximal(int j, boolean ridge) {
        ProxMap psi = potential(j);
        if (sparsity != null && sparsity.layer() == j) {
            ProxMap sparse = psi == null ? sparsity.alone(mu[j]) : sparsity.potential(psi, mu[j]);
            return new Update.Proximal(sparse, mu[j], ridge && psi != null);
        }
        return psi == null ? null : new Update.Proximal(psi, mu[j], ridge);
    }

    /** gⱼ += (the adjoint of what reads zⱼ)·r for every layer that moves, in one launch; or instead of keeping the sum, steps. */
    final List<Operation> adjoints(List<Update.Step> steps) {
        List<Product.Row> rows = new ArrayList<>();
        for (int j = 0; j < network.layers(); j++) {
            if (steps.isEmpty() || steps.get(j) != null) {
                rows.add(adjoint(j, steps.isEmpty() ? null : steps.get(j)));
            }
        }
        List<Operation> operations = new ArrayList<>(Gradients.adjointSystem(variables));
        operations.add(new Product(rows));
        for (int j = 0; j < steps.size(); j++) {
            operations.addAll(steps.get(j) == null ? List.of() : project(j, variables.z().block(j)));
        }
        return operations;
    }

    /** The same for one layer. */
    final List<Operation> adjointStep(int j, Update.Step step) {
        List<Operation> operations = new ArrayList<>(List.of(Product.of(adjoint(j, step))));
        operations.addAll(project(j, variables.z().block(j)));
        return operations;
    }

    private Product.Row adjoint(int j, Update.Step step) {
        Matrix gradient = variables.auxiliaryGradient().block(j);
        return new Product.Row(
                step == null ? gradient : null, Gradients.auxiliary(variables, j), new Epilogue.Add(gradient), step);
    }

    @Override
    public final List<Operation> project(int j, Matrix u) {
        ProxMap psi = potential(j);
        ProxMap projection = sparsity == null || sparsity.layer() != j || psi == null ? null : sparsity.projection(psi);
        return projection == null
                ? List.of()
                : List.of(new Elementwise(Elementwise.Kind.SCALED_PROX, projection, 0f, u, null, u));
    }

    @Override
    public final int slots() {
        return penaltySlot(network.layers()) + (sparsity == null ? 0 : 1);
    }

    private int penaltySlot(int j) {
        return 1 + network.layers() + penaltySlots() * j;
    }

    @Override
    public final List<Operation> evaluate(Sums into) {
        return evaluate(into, 0);
    }

    /** {@link #evaluate(Sums)} from a later slot on. */
    final List<Operation> evaluate(Sums into, int first) {
        List<Operation> operations = new ArrayList<>(prepare());
        operations.add(evaluationRows());
        operations.addAll(Gradients.reductions(variables, into, first));
        for (int j = 0; j < network.layers(); j++) {
            operations.addAll(penaltySums(j, into, first + penaltySlot(j)));
        }
        if (sparsity != null) {
            Matrix code = variables.z().block(sparsity.layer());
            operations.add(sparsity.norm(code, into, first + slots() - 1));
        }
        return operations;
    }

    @Override
    public final Objective objective(Sums from) {
        return objective(from, 0);
    }

    /** {@link #objective(Sums)} from a later slot on. */
    final Objective objective(Sums from, int first) {
        double[] penalties = new double[network.layers()];
        for (int j = 0; j < penalties.length; j++) {
            penalties[j] = weighted(j, from, first);
        }
        return Gradients.objective(variables, penalties, from, first);
    }

    /** μⱼ Dⱼ per sample, and α‖uⱼ‖₁ where codes are sparse. */
    private double weighted(int j, Sums from, int first) {
        double penalty = mu[j] * penalty(from, first + penaltySlot(j)) / variables.samples();
        boolean sparse = sparsity != null && sparsity.layer() == j;
        return sparse ? penalty + from.get(first + slots() - 1) / variables.samples() : penalty;
    }

    @Override
    public final double total(Sums from) {
        double total = Gradients.data(variables, from, 0);
        for (int j = 0; j < network.layers(); j++) {
            total += weighted(j, from, 0);
        }
        return total;
    }
}

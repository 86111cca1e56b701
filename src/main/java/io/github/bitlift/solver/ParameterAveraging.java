package io.github.bitlift.solver;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Buffer;
import io.github.bitlift.backend.Copy;
import io.github.bitlift.backend.Elementwise;
import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.Update;
import io.github.bitlift.lifting.Objective;
import io.github.bitlift.network.Network;
import io.github.bitlift.network.Parameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Parameter averaging (JMLR paper, §4.2.2 and eq. 23). One step is one epoch: the problem of every batch p = 1 … m,
 *
 * <pre>θ_p = argmin (1/|B_p|) Σ_{i∈B_p} E_i(θ) + 1/(2τ)‖θ − θᵏ‖²,</pre>
 *
 * is solved as {@link ImplicitStochasticGradient} solves it, but each from the same θᵏ and the same estimates of norms, so
 * that no batch depends on another; then {@code θᵏ⁺¹ = θᵏ + (1/m) Σ_p (θ_p − θᵏ)}, the differences added in the order of the
 * batches, one rounding each. Every epoch shuffles the pairs anew.
 */
public final class ParameterAveraging implements Trainer {
    private final ImplicitStochasticGradient batchProblem;
    private final int batches;
    private final Buffer memory;
    private final Buffer norms;
    private final Program keep;
    private final Program again;
    private final Program firstDifference;
    private final Program nextDifference;
    private final Program average;
    private long steps;

    /**
     * Allocates; θ is left as it is.
     *
     * @param options of the batch problems; their optimiser keeps no moments, as no batch may build on another
     */
    public ParameterAveraging(
            Backend backend,
            Network network,
            Parameters theta,
            Batches batches,
            ImplicitStochasticGradient.Options options) {
        if (options.parameters().kind() != Optimizer.Kind.PROXIMAL_GRADIENT) {
            throw new IllegalArgumentException("parameter averaging takes plain proximal-gradient steps");
        }
        if (options.regulariser().kind() != ParameterRegulariser.Kind.NONE) {
            throw new IllegalArgumentException("parameter averaging of regularised parameters isn't defined");
        }
        this.batchProblem = new ImplicitStochasticGradient(backend, network, theta, batches, options);
        this.batches = batches.perEpoch();
        this.memory = backend.allocate(2L * theta.count());
        Matrix anchor = new Matrix(memory, 0, 1, theta.count());
        Matrix sum = new Matrix(memory, theta.count(), 1, theta.count());
        List<Matrix> vectors = batchProblem.state().entrySet().stream()
                .filter(entry -> entry.getKey().startsWith("norm.")).map(Map.Entry::getValue).toList();
        this.norms = backend.allocate(vectors.stream().mapToLong(Matrix::size).sum());
        List<Operation> keeping = new ArrayList<>(List.of(new Copy(theta.all(), anchor)));
        List<Operation> returning = new ArrayList<>(List.of(new Copy(anchor, theta.all())));
        long at = 0;
        for (Matrix vector : vectors) {
            Matrix kept = new Matrix(norms, at, vector.rows(), vector.columns());
            keeping.add(new Copy(vector, kept));
            returning.add(new Copy(kept, vector));
            at += vector.size();
        }
        this.keep = backend.compile(keeping);
        this.again = backend.compile(returning);
        List<Product.Term> difference = List.of(term(1f, theta.all()), term(-1f, anchor));
        this.firstDifference = compile(backend, new Product.Row(sum, difference, new Epilogue.Scale(1f)));
        this.nextDifference = compile(backend, new Product.Row(sum, difference, new Epilogue.Add(sum)));
        List<Operation> averaging = new ArrayList<>(List.of(Product.of(new Product.Row(
                theta.all(), List.of(term(1f, anchor), term(1f / this.batches, sum)), new Epilogue.Scale(1f)))));
        averaging.addAll(withinBounds(theta));
        this.average = backend.compile(averaging);
    }

    /** A mean of numbers within bounds may leave them by a rounding. */
    private static List<Operation> withinBounds(Parameters theta) {
        List<Operation> operations = new ArrayList<>();
        for (int l = 0; l < theta.perLayer().size(); l++) {
            Update.Proximal bound = theta.projections().get(l);
            if (bound != null) {
                Matrix part = theta.perLayer().get(l);
                operations.add(new Elementwise(Elementwise.Kind.ACTIVATE, bound.map(), 0f, part, null, part));
            }
        }
        return operations;
    }

    private static Product.Term term(float factor, Matrix matrix) {
        return new Product.Scaled(factor, matrix);
    }

    private static Program compile(Backend backend, Product.Row row) {
        return backend.compile(List.of(Product.of(row)));
    }

    @Override
    public void step() {
        keep.run();
        for (int p = 0; p < batches; p++) {
            if (p > 0) {
                again.run();
            }
            batchProblem.step(steps == 0);
            (p == 0 ? firstDifference : nextDifference).run();
        }
        average.run();
        steps++;
    }

    @Override
    public long steps() {
        return steps;
    }

    @Override
    public Objective objective() {
        return batchProblem.objective();
    }

    @Override
    public Residuals residuals() {
        return batchProblem.residuals();
    }

    @Override
    public Map<String, Matrix> state() {
        return batchProblem.state();
    }

    @Override
    public void restored(long completed) {
        steps = completed;
        batchProblem.restored(completed * batches);
    }

    @Override
    public void close() {
        List.of(keep, again, firstDifference, nextDifference, average).forEach(Program::close);
        batchProblem.close();
        memory.close();
        norms.close();
    }
}

package io.github.bitlift.solver;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.Update;
import io.github.bitlift.lifting.Lifting;
import io.github.bitlift.lifting.Objective;
import io.github.bitlift.lifting.Sparsity;
import io.github.bitlift.lifting.Strategy;
import io.github.bitlift.lifting.Variables;
import io.github.bitlift.network.Network;
import io.github.bitlift.network.Parameters;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The baseline: back-propagation with the same optimisers, from the same θ, on the same batches (framework paper §7.2). */
public final class ConventionalTraining implements Trainer {
    private final Batches batches;
    private final Variables variables;
    private final Lifting lifting;
    private final MirrorParameters theta;
    private final BlockOptimizer parameters;
    private final Program program;
    private final Evaluation evaluation;
    private long steps;

    /**
     * Allocates; θ is left as it is.
     *
     * @param optimizer with a fixed step size
     */
    public ConventionalTraining(
            Backend backend, Network network, Parameters theta, Batches batches, Optimizer optimizer) {
        this(backend, network, theta, batches, optimizer, null, ParameterRegulariser.NONE);
    }

    /**
     * Allocates; θ is left as it is, or becomes prox_R(θ) where it is regularised.
     *
     * @param optimizer with a fixed step size
     * @param sparsity of the codes on one layer, or null
     * @param regulariser R of linearised Bregman iterations on θ
     */
    public ConventionalTraining(
            Backend backend,
            Network network,
            Parameters theta,
            Batches batches,
            Optimizer optimizer,
            Sparsity sparsity,
            ParameterRegulariser regulariser) {
        if (optimizer.stepSize() != Optimizer.StepSize.FIXED) {
            throw new IllegalArgumentException("back-propagation takes a fixed learning rate");
        }
        this.batches = batches;
        this.variables = new Variables(backend, network, batches.size());
        this.lifting = new Strategy(Strategy.Kind.BACKPROP, sparsity, 1).on(backend, variables);
        this.theta = new MirrorParameters(backend, theta, regulariser);
        this.parameters = new BlockOptimizer(backend, optimizer, this.theta.perLayer());
        List<Operation> operations = new ArrayList<>(lifting.parameterGradient());
        operations.add(new Update(
                parameters.steps(variables.parameterGradient().perLayer(), null, this.theta.projections())));
        operations.addAll(this.theta.operations());
        this.program = backend.compile(operations);
        this.evaluation = new Evaluation(backend, variables, lifting);
        load(0);
    }

    private void load(long index) {
        batches.load(index, variables.u().block(0), variables.target());
    }

    @Override
    public void step() {
        if (!batches.whole()) {
            load(steps);
        }
        parameters.prepare(steps + 1);
        program.run();
        theta.afterStep();
        steps++;
    }

    @Override
    public long steps() {
        return steps;
    }

    @Override
    public Objective objective() {
        return evaluation.objective();
    }

    @Override
    public Residuals residuals() {
        return evaluation.residuals();
    }

    @Override
    public Map<String, Matrix> state() {
        Map<String, Matrix> state = new LinkedHashMap<>(parameters.state("parameters"));
        state.putAll(theta.state());
        return state;
    }

    @Override
    public void restored(long completed) {
        steps = completed;
        load(Math.max(0, completed - 1));
    }

    @Override
    public void close() {
        program.close();
        evaluation.close();
        parameters.close();
        theta.close();
        lifting.close();
        variables.close();
    }
}

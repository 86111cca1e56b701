package io.github.bitlift.solver;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Update;
import io.github.bitlift.lifting.Lifting;
import io.github.bitlift.lifting.Objective;
import io.github.bitlift.lifting.Strategy;
import io.github.bitlift.lifting.Variables;
import io.github.bitlift.network.Network;
import io.github.bitlift.network.Parameters;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The deterministic block-coordinate forward–backward scheme (framework paper, eqs. 23–24): a step on θ with the
 * gradient of the mean at (θᵗ, zᵗ), then a step on z at (θᵗ⁺¹, zᵗ) with each sample's own gradient and the prox map of
 * τμΨ. ½‖u‖² is in the smooth part. Every {@link Strategy} with one set of auxiliary variables is admitted.
 */
public final class BlockCoordinateDescent implements Trainer {
    private final Variables variables;
    private final Lifting lifting;
    private final MirrorParameters theta;
    private final Evaluation evaluation;
    private final Block parameters;
    private final Block auxiliaries;
    private long steps;

    /**
     * Everything the method needs besides the data.
     *
     * @param strategy how layers are tied to each other; neither back-propagation nor contrastive
     * @param mu μ, one per hidden layer
     * @param parameters the optimiser of θ
     * @param auxiliaries the optimiser of z
     * @param regulariser R of linearised Bregman iterations on θ
     * @param start how z starts
     * @param seed for a random start
     */
    public record Options(
            Strategy strategy,
            float[] mu,
            Optimizer parameters,
            Optimizer auxiliaries,
            ParameterRegulariser regulariser,
            AuxiliaryStart start,
            long seed) {

        /** Lifted Bregman training without regularisation. */
        public Options(float[] mu, Optimizer parameters, Optimizer auxiliaries, AuxiliaryStart start, long seed) {
            this(Strategy.BREGMAN, mu, parameters, auxiliaries, ParameterRegulariser.NONE, start, seed);
        }

        /** Checks that all goes together. */
        public Options {
            if (strategy.kind() == Strategy.Kind.BACKPROP || strategy.kind() == Strategy.Kind.CONTRASTIVE) {
                throw new IllegalArgumentException(strategy.kind().title()
                        + ": block-coordinate descent needs one set of auxiliary variables that goes on from step to"
                        + " step; expected the implicit stochastic gradient method");
            }
            if (parameters.stepSize() == Optimizer.StepSize.BACKTRACKING
                    && regulariser.kind() != ParameterRegulariser.Kind.NONE) {
                throw new IllegalArgumentException("backtracking of regularised parameters isn't defined; expected a"
                        + " fixed step or one from norms");
            }
            if (auxiliaries.stepSize() == Optimizer.StepSize.BACKTRACKING && strategy.sparsity() != null) {
                throw new IllegalArgumentException("backtracking of sparse codes isn't defined; expected a fixed step"
                        + " or one from norms");
            }
        }
    }

    /** Allocates, loads the data and initialises z; θ is left as it is, or becomes prox_R(θ) where it is regularised. */
    public BlockCoordinateDescent(
            Backend backend, Network network, Parameters theta, Samples pairs, Options options) {
        this.variables = new Variables(backend, network, pairs.count());
        this.lifting = options.strategy().on(backend, variables, options.mu());
        this.theta = new MirrorParameters(backend, theta, options.regulariser());
        Batches.loadAll(pairs, variables.u().block(0), variables.target());
        options.start().apply(backend, variables, options.seed());
        this.evaluation = new Evaluation(backend, variables, lifting);
        this.parameters = block(
                backend,
                options.parameters(),
                this.theta.perLayer(),
                new Block.Gradient(
                        variables.parameterGradient().perLayer(),
                        false,
                        this.theta.projections(),
                        steps -> {
                            List<Operation> operations = new ArrayList<>(lifting.parameterGradient());
                            if (!steps.isEmpty()) {
                                operations.add(new Update(steps));
                                operations.addAll(this.theta.operations());
                            }
                            return operations;
                        }),
                optimizer -> LipschitzSteps.parameters(backend, variables, options.mu(), optimizer),
                1);
        this.auxiliaries = block(
                backend,
                options.auxiliaries(),
                lifting.auxiliaries(),
                new Block.Gradient(
                        variables.auxiliaryGradient().blocks(), true, proximal(network), lifting::auxiliaryStep),
                optimizer -> LipschitzSteps.auxiliaries(backend, network, options.mu(), optimizer),
                pairs.count());
    }

    private Block block(
            Backend backend,
            Optimizer optimizer,
            List<Matrix> x,
            Block.Gradient gradient,
            Block.StepSizes stepSizes,
            double weight) {
        BlockOptimizer moments = new BlockOptimizer(backend, optimizer, x);
        return switch (optimizer.stepSize()) {
            case FIXED -> new Block.Plain(backend, moments, gradient, null);
            case NORMS -> new Block.Plain(backend, moments, gradient, stepSizes.of(moments));
            case BACKTRACKING -> new Backtracking(backend, moments, x, gradient, weight, evaluation::total);
        };
    }

    private List<Update.Proximal> proximal(Network network) {
        List<Update.Proximal> proximal = new ArrayList<>();
        for (int j = 0; j < network.layers(); j++) {
            proximal.add(lifting.proximal(j, false));
        }
        return proximal;
    }

    @Override
    public void step() {
        parameters.step(steps);
        theta.afterStep();
        auxiliaries.step(steps);
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
        Map<String, Matrix> state = new LinkedHashMap<>();
        state.putAll(evaluation.auxiliaries());
        state.putAll(parameters.state("parameters"));
        state.putAll(auxiliaries.state("auxiliaries"));
        state.putAll(theta.state());
        return state;
    }

    @Override
    public void restored(long completed) {
        steps = completed;
    }

    @Override
    public void close() {
        parameters.close();
        auxiliaries.close();
        evaluation.close();
        theta.close();
        lifting.close();
        variables.close();
    }
}

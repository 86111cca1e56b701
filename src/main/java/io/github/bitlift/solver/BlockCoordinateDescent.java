package io.github.bitlift.solver;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.backend.Update;
import io.github.bitlift.lifting.LiftedBregman;
import io.github.bitlift.lifting.Objective;
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
 * τμΨ. ½‖u‖² is in the smooth part.
 */
public final class BlockCoordinateDescent implements Trainer {
    private final Variables variables;
    private final LiftedBregman lifting;
    private final Sums sums;
    private final Program evaluation;
    private final Stationarity stationarity;
    private final Block parameters;
    private final Block auxiliaries;
    private long steps;

    /**
     * Everything the method needs besides the data.
     *
     * @param mu μ, one per hidden layer
     * @param parameters the optimiser of θ
     * @param auxiliaries the optimiser of z
     * @param start how z starts
     * @param seed for a random start
     */
    public record Options(
            float[] mu, Optimizer parameters, Optimizer auxiliaries, AuxiliaryStart start, long seed) {}

    /** Allocates, loads the data and initialises z; θ is left as it is. */
    public BlockCoordinateDescent(
            Backend backend, Network network, Parameters theta, Pairs pairs, Options options) {
        this.variables = new Variables(backend, network, pairs.count());
        this.lifting = new LiftedBregman(variables, options.mu());
        variables.u().block(0).write(pairs.inputs());
        variables.target().write(pairs.targets());
        options.start().apply(backend, variables, options.seed());
        this.sums = backend.allocateSums(1 + 2 * network.layers());
        this.evaluation = backend.compile(lifting.evaluate(sums));
        this.stationarity =
                new Stationarity(backend, variables, lifting, proximal(network, options.mu()));
        List<Matrix> layers = theta.perLayer();
        List<Matrix> hidden = variables.u().blocks().subList(1, variables.u().size());
        this.parameters = block(
                backend,
                options.parameters(),
                layers,
                new Block.Gradient(
                        variables.parameterGradient().perLayer(),
                        null,
                        steps -> {
                            List<Operation> operations = new ArrayList<>(lifting.parameterGradient());
                            if (!steps.isEmpty()) {
                                operations.add(new Update(steps));
                            }
                            return operations;
                        }),
                optimizer -> LipschitzSteps.parameters(backend, variables, options.mu(), optimizer),
                1);
        this.auxiliaries = block(
                backend,
                options.auxiliaries(),
                hidden,
                new Block.Gradient(variables.gradient().blocks(), proximal(network, options.mu()), lifting::auxiliaryStep),
                optimizer -> LipschitzSteps.auxiliaries(backend, theta, options.mu(), optimizer),
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
            case BACKTRACKING -> new Backtracking(backend, moments, x, gradient, weight, this::objective);
        };
    }

    /** μⱼ and Ψⱼ of all hidden layers, ½‖u‖² being in the smooth part. */
    static List<Update.Proximal> proximal(Network network, float[] mu) {
        List<Update.Proximal> proximal = new ArrayList<>();
        for (int j = 0; j < network.layers(); j++) {
            proximal.add(new Update.Proximal(network.sigma().get(j), mu[j], false));
        }
        return proximal;
    }

    @Override
    public void step() {
        parameters.step(steps);
        auxiliaries.step(steps);
        steps++;
    }

    @Override
    public long steps() {
        return steps;
    }

    @Override
    public Objective objective() {
        evaluation.run();
        return lifting.objective(sums);
    }

    @Override
    public Residuals residuals() {
        return stationarity.measure();
    }

    @Override
    public Map<String, Matrix> state() {
        Map<String, Matrix> state = new LinkedHashMap<>();
        for (int j = 1; j < variables.u().size(); j++) {
            state.put("auxiliary." + j, variables.u().block(j));
        }
        state.putAll(parameters.state("parameters"));
        state.putAll(auxiliaries.state("auxiliaries"));
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
        stationarity.close();
        sums.close();
        variables.close();
    }
}

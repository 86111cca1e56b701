package io.github.bitlift.cli;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.io.Safetensors;
import io.github.bitlift.lifting.Strategy;
import io.github.bitlift.network.Architecture;
import io.github.bitlift.network.ForwardPass;
import io.github.bitlift.network.Initialisation;
import io.github.bitlift.network.LinearUnits;
import io.github.bitlift.network.Network;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.solver.AlternatingMinimisation;
import io.github.bitlift.solver.AuxiliaryStart;
import io.github.bitlift.solver.Batches;
import io.github.bitlift.solver.BlockCoordinateDescent;
import io.github.bitlift.solver.ConventionalTraining;
import io.github.bitlift.solver.ImplicitStochasticGradient;
import io.github.bitlift.solver.LagrangianPenalties;
import io.github.bitlift.solver.Optimizer;
import io.github.bitlift.solver.ParameterAveraging;
import io.github.bitlift.solver.ParameterRegulariser;
import io.github.bitlift.solver.Trainer;
import java.util.Locale;

/** A configuration brought to life on a backend: parameters, network, trainer. */
final class Problem implements AutoCloseable {
    private final RunConfig config;
    private final Backend backend;
    private final TrainingData data;
    private final Parameters parameters;
    private final Network network;
    private final Trainer trainer;
    private final ForwardPass forward;
    private final LinearUnits linearUnits;

    /**
     * Allocates everything and initialises θ and z.
     *
     * @param init the weights to start from, or null for random ones
     */
    Problem(RunConfig config, TrainingData data, Backend backend, Safetensors init) {
        this.config = config;
        this.backend = backend;
        this.data = data;
        try {
            Architecture architecture = config.network(data.rows(), data.columns());
            this.parameters = architecture.parameters(backend);
            if (init != null) {
                ModelFile.load(init, parameters);
            } else if (config.initWeights().equals("near-identity")) {
                Initialisation.nearIdentity(parameters, config.seed());
            } else {
                architecture.initialise(parameters, config.seed());
            }
            this.network = architecture.over(backend, parameters);
            this.trainer = trainer(backend, network);
            int most = data.validation() == null ? 0 : data.validation().count();
            this.forward = new ForwardPass(backend, network, Math.max(data.train().count(), most));
            this.linearUnits =
                    data.classes() == 0 ? null : new LinearUnits(backend, network, data.train().count());
        } catch (OutOfMemoryError problem) {
            throw Failures.outOfMemory(problem);
        }
    }

    private Trainer trainer(Backend backend, Network network) {
        Optimizer theta = optimizer(config.lr());
        Strategy strategy = StrategyChoice.of(config);
        ParameterRegulariser regulariser = StrategyChoice.regulariser(config);
        if (config.solver() == null) {
            return new ConventionalTraining(
                    backend, network, parameters, batches(), theta, strategy.sparsity(), regulariser);
        }
        if (config.tau() != null) {
            var options = new ImplicitStochasticGradient.Options(
                    strategy, config.muPerLayer(), theta, regulariser, config.inner(), config.tau(),
                    config.relaxation() == null ? 1.0 : config.relaxation());
            return config.isAveraging()
                    ? new ParameterAveraging(backend, network, parameters, batches(), options)
                    : new ImplicitStochasticGradient(backend, network, parameters, batches(), options);
        }
        if (config.muRate() == null) {
            return deterministic(backend, network, config.muPerLayer());
        }
        return new LagrangianPenalties(
                backend, config.muPerLayer(),
                new LagrangianPenalties.Options(config.muRate(), config.muMax(), config.muEvery()),
                mu -> deterministic(backend, network, mu));
    }

    private Trainer deterministic(Backend backend, Network network, float[] mu) {
        Strategy strategy = StrategyChoice.of(config);
        AuxiliaryStart start = AuxiliaryStart.valueOf(config.initZ().toUpperCase(Locale.ROOT));
        if (config.tolerance() != null) {
            return new AlternatingMinimisation(
                    backend, network, parameters, data.train(),
                    new AlternatingMinimisation.Options(
                            strategy, mu, start, config.seed(), config.inner(), config.tolerance(), config.admmPenalty()));
        }
        return new BlockCoordinateDescent(
                backend, network, parameters, data.train(),
                new BlockCoordinateDescent.Options(
                        strategy, mu, optimizer(config.lr()), optimizer(config.lrAuxiliary()),
                        StrategyChoice.regulariser(config), start, config.seed()));
    }

    private Batches batches() {
        int size = config.batch() == null ? data.train().count() : config.batch();
        return new Batches(data.train(), size, config.seed());
    }

    private Optimizer optimizer(double lr) {
        return new Optimizer(
                Optimizer.Kind.valueOf(config.optimizer().toUpperCase(Locale.ROOT).replace('-', '_')),
                lr,
                Optimizer.StepSize.valueOf(config.stepSize().toUpperCase(Locale.ROOT)),
                config.momentum() == null ? 0.0 : config.momentum());
    }

    /** Where the arithmetic runs. */
    Backend backend() {
        return backend;
    }

    RunConfig config() {
        return config;
    }

    TrainingData data() {
        return data;
    }

    Parameters parameters() {
        return parameters;
    }

    Trainer trainer() {
        return trainer;
    }

    /** The network as it is now. */
    ForwardPass forward() {
        return forward;
    }

    /** How much of it acts linearly; null where targets are no classes. */
    LinearUnits linearUnits() {
        return linearUnits;
    }

    @Override
    public void close() {
        if (linearUnits != null) {
            linearUnits.close();
        }
        forward.close();
        trainer.close();
        network.close();
        parameters.close();
    }
}

package io.github.bitlift.cli;

import io.github.bitlift.io.InputException;
import io.github.bitlift.lifting.Sparsity;
import io.github.bitlift.lifting.Strategy;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.solver.ParameterRegulariser;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The training strategy and what is added to it, checked; to and from the names of options. */
final class StrategyChoice {
    private static final List<String> STRATEGIES =
            Stream.of(Strategy.Kind.values()).map(Strategy.Kind::title).toList();
    private static final List<String> REGULARISERS = Stream.of(ParameterRegulariser.Kind.values())
            .map(kind -> kind.name().toLowerCase(Locale.ROOT))
            .toList();
    private static final double WEIGHT = 0.01;

    private final StrategyOptions options;
    private final String name;
    private final String regulariser;

    /** Checks all that can be checked without data. */
    StrategyChoice(StrategyOptions options) {
        this.options = options;
        this.name = Choice.require(
                "--strategy", options.strategy == null ? "bregman" : options.strategy, STRATEGIES);
        this.regulariser = Choice.require(
                "--parameter-regulariser", options.regulariser == null ? "none" : options.regulariser, REGULARISERS);
        if (options.passes != null) {
            Values.atLeast("--passes", options.passes, 1);
        }
        if (options.sparsity != null) {
            Values.positive("--sparsity", options.sparsity);
        } else if (options.sparseLayer != null) {
            throw new InputException("--sparse-layer " + options.sparseLayer + ": expected with --sparsity");
        }
        if (options.parameterWeight != null) {
            Values.positive("--parameter-weight", options.parameterWeight);
        }
    }

    String name() {
        return name;
    }

    /** Whether there are auxiliary variables. */
    boolean isLifted() {
        return !name.equals("backprop");
    }

    /** Whether only mini-batch solvers will do. */
    boolean isContrastive() {
        return name.equals("contrastive");
    }

    Integer passes() {
        return !isContrastive() ? null : options.passes == null ? Integer.valueOf(Strategy.PASSES) : options.passes;
    }

    Double sparsity() {
        return options.sparsity;
    }

    /** The layer of sparse codes, from 1, of J. */
    Integer sparseLayer(int layers) {
        if (options.sparsity == null) {
            return null;
        }
        int layer = options.sparseLayer == null ? (layers + 1) / 2 : options.sparseLayer;
        if (layer < 1 || layer > layers) {
            throw new InputException("--sparse-layer " + layer + ": expected 1 to " + layers + ", a hidden layer");
        }
        return layer;
    }

    /** Null for none. */
    String regulariser() {
        return regulariser.equals("none") ? null : regulariser;
    }

    /** Null without a regulariser. */
    Double parameterWeight() {
        return regulariser() == null ? null : options.parameterWeight == null ? Double.valueOf(WEIGHT) : options.parameterWeight;
    }

    /** Refuses step sizes from backtracking where what is added isn't in the bound that they check. */
    void checkStepSize(String stepSize) {
        if (stepSize.equals("backtracking") && (options.sparsity != null || regulariser() != null)) {
            throw new InputException("--step-size backtracking: not defined with "
                    + (options.sparsity != null ? "--sparsity" : "--parameter-regulariser")
                    + "; expected fixed or norms");
        }
    }

    /** The strategy of a configuration. */
    static Strategy of(RunConfig config) {
        return new Strategy(
                Strategy.Kind.valueOf(config.strategy().toUpperCase(Locale.ROOT).replace('-', '_')),
                sparsity(config),
                config.passes() == null ? Strategy.PASSES : config.passes());
    }

    static Sparsity sparsity(RunConfig config) {
        return config.sparsity() == null
                ? null
                : new Sparsity(config.sparseLayer() - 1, config.sparsity().floatValue());
    }

    static ParameterRegulariser regulariser(RunConfig config) {
        return config.parameterRegulariser() == null
                ? ParameterRegulariser.NONE
                : new ParameterRegulariser(
                        ParameterRegulariser.Kind.valueOf(config.parameterRegulariser().toUpperCase(Locale.ROOT)),
                        config.parameterWeight().floatValue());
    }

    /** Refuses activations that the strategy isn't made for. */
    static void requireAdmitted(RunConfig config, List<ProxMap> sigma) {
        try {
            of(config).requireAdmitted(sigma);
        } catch (IllegalArgumentException problem) {
            String message = problem.getMessage();
            boolean aboutStrategy = message.startsWith(config.strategy() + ":");
            String architecture = Architectures.isChain(config.architecture())
                    ? "" : "--architecture " + config.architecture() + ": ";
            throw new InputException(architecture + (aboutStrategy ? "--strategy " : "--") + message, problem);
        }
    }
}

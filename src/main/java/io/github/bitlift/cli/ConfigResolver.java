package io.github.bitlift.cli;

import io.github.bitlift.io.InputException;
import io.github.bitlift.io.Safetensors;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.ProxMaps;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Checks the options of a new run and fills in what wasn't given. */
final class ConfigResolver {
    private static final List<String> OPTIMIZERS = List.of("adam", "nesterov", "heavy-ball", "proximal-gradient");
    private static final List<String> STEP_SIZES = List.of("fixed", "norms", "backtracking");
    private static final List<String> WEIGHTS = List.of("glorot", "near-identity");
    private static final List<String> STARTS = List.of("input", "forward", "gaussian");
    private static final int HIDDEN_LAYERS = 6;
    private static final int BATCH = 100;
    /** Hidden layers of a classifier (JMLR paper, §6.1). */
    private static final List<Integer> CLASSIFIER = List.of(64, 64);

    private final DataOptions data;
    private final NetworkOptions network;
    private final MethodOptions method;
    private final ArchitectureResolver architecture;
    private final StrategyChoice strategy;
    private final SolverChoice solver;
    private final String activation;
    private final boolean classifies;

    /** Checks all that can be checked without data. */
    ConfigResolver(TrainOptions options) {
        this.data = options.data;
        this.network = options.network;
        this.method = options.method;
        this.architecture = new ArchitectureResolver(network);
        this.classifies = Task.CLASSIFY.title().equals(data.task);
        this.strategy = new StrategyChoice(options.strategy);
        this.solver = new SolverChoice(method, strategy, classifies);
        this.activation = Choice.require(
                "--activation", or(network.activation, architecture.usualActivation(classifies)),
                ProxMaps.names());
        NumberChecks.check(options);
        architecture.check(method, strategy, solver.name(), activation);
        solver.check(architecture);
    }

    /** Where the data come from. */
    DataSource source() {
        return DataSource.of(data, seed());
    }

    /**
     * The whole configuration.
     *
     * @param source from {@link #source}
     * @param loaded its data
     * @param init the weights to start from, or null
     */
    RunConfig resolve(DataSource source, TrainingData loaded, Safetensors init) {
        int in = loaded.train().inputWidth();
        List<Integer> widths = widths(in, loaded.train().targetWidth(), init);
        int layers = architecture.layers(widths);
        boolean grows = solver.isDeterministic() && method.muRate != null;
        String optimizer = optimizer();
        String stepSize = stepSize(optimizer);
        List<String> scalars = Activations.scalars(activation);
        double lr = or(method.lr, solver.is("isgm") && classifies ? 1e-4 : 8e-4);
        RunConfig config = new RunConfig(
                source.task().title(), source.data(), loaded.train().count(),
                loaded.validation() == null ? 0 : loaded.validation().count(), source.inputs(), source.targets(),
                source.validationInputs(), source.validationTargets(), strategy.name(), solver.name(), optimizer, stepSize, activation,
                only(scalars.contains("lambda"), or(network.lambda, 0.02)),
                only(scalars.contains("lower"), or(network.lower, 0.0)),
                only(scalars.contains("upper"), or(network.upper, 1.0)),
                only(scalars.contains("ridge"), or(network.ridge, 0.1)),
                only(scalars.contains("group"), or(network.group, 4)),
                only(strategy.isLifted(), mu(layers)),
                only(grows, method.muRate), only(grows, muMax()), only(grows, or(method.muEvery, 10)), lr,
                only(solver.is("bcd"), or(method.lrAuxiliary, lr)),
                only(optimizer.equals("nesterov") || optimizer.equals("heavy-ball"), or(method.momentum, 0.9)),
                batch(loaded.train().count()),
                only(solver.isStochastic() || solver.isExact(), or(method.inner, solver.isExact() ? 50 : 15)),
                only(solver.isExact(), or(method.tolerance, 0.01)),
                only(solver.is("admm"), or(method.admmPenalty, 1.0)),
                only(solver.isStochastic(), or(method.tau, 100.0)),
                only(solver.isStochastic() && strategy.isLifted(), or(method.relaxation, 1.0)),
                strategy.passes(), strategy.sparsity(), strategy.sparseLayer(layers),
                strategy.regulariser(), strategy.parameterWeight(),
                architecture.plainName(), widths, architecture.deepLayers(), architecture.step(), architecture.shared(),
                TrainOptions.absolute(network.init), weights(),
                only(solver.isDeterministic(), start(widths)), seed());
        checkActivation(config);
        return config;
    }

    private List<Integer> widths(int in, int out, Safetensors init) {
        if (!architecture.isPlain()) {
            return architecture.widths(in, out);
        }
        List<Integer> widths = network.widths;
        if (widths == null && init != null) {
            widths = ModelFile.widths(init);
        }
        if (widths == null) {
            widths = new ArrayList<>(List.of(in));
            widths.addAll(classifies ? CLASSIFIER : Collections.nCopies(HIDDEN_LAYERS, in));
            widths.add(out);
        }
        String given = (network.widths == null && init != null ? init.path() + ": widths " : "--widths ") + text(widths);
        if (widths.size() < 3) {
            throw new InputException(given + ": expected input, at least one hidden layer, output");
        }
        if (widths.get(0) != in || widths.get(widths.size() - 1) != out) {
            throw new InputException(given + ": expected " + in + " first and " + out
                    + " last, the features of the data's inputs and targets");
        }
        long count = Parameters.count(widths.stream().mapToInt(Integer::intValue).toArray());
        if (count > Integer.MAX_VALUE - 8) {
            throw new InputException(given + ": " + count + " parameters; expected fewer than 2^31");
        }
        return List.copyOf(widths);
    }

    private String weights() {
        if (network.init != null && network.initWeights != null) {
            throw new InputException("--init-weights " + network.initWeights + ": expected without --init, which brings"
                    + " its own weights");
        }
        return network.init != null
                ? null
                : Choice.require("--init-weights", or(network.initWeights, "glorot"), WEIGHTS);
    }

    private String optimizer() {
        boolean plain = solver.isExact() || solver.is("averaging");
        String usual = plain || solver.isStochastic() && !classifies ? "proximal-gradient" : "adam";
        String optimizer = Choice.require("--optimizer", or(method.optimizer, usual), OPTIMIZERS);
        if (plain && !optimizer.equals(usual)) {
            throw new InputException("--optimizer " + optimizer + ": --solver " + solver.name() + " takes " + usual + " alone");
        }
        return optimizer;
    }

    private String stepSize(String optimizer) {
        boolean norms = solver.isStochastic() && strategy.isLifted() || solver.isExact();
        String usual = norms && !optimizer.equals("adam") ? "norms" : "fixed";
        String size = Choice.require("--step-size", or(method.stepSize, usual), STEP_SIZES);
        if (size.equals("backtracking") && !(solver.is("bcd") && optimizer.equals("proximal-gradient"))) {
            throw new InputException("--step-size backtracking: expected with --solver bcd --optimizer"
                    + " proximal-gradient");
        }
        if (solver.isExact() && !size.equals("norms")) {
            throw new InputException("--step-size " + size + ": --solver " + solver.name() + " takes norms alone");
        }
        if (size.equals("norms") && (!strategy.isLifted() || optimizer.equals("adam"))) {
            throw new InputException("--step-size norms: expected with a lifted --strategy and another --optimizer than"
                    + " adam");
        }
        strategy.checkStepSize(size);
        return size;
    }

    private List<Double> mu(int layers) {
        List<Double> mu = or(method.mu, List.of(usualMu()));
        if (mu.size() != 1 && mu.size() != layers) {
            throw new InputException("--mu: " + mu.size() + " values; expected 1 or " + layers
                    + ", one per hidden layer");
        }
        return List.copyOf(mu);
    }

    private double usualMu() {
        return solver.is("bcd") ? 0.005 : classifies ? 5.0 : 1.0;
    }

    private double muMax() {
        double largest = Collections.max(or(method.mu, List.of(usualMu())));
        double most = or(method.muMax, 100 * largest);
        if (most < largest) {
            throw new InputException("--mu-max " + most + ": expected at least " + largest + ", the largest --mu");
        }
        return Values.positive("--mu-max", most);
    }

    private Integer batch(int images) {
        boolean usual = solver.isStochastic() || classifies && !solver.isDeterministic();
        Integer batch = usual && method.batch == null ? Integer.valueOf(Math.min(BATCH, images)) : method.batch;
        if (batch != null && batch > images) {
            throw new InputException("--batch " + batch + ": expected 1 to " + images + ", the number of training pairs");
        }
        return batch;
    }

    private String start(List<Integer> widths) {
        boolean alike = architecture.isChain() && widths.subList(1, widths.size() - 1).stream().allMatch(widths.get(0)::equals);
        String start = Choice.require("--init-z", or(method.initZ, alike ? "input" : "forward"), STARTS);
        if (start.equals("input") && !alike) {
            throw new InputException("--init-z input: copies the input into every hidden layer; expected all of them to"
                    + " be " + widths.get(0) + " wide, or --init-z forward or gaussian");
        }
        return start;
    }

    private static void checkActivation(RunConfig config) {
        if (!Architectures.isChain(config.architecture())) {
            ArchitectureResolver.checkBlocks(config);
            return;
        }
        ProxMap map = Activations.make(config.activation(), Activations.values(config));
        for (int width : config.widths().subList(1, config.widths().size() - 1)) {
            try {
                map.requireWidth(width);
            } catch (IllegalArgumentException problem) {
                throw new InputException("--activation " + config.activation() + ": " + problem.getMessage(), problem);
            }
        }
        StrategyChoice.requireAdmitted(config, Collections.nCopies(config.widths().size() - 2, map));
    }

    private long seed() {
        return or(network.seed, 1L);
    }

    private static String text(List<Integer> widths) {
        return String.join(",", widths.stream().map(String::valueOf).toList());
    }

    private static <T> T only(boolean applies, T value) {
        return applies ? value : null;
    }

    private static <T> T or(T value, T otherwise) {
        return value == null ? otherwise : value;
    }
}

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
    private static final List<String> SOLVERS = List.of("bcd", "bcd-exact", "admm", "isgm", "averaging");
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
    private final String solver;
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
        this.solver = solver();
        this.activation = Choice.require(
                "--activation", or(network.activation, architecture.usualActivation(classifies)),
                ProxMaps.names());
        checkNumbers();
        architecture.check(method, strategy, solver, activation);
        if (isDeterministic() && method.batch != null) {
            throw new InputException("--batch " + method.batch + ": --solver " + solver
                    + " works on all images at once; expected --solver isgm or averaging, or no --batch");
        }
        checkExact();
        if (method.muRate == null && (method.muMax != null || method.muEvery != null)) {
            throw new InputException((method.muMax != null ? "--mu-max " + method.muMax : "--mu-every " + method.muEvery)
                    + ": expected with --mu-rate, without which mu stays as it is");
        }
    }

    /** Null for back-propagation with explicit steps. */
    private String solver() {
        boolean onBatches = method.batch != null || classifies || strategy.isContrastive();
        String usual = onBatches ? "isgm" : "bcd";
        String chosen = Choice.require("--solver", or(method.solver, usual), SOLVERS);
        if (strategy.isContrastive() && !chosen.equals("isgm")) {
            throw new InputException("--solver " + chosen + ": --strategy contrastive minimises its two energies anew before"
                    + " every step of theta; expected --solver isgm");
        }
        boolean implicit = chosen.equals("isgm") || chosen.equals("averaging");
        return !strategy.isLifted() && (method.solver == null || !implicit) ? null : chosen;
    }

    private void checkExact() {
        List<String> convex = solver == null || !isExact() ? List.of(strategy.name())
                : isSolver("admm") ? List.of("bregman", "fenchel") : List.of("bregman", "fenchel", "classical");
        if (!convex.contains(strategy.name())) {
            throw new InputException("--solver " + solver + ": --strategy " + strategy.name() + " has "
                    + (strategy.name().equals("classical") ? "a least-squares theta-block, solved by bcd-exact"
                            : "sub-problems that aren't convex")
                    + "; expected --strategy " + Choice.list(convex));
        }
        if (isExact() && !architecture.isChain()) {
            throw new InputException("--architecture " + network.architecture + ": --solver " + solver
                    + " minimises over the layers of a chain; expected --architecture mlp, or --solver bcd");
        }
        if ((isExact() || isSolver("averaging")) && strategy.regulariser() != null) {
            throw new InputException("--parameter-regulariser " + strategy.regulariser() + ": not defined with --solver "
                    + solver + "; expected --solver bcd or isgm");
        }
        if (isDeterministic() && method.muRate != null) {
            checkGrowingPenalties("--mu-rate " + method.muRate + ": not defined with ");
        }
        if (strategy.isContrastive() && method.relaxation != null && method.relaxation > 1) {
            throw new InputException("--relaxation " + method.relaxation + ": expected at most 1 with --strategy contrastive,"
                    + " whose free energy must not ascend");
        }
    }

    private void checkGrowingPenalties(String refusal) {
        if (strategy.sparsity() != null) {
            throw new InputException(refusal + "--sparsity, which counts among the penalties");
        }
        if (strategy.name().equals("classical")) {
            throw new InputException(refusal + "--strategy classical, whose penalty doesn't vanish where u = sigma(v)");
        }
        if (strategy.regulariser() != null) {
            throw new InputException(refusal + "--parameter-regulariser, whose iterations belong to one objective");
        }
    }

    private void checkNumbers() {
        positive("--lambda", network.lambda);
        positive("--step", network.step);
        atLeastOne("--layers", network.layers);
        positive("--ridge", network.ridge);
        positive("--lr", method.lr);
        positive("--lr-auxiliary", method.lrAuxiliary);
        positive("--mu-rate", method.muRate);
        positive("--mu-max", method.muMax);
        positive("--admm-penalty", method.admmPenalty);
        atLeastOne("--mu-every", method.muEvery);
        if (method.tolerance != null) {
            Values.fraction("--tolerance", method.tolerance);
        }
        if (method.tau != null) {
            Values.positive("--tau", method.tau);
            Values.positive("1 / --tau", 1 / method.tau);
        }
        if (method.relaxation != null && !(method.relaxation > 0 && method.relaxation < 2)) {
            throw new InputException("--relaxation " + method.relaxation + ": expected more than 0 and less than 2");
        }
        for (Double mu : or(method.mu, List.<Double>of())) {
            Values.positive("--mu", mu);
        }
        if (method.momentum != null) {
            Values.fraction("--momentum", method.momentum);
        }
        atLeastOne("--batch", method.batch);
        atLeastOne("--inner", method.inner);
        atLeastOne("--group", network.group);
        atLeastOne("--images", data.images);
        if (data.validation != null) {
            Values.atLeast("--validation", data.validation, 0);
        }
        for (Integer width : or(network.widths, List.<Integer>of())) {
            Values.atLeast("--widths", width, 1);
        }
    }

    private static void positive(String option, Double value) {
        if (value != null) {
            Values.positive(option, value);
        }
    }

    private static void atLeastOne(String option, Integer value) {
        if (value != null) {
            Values.atLeast(option, value, 1);
        }
    }

    /** Where the data come from. */
    DataSource source() {
        Task task = Task.named("--task", or(data.task, data.inputs == null ? "denoise" : "pairs"));
        if (task == Task.PAIRS) {
            if (data.inputs == null || data.targets == null) {
                throw new InputException("--task pairs: expected --inputs X.npy and --targets Y.npy");
            }
            if (data.data != null) {
                throw new InputException("--data " + data.data + ": --task pairs takes --inputs and --targets");
            }
            if ((data.validationInputs == null) != (data.validationTargets == null)) {
                throw new InputException("--validation-inputs and --validation-targets: expected both or neither");
            }
        } else if (data.inputs != null || data.targets != null || data.validationInputs != null
                || data.validationTargets != null) {
            throw new InputException("--task " + task.title() + ": makes its own inputs and targets; expected"
                    + " --task pairs with --inputs and --targets, or neither");
        }
        return new DataSource(
                task, TrainOptions.absolute(data.data), data.images, data.validation,
                TrainOptions.absolute(data.inputs), TrainOptions.absolute(data.targets),
                TrainOptions.absolute(data.validationInputs), TrainOptions.absolute(data.validationTargets), seed());
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
        boolean grows = isDeterministic() && method.muRate != null;
        String optimizer = optimizer();
        String stepSize = stepSize(optimizer);
        List<String> scalars = Activations.scalars(activation);
        double lr = or(method.lr, isSolver("isgm") && classifies ? 1e-4 : 8e-4);
        RunConfig config = new RunConfig(
                source.task().title(), source.data(), loaded.train().count(),
                loaded.validation() == null ? 0 : loaded.validation().count(), source.inputs(), source.targets(),
                source.validationInputs(), source.validationTargets(), strategy.name(), solver, optimizer, stepSize, activation,
                only(scalars.contains("lambda"), or(network.lambda, 0.02)),
                only(scalars.contains("lower"), or(network.lower, 0.0)),
                only(scalars.contains("upper"), or(network.upper, 1.0)),
                only(scalars.contains("ridge"), or(network.ridge, 0.1)),
                only(scalars.contains("group"), or(network.group, 4)),
                only(strategy.isLifted(), mu(layers)),
                only(grows, method.muRate), only(grows, muMax()), only(grows, or(method.muEvery, 10)), lr,
                only(isSolver("bcd"), or(method.lrAuxiliary, lr)),
                only(optimizer.equals("nesterov") || optimizer.equals("heavy-ball"), or(method.momentum, 0.9)),
                batch(loaded.train().count()),
                only(isStochastic() || isExact(), or(method.inner, isExact() ? 50 : 15)),
                only(isExact(), or(method.tolerance, 0.01)),
                only(isSolver("admm"), or(method.admmPenalty, 1.0)),
                only(isStochastic(), or(method.tau, 100.0)),
                only(isStochastic() && strategy.isLifted(), or(method.relaxation, 1.0)),
                strategy.passes(), strategy.sparsity(), strategy.sparseLayer(layers),
                strategy.regulariser(), strategy.parameterWeight(),
                architecture.plainName(), widths, architecture.deepLayers(), architecture.step(), architecture.shared(),
                TrainOptions.absolute(network.init), weights(),
                only(isDeterministic(), start(widths)), seed());
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
        boolean plain = isExact() || isSolver("averaging");
        String usual = plain || isStochastic() && !classifies ? "proximal-gradient" : "adam";
        String optimizer = Choice.require("--optimizer", or(method.optimizer, usual), OPTIMIZERS);
        if (plain && !optimizer.equals(usual)) {
            throw new InputException("--optimizer " + optimizer + ": --solver " + solver + " takes " + usual + " alone");
        }
        return optimizer;
    }

    private String stepSize(String optimizer) {
        boolean norms = isStochastic() && strategy.isLifted() || isExact();
        String usual = norms && !optimizer.equals("adam") ? "norms" : "fixed";
        String size = Choice.require("--step-size", or(method.stepSize, usual), STEP_SIZES);
        if (size.equals("backtracking") && !(isSolver("bcd") && optimizer.equals("proximal-gradient"))) {
            throw new InputException("--step-size backtracking: expected with --solver bcd --optimizer"
                    + " proximal-gradient");
        }
        if (isExact() && !size.equals("norms")) {
            throw new InputException("--step-size " + size + ": --solver " + solver + " takes norms alone");
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
        return isSolver("bcd") ? 0.005 : classifies ? 5.0 : 1.0;
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
        boolean usual = isStochastic() || classifies && !isDeterministic();
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

    /** Works on all images at once. */
    private boolean isDeterministic() {
        return isSolver("bcd") || isExact();
    }

    /** Minimises over each block. */
    private boolean isExact() {
        return isSolver("bcd-exact") || isSolver("admm");
    }

    /** Works on mini-batches. */
    private boolean isStochastic() {
        return isSolver("isgm") || isSolver("averaging");
    }

    private boolean isSolver(String name) {
        return name.equals(solver);
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

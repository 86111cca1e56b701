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
import io.github.bitlift.prox.Identity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Deterministic block-coordinate descent with exact minimisation (JMLR paper, eqs. 36–37; framework paper, §5.3 and §5.5).
 * One step minimises over θ, then over all odd layers of z at once, then over all even ones: given the others, the parts of
 * each of these blocks don't interact, and each part's problem is convex, so the objective never rises where they are solved to
 * the end.
 *
 * <ul>
 *   <li>Layers of θ with a linear output, the last one always, and all of them in classical lifting: least squares, by
 *       conjugate gradients.
 *   <li>The other layers of θ: by accelerated gradients with step 1 / (μ(‖U‖²/s + 1)), or by ADMM (JMLR paper, B.2).
 *   <li>z: by accelerated proximal gradient with step 1 / (μ_j + μ_{j+1}‖W_{j+1}‖²).
 * </ul>
 *
 * "Exact" means: up to the tolerance, or the inner iterations, in {@link Options}. Conjugate gradients and accelerated
 * (proximal) gradients with restarts descend however few these are. ADMM doesn't: with a small δ and few iterations a step on
 * θ may end far above where it began.
 */
public final class AlternatingMinimisation implements Trainer {
    private final Variables variables;
    private final Lifting lifting;
    private final Options options;
    private final Evaluation evaluation;
    private final Map<String, Block> blocks = new LinkedHashMap<>();
    private final Block[] inOrder;
    private final AlternatingDirections directions;
    private long steps;

    /**
     * Everything the method needs besides the data.
     *
     * @param strategy how layers are tied to each other, with penalties that are convex in θ and in z: bregman, fenchel or
     *     classical
     * @param mu μ, one per hidden layer
     * @param start how z starts
     * @param seed for a random start
     * @param inner N, inner iterations per block at most, at least 1
     * @param tolerance ε in [0, 1): a block is done once each part's prox-gradient mapping is at most ε times what it was
     * @param admmPenalty δ of ADMM for the θ-block of nonlinear layers, or null for accelerated gradients
     */
    public record Options(
            Strategy strategy,
            float[] mu,
            AuxiliaryStart start,
            long seed,
            int inner,
            double tolerance,
            Double admmPenalty) {

        /** Lifted Bregman training. */
        public Options(
                float[] mu, AuxiliaryStart start, long seed, int inner, double tolerance, Double admmPenalty) {
            this(Strategy.BREGMAN, mu, start, seed, inner, tolerance, admmPenalty);
        }

        /** Checks values. */
        public Options {
            new InnerIterations(inner, tolerance);
            requireConvex(strategy.kind());
            if (admmPenalty != null && strategy.kind() == Strategy.Kind.CLASSICAL) {
                throw new IllegalArgumentException("classical: theta's sub-problems are least squares, for conjugate"
                        + " gradients; expected no ADMM");
            }
            if (admmPenalty != null && !((float) (1 / admmPenalty) > 0 && (float) (1 / admmPenalty) < Float.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("ADMM penalty " + admmPenalty + ", expected a finite number > 0, as is its inverse");
            }
        }

        private static void requireConvex(Strategy.Kind kind) {
            switch (kind) {
                case BREGMAN, FENCHEL, CLASSICAL -> { }
                default -> throw new IllegalArgumentException(kind.title() + ": its sub-problems aren't convex in theta and"
                        + " in z, so that minimising them isn't defined; expected bregman, fenchel or classical");
            }
        }

        InnerIterations iterations() {
            return new InnerIterations(inner, tolerance);
        }
    }

    /** Allocates, loads the data and initialises z; θ is left as it is. */
    public AlternatingMinimisation(
            Backend backend, Network network, Parameters theta, Samples pairs, Options options) {
        if (theta.layers() == 0 || !network.isDirect()) {
            throw new IllegalArgumentException("exact minimisation needs a chain of affine layers: expected a multi-layer"
                    + " perceptron");
        }
        this.options = options;
        this.variables = new Variables(backend, network, pairs.count());
        this.lifting = options.strategy().on(backend, variables, options.mu());
        Batches.loadAll(pairs, variables.u().block(0), variables.target());
        options.start().apply(backend, variables, options.seed());
        this.evaluation = new Evaluation(backend, variables, lifting);
        List<Integer> nonlinear = IntStream.range(0, network.layers())
                .filter(l -> options.strategy().kind() != Strategy.Kind.CLASSICAL
                        && !(network.sigma().get(l) instanceof Identity))
                .boxed().toList();
        List<Integer> linear = IntStream.rangeClosed(0, network.layers())
                .filter(l -> !nonlinear.contains(l)).boxed().toList();
        this.directions = options.admmPenalty() == null || nonlinear.isEmpty() ? null
                : new AlternatingDirections(
                        backend, variables, theta, nonlinear, options.admmPenalty(), options.iterations());
        if (directions != null) {
            blocks.put("admm", directions);
        } else if (!nonlinear.isEmpty()) {
            blocks.put("parameters", gradients(backend, theta, nonlinear));
        }
        blocks.put("linear", new ConjugateGradients(new LeastSquares(
                backend, variables, theta, linear, weights(linear), lifting.parameterGradient(), options.iterations())));
        for (int first = 0; first < Math.min(2, network.layers()); first++) {
            blocks.put(first == 0 ? "odd" : "even", colour(backend, theta, first));
        }
        this.inOrder = blocks.values().toArray(new Block[0]);
    }

    private double[] weights(List<Integer> layers) {
        float[] mu = options.mu();
        return layers.stream().mapToDouble(l -> l < mu.length ? mu[l] : 1.0).toArray();
    }

    private Block gradients(Backend backend, Parameters theta, List<Integer> layers) {
        List<Matrix> x = layers.stream().map(theta.perLayer()::get).toList();
        List<Matrix> gradients = layers.stream().map(variables.parameterGradient().perLayer()::get).toList();
        BlockOptimizer optimizer = plain(backend, x);
        return new AcceleratedProximalGradient(
                backend,
                x,
                new Block.Gradient(gradients, false, null, moves -> {
                    List<Operation> operations = new ArrayList<>(lifting.parameterGradient());
                    operations.add(new Update(moves));
                    return operations;
                }),
                optimizer,
                LipschitzSteps.parametersOf(backend, variables, options.mu(), optimizer, layers),
                options.iterations());
    }

    /** The layers first, first + 2, … of z, from 0: JMLR paper, eqs. 36b and 36c. */
    private Block colour(Backend backend, Parameters theta, int first) {
        int all = variables.network().layers();
        List<Integer> layers = IntStream.range(0, all).filter(j -> j % 2 == first).boxed().toList();
        List<Matrix> x = layers.stream().map(j -> variables.u().block(j + 1)).toList();
        BlockOptimizer optimizer = plain(backend, x);
        return new AcceleratedProximalGradient(
                backend,
                x,
                new Block.Gradient(
                        layers.stream().map(variables.gradient()::block).toList(),
                        true,
                        layers.stream().map(j -> lifting.proximal(j, false)).toList(),
                        moves -> {
                            Update.Step[] steps = new Update.Step[all];
                            for (int i = 0; i < moves.size(); i++) {
                                steps[layers.get(i)] = moves.get(i);
                            }
                            return lifting.auxiliaryStep(Arrays.asList(steps));
                        }),
                optimizer,
                LipschitzSteps.auxiliariesOf(backend, theta, options.mu(), optimizer, layers),
                options.iterations());
    }

    private static BlockOptimizer plain(Backend backend, List<Matrix> x) {
        return new BlockOptimizer(backend, Optimizer.fixed(Optimizer.Kind.PROXIMAL_GRADIENT, 1), x);
    }

    @Override
    public void step() {
        for (Block block : inOrder) {
            block.step(steps);
        }
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
        Residuals residuals = evaluation.residuals();
        return directions == null ? residuals : residuals.with(directions.residuals(0), directions.residuals(1));
    }

    @Override
    public Map<String, Matrix> state() {
        Map<String, Matrix> state = new LinkedHashMap<>();
        state.putAll(evaluation.auxiliaries());
        blocks.forEach((name, block) -> state.putAll(block.state(name)));
        return state;
    }

    @Override
    public void restored(long completed) {
        steps = completed;
    }

    @Override
    public void close() {
        blocks.values().forEach(Block::close);
        evaluation.close();
        lifting.close();
        variables.close();
    }
}

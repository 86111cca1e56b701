package io.github.bitlift.solver;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Copy;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Program;
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
 * The implicit stochastic gradient method (framework paper, eq. 19; JMLR paper, Algorithm 1). One step works on one
 * mini-batch: z starts from a forward pass; then N times, z moves by proximal gradient from the last layer to the
 * first with step c / (μ_{j+1}‖W_{j+1}‖²), ½‖u‖² being in the proximal part, and θ moves with the proximal term
 * 1/(2τ_k)‖θ − θᵏ‖² and step c / (μ(‖U‖²/s + 1) + 1/τ_k), U being the layer's inputs as they are then, or by its own
 * optimiser. With c = 1 the steps stay stable where a norm is underestimated by up to half.
 *
 * <p>Where layers read more than the one before them and the input, or u isn't z, as in primal–dual and residual networks, all
 * layers of z move at once instead, with ½‖u‖² in the smooth part and step c / L, L from {@link SystemNorms}. Where layers aren't
 * affine in θ, as in unrolled algorithms, θ takes the steps of an optimiser of its own.
 *
 * <p>That is for lifted Bregman training; every other {@link Strategy} takes its place. Where ½‖u‖² isn't in the proximal
 * part, as in MAC-QP, z's step is c / (μ_{j+1}‖W_{j+1}‖² + μ_j). With back-propagation there is no z, and the N steps on
 * θ minimise {@code f(θ) + 1/(2τ_k)‖θ − θᵏ‖²} for the batch's own f (JMLR paper, eq. 22: ISGD-BP).
 */
public final class ImplicitStochasticGradient implements Trainer {
    private static final int NORM_ITERATIONS = 4;
    private static final int FIRST_NORM_ITERATIONS = 30;

    private final Options options;
    private final Batches batches;
    private final Variables variables;
    private final Lifting lifting;
    private final Parameters anchor;
    private final MirrorParameters theta;
    private final BlockOptimizer parameters;
    private final AuxiliaryMoves auxiliaries;
    private final List<Norms> activationNorms = new ArrayList<>();
    private final Program forward;
    private final Program first;
    private final Program start;
    private final Program inner;
    private final Evaluation evaluation;
    private long steps;

    /**
     * Everything the method needs besides the data.
     *
     * @param strategy how layers are tied to each other
     * @param mu μ, one per hidden layer
     * @param parameters the optimiser of θ, with a fixed step for back-propagation
     * @param regulariser R of linearised Bregman iterations on θ
     * @param inner N, inner iterations per batch
     * @param tau τ_k, the weight of the proximal term being 1/τ_k
     * @param relaxation c, in (0, 2)
     */
    public record Options(
            Strategy strategy,
            float[] mu,
            Optimizer parameters,
            ParameterRegulariser regulariser,
            int inner,
            double tau,
            double relaxation) {

        /** Lifted Bregman training without regularisation. */
        public Options(float[] mu, Optimizer parameters, int inner, double tau, double relaxation) {
            this(Strategy.BREGMAN, mu, parameters, ParameterRegulariser.NONE, inner, tau, relaxation);
        }

        /** Checks values. */
        public Options {
            if (inner < 1 || !(tau > 0) || !(relaxation > 0 && relaxation < 2)) {
                throw new IllegalArgumentException("inner iterations " + inner + ", tau " + tau + ", relaxation "
                        + relaxation + ": expected at least 1, more than 0, and between 0 and 2");
            }
            if (parameters.stepSize() == Optimizer.StepSize.BACKTRACKING) {
                throw new IllegalArgumentException("backtracking needs the block-coordinate solver");
            }
            if (strategy.kind() == Strategy.Kind.CONTRASTIVE && relaxation > 1) {
                throw new IllegalArgumentException("contrastive: relaxation " + relaxation + ", expected at most 1, as its free"
                        + " energy must not ascend");
            }
            if (strategy.kind() == Strategy.Kind.BACKPROP && parameters.stepSize() != Optimizer.StepSize.FIXED) {
                throw new IllegalArgumentException("back-propagation takes a fixed learning rate");
            }
        }
    }

    /** Allocates; θ is left as it is, or becomes prox_R(θ) where it is regularised. */
    public ImplicitStochasticGradient(
            Backend backend, Network network, Parameters theta, Batches batches, Options options) {
        this.options = options;
        this.batches = batches;
        this.variables = new Variables(backend, network, batches.size());
        this.lifting = options.strategy().on(backend, variables, options.mu());
        this.theta = new MirrorParameters(backend, theta, options.regulariser());
        this.anchor = theta.like(backend);
        this.parameters = new BlockOptimizer(backend, options.parameters(), this.theta.perLayer());
        this.auxiliaries = new AuxiliaryMoves(backend, variables, lifting, options.mu(), options.relaxation());
        if (options.parameters().stepSize() == Optimizer.StepSize.NORMS) {
            prepareNorms(backend, theta);
        }
        this.forward = backend.compile(lifting.forward());
        this.first = backend.compile(start(FIRST_NORM_ITERATIONS));
        this.start = backend.compile(start(NORM_ITERATIONS));
        this.inner = backend.compile(inner());
        this.evaluation = new Evaluation(backend, variables, lifting);
    }

    private void prepareNorms(Backend backend, Parameters theta) {
        LipschitzSteps.requireAffineLayers(theta);
        float[] mu = options.mu();
        double batch = batches.size();
        for (int l = 0; l <= mu.length; l++) {
            double weight = l < mu.length ? mu[l] : 1.0;
            activationNorms.add(new Norms(
                    backend, variables.u().block(l), parameters.step(l), options.relaxation(), weight / batch,
                    weight + 1 / options.tau(), 100 + l));
        }
    }

    /** Once per batch: z from a forward pass, θᵏ kept, norms of the weights brought up to date. */
    private List<Operation> start(int iterations) {
        List<Operation> operations = new ArrayList<>(lifting.forward());
        operations.add(new Copy(theta.all(), anchor.all()));
        operations.addAll(auxiliaries.estimates(iterations));
        return operations;
    }

    private List<Operation> inner() {
        List<Update.Anchor> anchors = anchor.perLayer().stream()
                .map(point -> new Update.Anchor(point, (float) (1 / options.tau())))
                .toList();
        List<Operation> operations = new ArrayList<>(auxiliaries.operations());
        activationNorms.forEach(norm -> operations.add(norm.operation(NORM_ITERATIONS)));
        operations.addAll(lifting.parameterGradient());
        operations.add(new Update(
                parameters.steps(variables.parameterGradient().perLayer(), anchors, theta.projections())));
        operations.addAll(theta.operations());
        return operations;
    }

    @Override
    public void step() {
        step(steps == 0);
    }

    /** The same, with norms estimated from scratch or brought up to date. */
    void step(boolean fromScratch) {
        if (steps == 0 || !batches.whole()) {
            load(steps);
        }
        (fromScratch ? first : start).run();
        auxiliaries.refresh(fromScratch);
        for (int n = 0; n < options.inner(); n++) {
            parameters.prepare(steps * options.inner() + n + 1);
            inner.run();
            theta.afterStep();
        }
        steps++;
    }

    private void load(long index) {
        batches.load(index, variables.u().block(0), variables.target());
    }

    @Override
    public long steps() {
        return steps;
    }

    @Override
    public Objective objective() {
        prepareFirstBatch();
        return evaluation.objective();
    }

    @Override
    public Residuals residuals() {
        prepareFirstBatch();
        return evaluation.residuals();
    }

    private void prepareFirstBatch() {
        if (steps == 0) {
            load(0);
            forward.run();
        }
    }

    @Override
    public Map<String, Matrix> state() {
        Map<String, Matrix> state = new LinkedHashMap<>();
        state.putAll(parameters.state("parameters"));
        state.putAll(auxiliaries.state());
        for (int i = 0; i < activationNorms.size(); i++) {
            state.put("norm.activation." + i, activationNorms.get(i).vector());
        }
        state.putAll(evaluation.auxiliaries());
        state.putAll(theta.state());
        return state;
    }

    @Override
    public void restored(long completed) {
        steps = completed;
        if (steps > 0) {
            load(steps - 1);
        }
    }

    @Override
    public void close() {
        List.of(forward, first, start, inner).forEach(Program::close);
        evaluation.close();
        activationNorms.forEach(Norms::close);
        parameters.close();
        auxiliaries.close();
        anchor.close();
        theta.close();
        lifting.close();
        variables.close();
    }
}

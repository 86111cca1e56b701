package io.github.bitlift.bench;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.lifting.Strategy;
import io.github.bitlift.network.Initialisation;
import io.github.bitlift.network.Mlp;
import io.github.bitlift.network.Network;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.numerics.Philox;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.Relu;
import io.github.bitlift.prox.SoftThreshold;
import io.github.bitlift.solver.AlternatingMinimisation;
import io.github.bitlift.solver.AuxiliaryStart;
import io.github.bitlift.solver.Batches;
import io.github.bitlift.solver.BlockCoordinateDescent;
import io.github.bitlift.solver.ConventionalTraining;
import io.github.bitlift.solver.ImplicitStochasticGradient;
import io.github.bitlift.solver.Optimizer;
import io.github.bitlift.solver.Pairs;
import io.github.bitlift.solver.ParameterAveraging;
import io.github.bitlift.solver.ParameterRegulariser;
import io.github.bitlift.solver.Trainer;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Whole training steps, each solver with the papers' settings, on random numbers. */
final class StepBenches {
    private static final int SEED = 1;
    private static final Optimizer ADAM = Optimizer.fixed(Optimizer.Kind.ADAM, 8e-4);
    private static final Optimizer BY_NORMS =
            new Optimizer(Optimizer.Kind.PROXIMAL_GRADIENT, 1, Optimizer.StepSize.NORMS, 0);
    private static final int INNER = 15;

    private StepBenches() {}

    /** Makes a solver. */
    private interface Method {
        Trainer of(Backend backend, Parameters theta, Network network, Pairs pairs);
    }

    static void addTo(List<BenchCase> cases) {
        for (int samples : new int[] {512, 5000}) {
            add(cases, "block_coordinate_descent", Net.SEVEN, samples, StepBenches::blockCoordinateDescent);
            add(cases, "back_propagation", Net.SEVEN, samples, StepBenches::backPropagation);
        }
        add(cases, "implicit_stochastic_gradient", Net.SEVEN, 100, StepBenches::implicitStochasticGradient);
        add(cases, "implicit_stochastic_gradient", Net.CLASSIFIER, 100, StepBenches::implicitStochasticGradient);
        add(cases, "back_propagation", Net.CLASSIFIER, 100, StepBenches::backPropagation);
        for (Strategy.Kind kind : List.of(Strategy.Kind.MAC_QP, Strategy.Kind.CLASSICAL)) {
            add(cases, kind.name().toLowerCase(Locale.ROOT), Net.SEVEN, 512, blockCoordinateDescent(kind));
        }
        add(cases, "contrastive", Net.CLASSIFIER, 100, StepBenches::contrastive);
        add(cases, "parameter_averaging", Net.CLASSIFIER, 500, StepBenches::parameterAveraging);
        add(cases, "exact_minimisation", Net.CLASSIFIER, 512, exactMinimisation(null));
        add(cases, "alternating_directions", Net.CLASSIFIER, 512, exactMinimisation(1.0));
    }

    private static void add(List<BenchCase> cases, String method, Net net, int samples, Method solver) {
        String name = "step/" + method + "/" + net.name() + "/" + samples;
        cases.add(new BenchCase(name, samples, backend -> new Step(backend, net, samples, solver)));
    }

    private static Trainer blockCoordinateDescent(Backend backend, Parameters theta, Network network, Pairs pairs) {
        return blockCoordinateDescent(Strategy.Kind.BREGMAN).of(backend, theta, network, pairs);
    }

    private static Method blockCoordinateDescent(Strategy.Kind kind) {
        return (backend, theta, network, pairs) ->
                new BlockCoordinateDescent(backend, network, theta, pairs, new BlockCoordinateDescent.Options(
                        Strategy.of(kind), weights(network, 5e-3f), ADAM, ADAM, ParameterRegulariser.NONE,
                        AuxiliaryStart.FORWARD, SEED));
    }

    private static Trainer contrastive(Backend backend, Parameters theta, Network network, Pairs pairs) {
        return new ImplicitStochasticGradient(backend, network, theta, new Batches(pairs, pairs.count(), SEED),
                new ImplicitStochasticGradient.Options(
                        Strategy.of(Strategy.Kind.CONTRASTIVE), weights(network, 1f), BY_NORMS, ParameterRegulariser.NONE,
                        INNER, 100, 1.0));
    }

    /** Five batches to an epoch, which is one step. */
    private static Trainer parameterAveraging(Backend backend, Parameters theta, Network network, Pairs pairs) {
        return new ParameterAveraging(backend, network, theta, new Batches(pairs, pairs.count() / 5, SEED),
                new ImplicitStochasticGradient.Options(weights(network, 1f), BY_NORMS, INNER, 100, 1.0));
    }

    /**
     * Without a tolerance, so that every step takes all its inner iterations; ADMM's least squares end by one of their own, and
     * its work is that of the second step.
     */
    private static Method exactMinimisation(Double admmPenalty) {
        return (backend, theta, network, pairs) -> new AlternatingMinimisation(backend, network, theta, pairs,
                new AlternatingMinimisation.Options(
                        weights(network, 1f), AuxiliaryStart.FORWARD, SEED, INNER, 0, admmPenalty));
    }

    private static Trainer implicitStochasticGradient(
            Backend backend, Parameters theta, Network network, Pairs pairs) {
        return new ImplicitStochasticGradient(backend, network, theta, new Batches(pairs, pairs.count(), SEED),
                new ImplicitStochasticGradient.Options(weights(network, 1f), BY_NORMS, INNER, 100, 1.0));
    }

    private static Trainer backPropagation(Backend backend, Parameters theta, Network network, Pairs pairs) {
        return new ConventionalTraining(backend, network, theta, new Batches(pairs, pairs.count(), SEED), ADAM);
    }

    private static float[] weights(Network network, float mu) {
        float[] weights = new float[network.layers()];
        Arrays.fill(weights, mu);
        return weights;
    }

    /** One solver in progress. */
    private static final class Step implements Load {
        private final Parameters theta;
        private final Trainer trainer;
        private final Work work;

        Step(Backend backend, Net net, int samples, Method method) {
            CountingBackend counting = new CountingBackend(backend);
            theta = new Parameters(counting, net.widths());
            Initialisation.glorotUniform(theta, SEED);
            ProxMap sigma = net == Net.CLASSIFIER ? new Relu() : new SoftThreshold(0.02f);
            Network network = Mlp.of(theta, List.copyOf(Collections.nCopies(net.layers() - 1, sigma)));
            try {
                trainer = method.of(counting, theta, network, pairs(net, samples));
            } catch (RuntimeException problem) {
                theta.close();
                throw problem;
            }
            trainer.step();
            counting.take();
            trainer.step();
            work = counting.take();
        }

        private static Pairs pairs(Net net, int samples) {
            int in = net.in(0);
            int out = net.out(net.layers() - 1);
            float[] inputs = new float[samples * in];
            new Philox(SEED, 1).normals(inputs);
            float[] targets = new float[samples * out];
            new Philox(SEED, 2).normals(targets);
            return new Pairs(inputs, targets, samples, in, out);
        }

        @Override
        public void run() {
            trainer.step();
        }

        @Override
        public Work work() {
            return work;
        }

        @Override
        public void close() {
            trainer.close();
            theta.close();
        }
    }
}

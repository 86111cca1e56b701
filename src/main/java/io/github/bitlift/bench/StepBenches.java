package io.github.bitlift.bench;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.network.Initialisation;
import io.github.bitlift.network.Mlp;
import io.github.bitlift.network.Network;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.numerics.Philox;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.Relu;
import io.github.bitlift.prox.SoftThreshold;
import io.github.bitlift.solver.AuxiliaryStart;
import io.github.bitlift.solver.Batches;
import io.github.bitlift.solver.BlockCoordinateDescent;
import io.github.bitlift.solver.ConventionalTraining;
import io.github.bitlift.solver.ImplicitStochasticGradient;
import io.github.bitlift.solver.Optimizer;
import io.github.bitlift.solver.Pairs;
import io.github.bitlift.solver.Trainer;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Whole training steps, each solver with the papers' settings, on random numbers. */
final class StepBenches {
    private static final int SEED = 1;
    private static final Optimizer ADAM = Optimizer.fixed(Optimizer.Kind.ADAM, 8e-4);
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
    }

    private static void add(List<BenchCase> cases, String method, Net net, int samples, Method solver) {
        String name = "step/" + method + "/" + net.name() + "/" + samples;
        cases.add(new BenchCase(name, samples, backend -> new Step(backend, net, samples, solver)));
    }

    private static Trainer blockCoordinateDescent(Backend backend, Parameters theta, Network network, Pairs pairs) {
        return new BlockCoordinateDescent(backend, network, theta, pairs, new BlockCoordinateDescent.Options(
                weights(network, 5e-3f), ADAM, ADAM, AuxiliaryStart.FORWARD, SEED));
    }

    private static Trainer implicitStochasticGradient(
            Backend backend, Parameters theta, Network network, Pairs pairs) {
        Optimizer byNorms = new Optimizer(Optimizer.Kind.PROXIMAL_GRADIENT, 1, Optimizer.StepSize.NORMS, 0);
        return new ImplicitStochasticGradient(backend, network, theta, new Batches(pairs, pairs.count(), SEED),
                new ImplicitStochasticGradient.Options(weights(network, 1f), byNorms, INNER, 100, 1.0));
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

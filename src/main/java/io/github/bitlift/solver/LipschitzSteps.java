package io.github.bitlift.solver;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Program;
import io.github.bitlift.lifting.Variables;
import io.github.bitlift.network.Network;
import io.github.bitlift.network.Parameters;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Step sizes c / L, one per part of a block, with Lipschitz constants L from operator norms. Every step brings the norms up
 * to date by a few power iterations that start from the vectors kept from the step before.
 *
 * <p>c is 1.99 for plain proximal gradient (JMLR paper, §6.1: just under the bound 2) and 1 with momentum.
 */
final class LipschitzSteps implements AutoCloseable {
    private static final double PLAIN = 1.99;
    private static final double WITH_MOMENTUM = 1;
    private static final int FIRST = 30;
    private static final int LATER = 3;

    private final List<Norms> norms;
    private final Program first;
    private final Program later;
    private final Runnable finish;

    private LipschitzSteps(Backend backend, int parts, IntFunction<Norms> make) {
        this(backend, List.of(), IntStream.range(0, parts).mapToObj(make).toList(), () -> { });
    }

    private LipschitzSteps(Backend backend, List<Operation> before, List<Norms> norms, Runnable finish) {
        this.norms = norms;
        this.finish = finish;
        this.first = backend.compile(operations(before, FIRST));
        this.later = backend.compile(operations(before, LATER));
    }

    private List<Operation> operations(List<Operation> before, int iterations) {
        List<Operation> operations = new ArrayList<>(before);
        norms.forEach(norm -> operations.add(norm.operation(iterations)));
        return operations;
    }

    /**
     * θ: layer l has L = μ_l(‖U_{l−1}‖²/s + 1), the 1 being the bias; the output layer has μ = 1. Given z, layers don't
     * interact.
     */
    static LipschitzSteps parameters(Backend backend, Variables variables, float[] mu, BlockOptimizer optimizer) {
        requireAffineLayers(variables.parameterGradient());
        return new LipschitzSteps(backend, mu.length + 1, l -> {
            double weight = l < mu.length ? mu[l] : 1.0;
            Matrix u = variables.u().block(l);
            return new Norms(
                    backend, u, optimizer.step(l), numerator(optimizer), weight / variables.samples(), weight, l);
        });
    }

    /**
     * z, all layers at once: layer j has L = 2μ_j + 2μ_{j+1}‖W_{j+1}‖², the last 2μ_J + ‖K‖². The curvature of a penalty in
     * (u_{j−1}, u_j) along (b, a) is at most μ_j‖a − W_j b‖² ≤ 2μ_j‖a‖² + 2μ_j‖W_j‖²‖b‖², which shares the coupling of
     * neighbours out between them. Other architectures than a chain of affine layers: {@link #ofSystem}.
     */
    static LipschitzSteps auxiliaries(Backend backend, Network network, float[] mu, BlockOptimizer optimizer) {
        Parameters theta = network.parameters();
        if (theta.layers() == 0) {
            return ofSystem(backend, network, mu, optimizer, numerator(optimizer));
        }
        return new LipschitzSteps(backend, mu.length, j -> {
            double successor = j + 1 < mu.length ? 2.0 * mu[j + 1] : 1.0;
            return new Norms(
                    backend,
                    theta.weight(j + 1),
                    optimizer.step(j),
                    numerator(optimizer),
                    successor,
                    2.0 * mu[j],
                    100 + j);
        });
    }

    /** z of any architecture, all layers at once: a numerator divided by the constants of {@link SystemNorms}. */
    static LipschitzSteps ofSystem(
            Backend backend, Network network, float[] mu, BlockOptimizer optimizer, double numerator) {
        SystemNorms system = new SystemNorms(backend, network, mu);
        return new LipschitzSteps(
                backend, network.composition().prepare(), system.norms(),
                () -> optimizer.setSteps(numerator, system.constants()));
    }

    /** θ, some layers alone, for accelerated steps: 1 / L with the L of {@link #parameters}. */
    static LipschitzSteps parametersOf(
            Backend backend, Variables variables, float[] mu, BlockOptimizer optimizer, List<Integer> layers) {
        return new LipschitzSteps(backend, layers.size(), i -> {
            int l = layers.get(i);
            double weight = l < mu.length ? mu[l] : 1.0;
            return new Norms(
                    backend, variables.u().block(l), optimizer.step(i), WITH_MOMENTUM, weight / variables.samples(), weight,
                    l);
        });
    }

    /**
     * z, layers that aren't neighbours, for accelerated steps: 1 / L with L = μ_j + μ_{j+1}‖W_{j+1}‖², as nothing that a
     * layer is coupled to moves with it.
     */
    static LipschitzSteps auxiliariesOf(
            Backend backend, Parameters theta, float[] mu, BlockOptimizer optimizer, List<Integer> layers) {
        return new LipschitzSteps(backend, layers.size(), i -> {
            int j = layers.get(i);
            double successor = j + 1 < mu.length ? mu[j + 1] : 1.0;
            return new Norms(
                    backend, theta.weight(j + 1), optimizer.step(i), WITH_MOMENTUM, successor, mu[j], 100 + j);
        });
    }

    /** Refuses other architectures: where parameters are multiplied by each other, gradients aren't Lipschitz. */
    static void requireAffineLayers(Parameters theta) {
        if (theta.layers() == 0) {
            throw new IllegalArgumentException("step sizes of theta from norms: expected a chain of affine layers, or fixed steps");
        }
    }

    private static double numerator(BlockOptimizer optimizer) {
        return optimizer.hasMomentum() ? WITH_MOMENTUM : PLAIN;
    }

    /** Brings norms and step sizes up to date, thoroughly at the first step. */
    void refresh(long t) {
        (t == 0 ? first : later).run();
        finish.run();
    }

    /** The same, thoroughly: what it is the norm of may have changed altogether. */
    void estimate() {
        first.run();
        finish.run();
    }

    /** The vectors that the next estimates start from. */
    Map<String, Matrix> state(String prefix) {
        Map<String, Matrix> state = new LinkedHashMap<>();
        for (int i = 0; i < norms.size(); i++) {
            state.put(prefix + ".norm." + i, norms.get(i).vector());
        }
        return state;
    }

    @Override
    public void close() {
        first.close();
        later.close();
        norms.forEach(Norms::close);
    }
}

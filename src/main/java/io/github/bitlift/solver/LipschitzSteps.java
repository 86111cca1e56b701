package io.github.bitlift.solver;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Program;
import io.github.bitlift.lifting.Variables;
import io.github.bitlift.network.Parameters;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/** Step sizes 1.99 / L (with momentum β (1 − β) of that), one per part of a block, with Lipschitz constants L from operator norms kept up to date. */
final class LipschitzSteps implements AutoCloseable {
    /** JMLR paper, §6.1: just under the bound 2 / L. */
    private static final double NUMERATOR = 1.99;

    private static final int FIRST = 30;
    /** At every step: on stale norms the objective goes up, by orders of magnitude early in a run. */
    private static final int LATER = 1;

    private final List<Norms> norms;
    private final Program first;
    private final Program later;

    /** Norms made by a function of the index of the part. */
    LipschitzSteps(Backend backend, int parts, IntFunction<Norms> make) {
        this.norms = new ArrayList<>();
        for (int i = 0; i < parts; i++) {
            norms.add(make.apply(i));
        }
        this.first = backend.compile(
                norms.stream().map(norm -> norm.operation(FIRST)).toList());
        this.later = backend.compile(
                norms.stream().map(norm -> norm.operation(LATER)).toList());
    }

    /** θ: layer l has L = μ_l(‖U_{l−1}‖²/s + 1), the 1 being the bias; the output layer has μ = 1. */
    static LipschitzSteps parameters(Backend backend, Variables variables, float[] mu, BlockOptimizer optimizer) {
        return new LipschitzSteps(backend, mu.length + 1, l -> {
            double weight = l < mu.length ? mu[l] : 1.0;
            Matrix u = variables.u().block(l);
            return new Norms(
                    backend,
                    u,
                    optimizer.step(l),
                    NUMERATOR * optimizer.damping(),
                    weight / variables.samples(),
                    weight,
                    l);
        });
    }

    /**
     * z: layer j alone has L_j = μ_j + μ_{j+1}‖W_{j+1}‖², the last μ_J + ‖K‖². All layers move at once, each coupled to
     * its neighbours: G's second derivative is at most that of {@code ½‖K u_J‖² + Σ ½μ_j‖u_j − W_j u_{j−1}‖²}, a positive
     * semidefinite block tridiagonal matrix, which is at most twice its block diagonal. So L = 2 L_j, with one layer L_1.
     */
    static LipschitzSteps auxiliaries(Backend backend, Parameters theta, float[] mu, BlockOptimizer optimizer) {
        double coupling = mu.length == 1 ? 1.0 : 2.0;
        return new LipschitzSteps(backend, mu.length, j -> {
            double successor = j + 1 < mu.length ? mu[j + 1] : 1.0;
            return new Norms(
                    backend,
                    theta.weight(j + 1),
                    optimizer.step(j),
                    NUMERATOR * optimizer.damping(),
                    coupling * successor,
                    coupling * mu[j],
                    100 + j);
        });
    }

    /** Brings the norms up to date, from the last estimates after the first step. */
    void refresh(long t) {
        (t == 0 ? first : later).run();
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

package io.github.bitlift.solver;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Update;
import io.github.bitlift.lifting.Lifting;
import io.github.bitlift.lifting.Variables;
import io.github.bitlift.network.BlockVector;
import io.github.bitlift.network.LinearMap;
import io.github.bitlift.network.Network;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How z moves in {@link ImplicitStochasticGradient}: in a chain from the last layer to the first, with step {@code c /
 * (μ_{j+1}‖W_{j+1}‖²)} or, where ½‖u‖² isn't in the proximal part, {@code c / (μ_{j+1}‖W_{j+1}‖² + μ_j)}; elsewhere all layers at
 * once, with ½‖u‖² in the smooth part and step c / L, L from {@link SystemNorms}. Nothing where there is no z.
 */
final class AuxiliaryMoves implements AutoCloseable {
    /** Keeps the step finite for a zero matrix. */
    private static final double SMALL = 1e-6;

    private final Network network;
    private final Lifting lifting;
    private final BlockOptimizer optimizer;
    private final BlockVector preactivation;
    private final List<Norms> norms = new ArrayList<>();
    private final LipschitzSteps system;

    /**
     * Allocates.
     *
     * @param mu μ, one per layer; none without auxiliary variables
     * @param relaxation c
     */
    AuxiliaryMoves(Backend backend, Variables variables, Lifting lifting, float[] mu, double relaxation) {
        this.network = variables.network();
        this.lifting = lifting;
        this.optimizer = new BlockOptimizer(
                backend, Optimizer.fixed(Optimizer.Kind.PROXIMAL_GRADIENT, 1), variables.z().blocks());
        boolean any = !lifting.auxiliaries().isEmpty();
        this.preactivation = any && network.isChain()
                ? BlockVector.allocate(backend, variables.samples(), network.w().rowSizes()) : null;
        this.system = any && !network.isChain()
                ? LipschitzSteps.ofSystem(backend, network, mu, optimizer, relaxation) : null;
        for (int j = 0; preactivation != null && j < mu.length; j++) {
            Update.Proximal proximal = lifting.proximal(j, true);
            double own = proximal != null && proximal.ridge() ? SMALL : mu[j];
            stepSize(backend, j, relaxation, j + 1 < mu.length ? mu[j + 1] : 1.0, own);
        }
    }

    private void stepSize(Backend backend, int j, double relaxation, double successor, double own) {
        LinearMap reader = reader(j);
        if (reader instanceof LinearMap.ScaledIdentity identity) {
            double squared = (double) identity.factor() * identity.factor();
            optimizer.setStep(j, relaxation / (successor * squared + own));
        } else {
            norms.add(new Norms(
                    backend, reader.matrix(), optimizer.step(j), relaxation, successor * reader.gain(), own, j));
        }
    }

    /** What reads layer j of a chain, from 0. */
    private LinearMap reader(int j) {
        boolean last = j + 1 == network.layers();
        return (last ? network.k().inColumn(j + 1) : network.w().inRow(j + 1)).stream()
                .filter(block -> block.column() == j + 1).findFirst().orElseThrow().map();
    }

    /** Brings norms up to date, as far as the backend can; the composition's matrices must be. */
    List<Operation> estimates(int iterations) {
        return norms.stream().<Operation>map(norm -> norm.operation(iterations)).toList();
    }

    /** Brings step sizes up to date where the host must do it. */
    void refresh(boolean fromScratch) {
        if (system != null) {
            system.refresh(fromScratch ? 0 : 1);
        }
    }

    /** One move of z. */
    List<Operation> operations() {
        List<Update.Proximal> proximal = new ArrayList<>();
        for (int j = 0; j < network.layers(); j++) {
            proximal.add(lifting.proximal(j, network.isChain()));
        }
        List<Update.Step> steps = optimizer.steps(null, null, proximal);
        return preactivation != null ? lifting.backwardPass(steps, preactivation.blocks()) : lifting.auxiliaryStep(steps);
    }

    /** What a checkpoint must keep. */
    Map<String, Matrix> state() {
        Map<String, Matrix> state = new LinkedHashMap<>();
        for (int i = 0; i < norms.size(); i++) {
            state.put("norm.weight." + i, norms.get(i).vector());
        }
        if (system != null) {
            state.putAll(system.state("norm.auxiliary"));
        }
        return state;
    }

    @Override
    public void close() {
        norms.forEach(Norms::close);
        if (system != null) {
            system.close();
        }
        optimizer.close();
        if (preactivation != null) {
            preactivation.block(0).buffer().close();
        }
    }
}

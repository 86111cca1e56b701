package io.github.bitlift.network;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.prox.Box;
import java.util.ArrayList;
import java.util.List;

/**
 * The proximal neural network that unrolls the dual forward–backward algorithm for denoising, {@code min_x ½‖x − y‖² +
 * λ‖Lx‖₁} (Wang, Benning and Repetti, MLSP 2024):
 *
 * <pre>
 * u₀ = 0
 * u_{k+1} = proj_[−λ_k, λ_k](u_k − τ_k L_k(L_k*u_k − y))   for k = 0 … n − 1
 * N(y) = y − L_n*u_n
 * </pre>
 *
 * The projection is the prox map of τ(λ‖·‖₁)* for every τ. The term τ_k L_k y is a block of W in the input's column, and K has
 * the identity there; M = (0 I), V = I, b = 0, d = 0.
 *
 * <p>θ: {@code L.0 … L.n [S, N]} and {@code tau.0 … tau.(n−1) [1, 1]}, or one of each for all layers. A λ that all layers share
 * is learned within L and τ: the network with (cλ, L, τ) is the one with (λ, cL, τ/c²).
 *
 * @param signal N
 * @param dual S
 * @param lambda λ₀ … λ_{n−1}
 * @param tau where every τ_k starts, less than 2/‖L‖² for the algorithm to converge
 * @param shared whether all layers have the same L and τ
 */
public record DualForwardBackward(int signal, int dual, List<Float> lambda, float tau, boolean shared)
        implements Architecture {

    /** A copy of the list is kept. */
    public DualForwardBackward {
        lambda = List.copyOf(lambda);
        if (lambda.isEmpty()) {
            throw new IllegalArgumentException("dual forward-backward network of no layers, expected at least one value of"
                    + " lambda");
        }
    }

    @Override
    public String name() {
        return "dual-forward-backward";
    }

    @Override
    public int inputs() {
        return signal;
    }

    @Override
    public int outputs() {
        return signal;
    }

    @Override
    public int layers() {
        return lambda.size();
    }

    @Override
    public List<Parameters.Shape> shapes() {
        List<Parameters.Shape> shapes = new ArrayList<>();
        for (int k = 0; k <= (shared ? 0 : lambda.size()); k++) {
            shapes.add(new Parameters.Shape(named("L", k), dual, signal));
        }
        for (int k = 0; k < (shared ? 1 : lambda.size()); k++) {
            shapes.add(new Parameters.Shape(named("tau", k), 1, 1));
        }
        return shapes;
    }

    private String named(String name, int k) {
        return shared ? name : name + "." + k;
    }

    @Override
    public void initialise(Parameters parameters, long seed) {
        for (int k = 0; k <= (shared ? 0 : lambda.size()); k++) {
            Initialisation.glorotUniform(parameters.named(named("L", k)), seed, k);
        }
        for (int k = 0; k < lambda.size(); k++) {
            parameters.named(named("tau", k)).write(new float[] {tau});
        }
    }

    @Override
    public Network over(Backend backend, Parameters parameters) {
        Composition composition = new Composition(backend, parameters);
        Assembly network = new Assembly(signal);
        Layer layer = null;
        for (int k = 0; k < lambda.size(); k++) {
            layer = shared && layer != null ? layer : layer(composition, k);
            List<Assembly.Of> reads = new ArrayList<>();
            reads.add(new Assembly.Of(0, layer.input.map()));
            if (k > 0) {
                reads.add(new Assembly.Of(k, layer.weights.map()));
            }
            network.layer(
                    Box.symmetric(lambda.get(k)), composition.zeros(dual), reads.toArray(Assembly.Of[]::new));
        }
        int last = lambda.size();
        Expression output = composition.multiple(-1f, composition.parameter(named("L", last)));
        return network.output(
                parameters, composition, composition.zeros(signal),
                new Assembly.Of(0, new LinearMap.ScaledIdentity(signal, 1f)), new Assembly.Of(last, output.adjoint()));
    }

    private record Layer(Expression input, Expression weights) {}

    private Layer layer(Composition composition, int k) {
        Expression l = composition.parameter(named("L", k));
        Expression scaled = composition.scaled(composition.parameter(named("tau", k)), l);
        boolean first = k == 0 && !shared; // u₀ = 0 has no weights
        return new Layer(scaled, first ? null : composition.identityMinus(composition.timesAdjoint(scaled, l)));
    }
}

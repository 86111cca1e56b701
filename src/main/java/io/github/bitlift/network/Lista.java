package io.github.bitlift.network;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.LearnedThreshold;
import io.github.bitlift.prox.Identity;
import io.github.bitlift.prox.SoftThreshold;
import java.util.ArrayList;
import java.util.List;

/**
 * The unrolled iterative soft-thresholding algorithm (framework paper §2.5, eq. 13) for {@code min ½‖HLu − y‖² + λ‖u‖₁}:
 *
 * <pre>
 * u₁ = L₁*H*y
 * u_j = T_{γ_j λ_j}((I − γ_j L_j*H*HL_j) u_{j−1} + γ_j L_j*H*y)   for j = 2 … J − 1
 * N(y) = L_J u_{J−1}
 * </pre>
 *
 * The bias γ_j L_j*H*y depends on the input, so it is a block of W in the input's column; b and d are zero, M = (0 I) and V =
 * I.
 *
 * <p>θ: {@code L.1 … L.J [N, S]} and {@code gamma.2 … gamma.(J−1) [1, 1]}, or one {@code L} and one {@code gamma} for all
 * layers. Where λ is learned, {@code lambda.2 … lambda.(J−1) [1, 1]}, or one {@code lambda}, too: a threshold is γ_j λ_j then, at
 * every time, both being projected onto numbers {@code >= 0} after each step. Else a threshold is a number of its prox map and
 * stays what it was when the network was made: the gradient in γ_j is the one at that threshold.
 *
 * @param h H
 * @param code S
 * @param lambda λ₂ … λ_{J−1}, where they start if they are learned: there are two layers more than values
 * @param gamma where every γ_j starts, less than 1/‖HL‖² for the algorithm to converge
 * @param shared whether all layers have the same L and γ, and λ if it is learned
 * @param learned whether λ is learned
 */
public record Lista(MeasurementOperator h, int code, List<Float> lambda, float gamma, boolean shared, boolean learned)
        implements Architecture {

    /** A copy of the list is kept. */
    public Lista {
        lambda = List.copyOf(lambda);
        if (shared && learned && lambda.stream().distinct().count() > 1) {
            throw new IllegalArgumentException("lambda " + lambda + ", expected the same everywhere, where layers share it and"
                    + " learn it");
        }
    }

    /** With λ as it is. */
    public Lista(MeasurementOperator h, int code, List<Float> lambda, float gamma, boolean shared) {
        this(h, code, lambda, gamma, shared, false);
    }

    @Override
    public String name() {
        return "lista";
    }

    /** J. */
    public int depth() {
        return lambda.size() + 2;
    }

    @Override
    public int inputs() {
        return h.rows();
    }

    @Override
    public int outputs() {
        return h.columns();
    }

    @Override
    public int layers() {
        return lambda.size() + 1;
    }

    @Override
    public List<Parameters.Shape> shapes() {
        List<Parameters.Shape> shapes = new ArrayList<>();
        for (int j = 1; j <= (shared ? 1 : depth()); j++) {
            shapes.add(new Parameters.Shape(dictionary(j), h.columns(), code));
        }
        int distinct = shared ? Math.min(3, depth()) : depth();
        for (int j = 2; j < distinct; j++) {
            shapes.add(new Parameters.Shape(step(j), 1, 1, learned));
        }
        for (int j = 2; learned && j < distinct; j++) {
            shapes.add(new Parameters.Shape(penalty(j), 1, 1, true));
        }
        return shapes;
    }

    private String dictionary(int j) {
        return shared ? "L" : "L." + j;
    }

    private String step(int j) {
        return shared ? "gamma" : "gamma." + j;
    }

    private String penalty(int j) {
        return shared ? "lambda" : "lambda." + j;
    }

    @Override
    public void initialise(Parameters parameters, long seed) {
        for (int j = 1; j <= (shared ? 1 : depth()); j++) {
            Initialisation.glorotUniform(parameters.named(dictionary(j)), seed, j);
        }
        for (int j = 2; j < depth(); j++) {
            parameters.named(step(j)).write(new float[] {gamma});
            if (learned) {
                parameters.named(penalty(j)).write(new float[] {lambda.get(j - 2)});
            }
        }
    }

    @Override
    public Network over(Backend backend, Parameters parameters) {
        Composition composition = new Composition(backend, parameters);
        Expression measure = composition.constant("H", h);
        Assembly network = new Assembly(h.rows());
        Expression first = composition.times(measure, composition.parameter(dictionary(1)));
        network.layer(new Identity(), composition.zeros(code), new Assembly.Of(0, first.adjoint()));
        Layer layer = null;
        for (int j = 2; j < depth(); j++) {
            layer = shared && layer != null ? layer : layer(composition, measure, j);
            network.layer(
                    layer.threshold == null ? new SoftThreshold(gamma * lambda.get(j - 2))
                            : new LearnedThreshold(layer.threshold.value()),
                    composition.zeros(code),
                    new Assembly.Of(0, layer.bias.adjoint()), new Assembly.Of(j - 1, layer.weights.map()));
        }
        return network.output(
                parameters, composition, composition.zeros(h.columns()),
                new Assembly.Of(depth() - 1, composition.parameter(dictionary(depth())).map()));
    }

    /** What the row of one iteration holds: γHL, I − γL*H*HL and, if it is learned, γλ. */
    private record Layer(Expression bias, Expression weights, Expression threshold) {}

    private Layer layer(Composition composition, Expression measure, int j) {
        Expression hl = composition.times(measure, composition.parameter(dictionary(j)));
        Expression gamma = composition.parameter(step(j));
        return new Layer(
                composition.scaled(gamma, hl),
                composition.identityMinus(composition.scaled(gamma, composition.adjointTimes(hl, hl))),
                learned ? composition.scaled(gamma, composition.parameter(penalty(j))) : null);
    }
}

package io.github.bitlift.network;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.prox.ProxMap;
import java.util.ArrayList;
import java.util.List;

/**
 * The residual network {@code u_j = u_{j−1} + h_j V_j σ_j(W_j u_{j−1} + b_j)}, {@code N(y) = K u_J + d} (framework paper §2.4,
 * eq. 10): W has W_j at (j, j − 1), M = (−I I) along its diagonal, V has h_j V_j on its own, K = (0 … 0 K).
 *
 * <p>θ, for j = 1 … J: {@code W.j [N_j, M]}, {@code b.j [1, N_j]}, {@code V.j [M, N_j]}, {@code h.j [1, 1]}; then {@code K
 * [outputs, M]}, {@code d [1, outputs]}. The steps h_j are learned like the rest; the product h_j V_j is a {@link
 * Composition}.
 *
 * @param width M, that of y and every u_j
 * @param inner N_j, those of z_j
 * @param outputs the width of N(y)
 * @param sigma σ_j, one per z_j
 * @param step where every h_j starts
 */
public record ResNet(int width, List<Integer> inner, int outputs, List<ProxMap> sigma, float step)
        implements Architecture {

    /** Copies of the lists are kept. */
    public ResNet {
        inner = List.copyOf(inner);
        sigma = List.copyOf(sigma);
        if (inner.isEmpty() || inner.size() != sigma.size()) {
            throw new IllegalArgumentException(sigma.size() + " activations for " + inner.size()
                    + " residual layers, expected one each and at least one");
        }
    }

    @Override
    public String name() {
        return "resnet";
    }

    @Override
    public int inputs() {
        return width;
    }

    @Override
    public int layers() {
        return sigma.size();
    }

    @Override
    public List<Parameters.Shape> shapes() {
        List<Parameters.Shape> shapes = new ArrayList<>();
        for (int j = 1; j <= inner.size(); j++) {
            shapes.add(new Parameters.Shape("W." + j, inner.get(j - 1), width));
            shapes.add(new Parameters.Shape("b." + j, 1, inner.get(j - 1)));
            shapes.add(new Parameters.Shape("V." + j, width, inner.get(j - 1)));
            shapes.add(new Parameters.Shape("h." + j, 1, 1));
        }
        shapes.add(new Parameters.Shape("K", outputs, width));
        shapes.add(new Parameters.Shape("d", 1, outputs));
        return shapes;
    }

    @Override
    public void initialise(Parameters parameters, long seed) {
        for (int j = 1; j <= inner.size(); j++) {
            Initialisation.glorotUniform(parameters.named("W." + j), seed, 2 * j - 2);
            parameters.named("b." + j).write(new float[inner.get(j - 1)]);
            Initialisation.glorotUniform(parameters.named("V." + j), seed, 2 * j - 1);
            parameters.named("h." + j).write(new float[] {step});
        }
        Initialisation.glorotUniform(parameters.named("K"), seed, 2 * inner.size());
        parameters.named("d").write(new float[outputs]);
    }

    @Override
    public Network over(Backend backend, Parameters parameters) {
        Composition composition = new Composition(backend, parameters);
        Assembly network = new Assembly(width);
        for (int j = 1; j <= inner.size(); j++) {
            Expression outer = composition.scaled(composition.parameter("h." + j), composition.parameter("V." + j));
            network.residual(
                    j - 1, outer.map(), sigma.get(j - 1), parameters.named("b." + j),
                    new Assembly.Of(j - 1, new LinearMap.Dense(parameters.named("W." + j))));
        }
        return network.output(
                parameters, composition, parameters.named("d"),
                new Assembly.Of(inner.size(), new LinearMap.Dense(parameters.named("K"))));
    }
}

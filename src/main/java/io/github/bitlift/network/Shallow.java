package io.github.bitlift.network;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.prox.ProxMap;
import java.util.List;

/**
 * The shallow network {@code N(y) = Σⱼ cⱼ σⱼ(wⱼ y + bⱼ)} with scalar units (framework paper §2.2, eq. 8), for inputs and
 * outputs of any width: column 0 of W holds all wⱼ, M = (0 I), V = I, K = (0 c₁ … c_J), d = 0.
 *
 * <p>θ: {@code w [J, inputs]}, {@code b [1, J]}, {@code c [J, outputs]}.
 *
 * @param inputs the width of y
 * @param outputs the width of N(y)
 * @param sigma σⱼ, one per unit
 */
public record Shallow(int inputs, int outputs, List<ProxMap> sigma) implements Architecture {

    /** A copy of the list is kept. */
    public Shallow {
        sigma = List.copyOf(sigma);
        if (sigma.isEmpty()) {
            throw new IllegalArgumentException("shallow network of no units, expected at least one");
        }
    }

    @Override
    public String name() {
        return "shallow";
    }

    @Override
    public int layers() {
        return sigma.size();
    }

    @Override
    public List<Parameters.Shape> shapes() {
        return List.of(
                new Parameters.Shape("w", sigma.size(), inputs),
                new Parameters.Shape("b", 1, sigma.size()),
                new Parameters.Shape("c", sigma.size(), outputs));
    }

    @Override
    public void initialise(Parameters parameters, long seed) {
        Initialisation.glorotUniform(parameters.named("w"), seed, 0);
        parameters.named("b").write(new float[sigma.size()]);
        Initialisation.glorotUniform(parameters.named("c"), seed, 1);
    }

    @Override
    public Network over(Backend backend, Parameters parameters) {
        Composition composition = new Composition(backend, parameters);
        Assembly network = new Assembly(inputs);
        Assembly.Of[] output = new Assembly.Of[sigma.size()];
        for (int j = 0; j < sigma.size(); j++) {
            Matrix weights = part(parameters.named("w"), j, 1, inputs);
            Matrix bias = part(parameters.named("b"), j, 1, 1);
            int unit = network.layer(sigma.get(j), bias, new Assembly.Of(0, new LinearMap.Dense(weights)));
            output[j] = new Assembly.Of(unit, new LinearMap.Dense(part(parameters.named("c"), j, outputs, 1)));
        }
        return network.output(parameters, composition, composition.zeros(outputs), output);
    }

    private static Matrix part(Matrix all, int j, int rows, int columns) {
        return new Matrix(all.buffer(), all.offset() + (long) j * rows * columns, rows, columns);
    }
}

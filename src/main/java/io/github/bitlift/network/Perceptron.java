package io.github.bitlift.network;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.prox.Box;
import io.github.bitlift.prox.ProxMap;
import java.util.List;

/**
 * The perceptron {@code N(y) = σ(W y + b)} (framework paper §2.1, eqs. 6 and 7): W = (W 0), K = M = (0 I), V = I, d = 0.
 *
 * <p>θ: {@code W [outputs, inputs]}, {@code b [1, outputs]}.
 *
 * @param inputs the width of y
 * @param outputs the width of N(y)
 * @param sigma σ
 */
public record Perceptron(int inputs, int outputs, ProxMap sigma) implements Architecture {
    /** Where v isn't above 0, +0; anywhere else the smallest number above it. */
    private static final Box SMALLEST_STEP = new Box(0f, Float.MIN_VALUE);
    /** 2^75 · 2^74 = 2^149 takes the smallest number to 1, exactly. */
    private static final float INNER_SCALE = 0x1p75f;
    private static final float OUTER_SCALE = 0x1p74f;

    /**
     * Rosenblatt's: σ(v) = 1 if v > 0, +0 otherwise, NaN for NaN. The Heaviside step is no prox map, but {@code 2^149 ·
     * proj_[0, 2^−149]} in binary32 is the step exactly: V = 2^75·I and K = (0 2^74·I) hold the scale. For evaluation
     * alone: its derivative is 0.
     */
    public static Perceptron heaviside(int inputs, int outputs) {
        return new Perceptron(inputs, outputs, SMALLEST_STEP);
    }

    @Override
    public String name() {
        return "perceptron";
    }

    @Override
    public int layers() {
        return 1;
    }

    @Override
    public List<Parameters.Shape> shapes() {
        return List.of(new Parameters.Shape("W", outputs, inputs), new Parameters.Shape("b", 1, outputs));
    }

    @Override
    public void initialise(Parameters parameters, long seed) {
        Initialisation.glorotUniform(parameters.named("W"), seed, 0);
        parameters.named("b").write(new float[outputs]);
    }

    @Override
    public Network over(Backend backend, Parameters parameters) {
        Composition composition = new Composition(backend, parameters);
        boolean step = sigma.equals(SMALLEST_STEP);
        Assembly network = new Assembly(inputs);
        network.layer(
                new LinearMap.ScaledIdentity(outputs, step ? INNER_SCALE : 1f), sigma, parameters.named("b"),
                new Assembly.Of(0, new LinearMap.Dense(parameters.named("W"))));
        return network.output(
                parameters, composition, composition.zeros(outputs),
                new Assembly.Of(1, new LinearMap.ScaledIdentity(outputs, step ? OUTER_SCALE : 1f)));
    }
}

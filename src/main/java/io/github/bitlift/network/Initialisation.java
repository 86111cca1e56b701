package io.github.bitlift.network;

import io.github.bitlift.backend.Matrix;
import io.github.bitlift.numerics.Philox;

/** Initial parameters: Glorot-uniform weights, zero biases. */
public final class Initialisation {
    /** Philox streams from here on hold the weights, one per layer. */
    private static final long WEIGHTS = 1000;

    private Initialisation() {}

    /**
     * Weights uniform in [−a, a), {@code a = √(6 / (in + out))}; biases +0.
     *
     * @param seed the run's seed
     */
    public static void glorotUniform(Parameters parameters, long seed) {
        for (int j = 0; j < parameters.layers(); j++) {
            Matrix weight = parameters.weight(j);
            float a = (float) Math.sqrt(6.0 / (weight.rows() + weight.columns()));
            Philox random = new Philox(seed, WEIGHTS + j);
            float[] values = new float[Math.toIntExact(weight.size())];
            for (int i = 0; i < values.length; i++) {
                values[i] = Math.fma(2f * a, random.uniform(i), -a);
            }
            weight.write(values);
            parameters.bias(j).write(new float[parameters.bias(j).columns()]);
        }
    }
}

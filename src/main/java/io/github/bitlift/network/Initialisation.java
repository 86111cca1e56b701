package io.github.bitlift.network;

import io.github.bitlift.backend.Matrix;
import io.github.bitlift.numerics.Philox;

/** Initial parameters: Glorot-uniform or near-identity weights, zero biases. */
public final class Initialisation {
    /** Shares of the identity and of the Glorot weights in near-identity weights. */
    private static final float IDENTITY = 0.9f;
    private static final float PERTURBATION = 0.2f;

    /** Philox streams from here on hold the weights, one per layer. */
    private static final long WEIGHTS = 1000;

    private Initialisation() {}

    /**
     * Weights uniform in [−a, a), {@code a = √(6 / (in + out))}; biases +0.
     *
     * @param seed the run's seed
     */
    public static void glorotUniform(Parameters parameters, long seed) {
        initialise(parameters, seed, 1f, 0f);
    }

    /**
     * {@code W = 0.9·I + 0.2·G}, G being {@link #glorotUniform}'s weights; biases +0. The network starts out passing its input
     * through, which suits restoration: what the paper's copies of the input are for z, this is for θ. Layers that
     * aren't square have the 0.9 on their diagonal, too.
     *
     * @param seed the run's seed
     */
    public static void nearIdentity(Parameters parameters, long seed) {
        initialise(parameters, seed, PERTURBATION, IDENTITY);
    }

    /** One matrix uniform in [−a, a), {@code a = √(6 / (rows + columns))}, from a stream of its own. */
    static void glorotUniform(Matrix weight, long seed, int index) {
        fill(weight, seed, index, glorot(weight), 0f);
    }

    /** {@code 0.9·I} plus a fifth of {@link #glorotUniform}'s weights. */
    static void nearIdentity(Matrix weight, long seed, int index) {
        fill(weight, seed, index, PERTURBATION * glorot(weight), IDENTITY);
    }

    private static void initialise(Parameters parameters, long seed, float share, float diagonal) {
        for (int j = 0; j < parameters.layers(); j++) {
            fill(parameters.weight(j), seed, j, share * glorot(parameters.weight(j)), diagonal);
            parameters.bias(j).write(new float[parameters.bias(j).columns()]);
        }
    }

    /** One matrix uniform in [−a, a), from a stream of its own. */
    static void uniform(Matrix weight, double a, long seed, int index) {
        fill(weight, seed, index, (float) a, 0f);
    }

    private static float glorot(Matrix weight) {
        return (float) Math.sqrt(6.0 / (weight.rows() + weight.columns()));
    }

    private static void fill(Matrix weight, long seed, int index, float a, float diagonal) {
        Philox random = new Philox(seed, WEIGHTS + index);
        float[] values = new float[Math.toIntExact(weight.size())];
        random.uniforms(values);
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.fma(2f * a, values[i], -a);
        }
        for (int i = 0; i < Math.min(weight.rows(), weight.columns()); i++) {
            values[i * weight.columns() + i] += diagonal;
        }
        weight.write(values);
    }
}

package io.github.bitlift.reproduce;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Buffer;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.inversion.Inversion;
import io.github.bitlift.inversion.Inversion.Recovered;
import io.github.bitlift.inversion.Layer;
import io.github.bitlift.inversion.SingleLayer;
import io.github.bitlift.inversion.SpectralNorm;
import io.github.bitlift.inversion.Steps;
import io.github.bitlift.inversion.ImageVariation;
import io.github.bitlift.network.LinearMap;
import io.github.bitlift.numerics.Philox;
import io.github.bitlift.prox.Relu;

/**
 * A ReLU perceptron with given weights, on the host.
 *
 * @param weights {@code [outputs, inputs]}
 * @param bias {@code [outputs]}
 * @param inputs its width
 */
record RandomPerceptron(float[] weights, float[] bias, int inputs) {
    private static final long STREAM = 2000;
    /** Of the steps: with little noise ρ is far below ‖W‖², where 1/(8ρ) is slow. */
    private static final double SHARE = 0.05;
    private static final int EVERY = 100;

    /** Weights and biases normal with standard deviation 1 (slides). */
    static RandomPerceptron normal(int inputs, int outputs, long seed) {
        Philox random = new Philox(seed, STREAM);
        float[] weights = new float[Math.multiplyExact(inputs, outputs)];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = random.normal(i);
        }
        float[] bias = new float[outputs];
        for (int i = 0; i < outputs; i++) {
            bias[i] = random.normal((long) weights.length + i);
        }
        return new RandomPerceptron(weights, bias, inputs);
    }

    /** Some of its outputs alone. */
    RandomPerceptron rows(int[] rows) {
        float[] some = new float[rows.length * inputs];
        float[] biases = new float[rows.length];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(weights, rows[i] * inputs, some, i * inputs, inputs);
            biases[i] = bias[rows[i]];
        }
        return new RandomPerceptron(some, biases, inputs);
    }

    /** W x + b, in binary64, rounded once. */
    float[] preactivation(float[] x) {
        float[] v = new float[bias.length];
        for (int i = 0; i < v.length; i++) {
            double sum = bias[i];
            for (int k = 0; k < inputs; k++) {
                sum += (double) weights[i * inputs + k] * x[k];
            }
            v[i] = (float) sum;
        }
        return v;
    }

    /** σ(W x + b). */
    float[] output(float[] x) {
        float[] u = preactivation(x);
        for (int i = 0; i < u.length; i++) {
            u[i] = u[i] > 0 ? u[i] : 0f;
        }
        return u;
    }

    /** The largest entry of W*v − p. */
    double defect(double[] v, double[] p) {
        double most = 0;
        for (int k = 0; k < inputs; k++) {
            double sum = -p[k];
            for (int i = 0; i < v.length; i++) {
                sum += weights[i * inputs + k] * v[i];
            }
            most = Math.max(most, Math.abs(sum));
        }
        return most;
    }

    /** Inverts one output with so many iterations. */
    Recovered invert(
            Backend backend, float[] output, ImageVariation tv, float rho, int iterations, Inversion.Start start) {
        try (Buffer buffer = backend.allocate((long) weights.length + bias.length)) {
            Matrix w = new Matrix(buffer, 0, bias.length, inputs);
            Matrix b = new Matrix(buffer, weights.length, 1, bias.length);
            w.write(weights);
            b.write(bias);
            Layer layer = new Layer(new LinearMap.Dense(w), b, new Relu());
            Steps steps = Steps.of(SpectralNorm.squared(backend, layer.map()), rho, SHARE);
            Inversion.Options options = new Inversion.Options(rho, steps, iterations, 1, -1, Math.min(EVERY, iterations));
            try (Inversion inversion = new SingleLayer(backend, layer, tv, options, 1)) {
                return inversion.run(output, start, Inversion.Watch.NONE).get(0);
            }
        }
    }
}

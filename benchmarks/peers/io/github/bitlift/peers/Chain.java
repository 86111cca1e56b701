package io.github.bitlift.peers;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.network.Initialisation;
import io.github.bitlift.network.Mlp;
import io.github.bitlift.network.Network;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.numerics.Philox;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.Relu;
import io.github.bitlift.prox.SoftThreshold;
import java.util.Arrays;
import java.util.Collections;

/**
 * A chain of affine layers with activations between them and a linear output, as every contender gets it.
 *
 * @param name {@code 784x7} for seven layers of 784 with soft-thresholding, else all widths, such as {@code 784-64-64-10},
 *     with ReLU
 * @param widths from input to output
 * @param sigma the activation
 * @param theta weight {@code [out, in]} and bias {@code [out]} of each layer side by side, in layer order
 */
record Chain(String name, int[] widths, ProxMap sigma, float[] theta) {
    static final float LAMBDA = 0.02f;
    private static final int SEED = 1;
    private static final float BIAS = 0.01f;

    /** Glorot-uniform weights, and normally distributed biases that are small. */
    static Chain named(String name) {
        boolean same = name.contains("x");
        int[] sizes = Arrays.stream(name.split("[-x]")).mapToInt(Integer::parseInt).toArray();
        int[] widths = same ? new int[sizes[1] + 1] : sizes;
        if (same) {
            Arrays.fill(widths, sizes[0]);
        }
        float[] theta = new float[Math.toIntExact(Parameters.count(widths))];
        new Philox(SEED, 1).normals(theta);
        for (int i = 0; i < theta.length; i++) {
            theta[i] *= BIAS;
        }
        return new Chain(name, widths, same ? new SoftThreshold(LAMBDA) : new Relu(), theta).withGlorotWeights();
    }

    private Chain withGlorotWeights() {
        try (Backend backend = new CpuBackend(1);
                Parameters parameters = new Parameters(backend, widths)) {
            Initialisation.glorotUniform(parameters, SEED);
            for (int j = 0; j < layers(); j++) {
                float[] weight = parameters.weight(j).toArray();
                System.arraycopy(weight, 0, theta, at(j), weight.length);
            }
        }
        return this;
    }

    int layers() {
        return widths.length - 1;
    }

    int in(int j) {
        return widths[j];
    }

    int out(int j) {
        return widths[j + 1];
    }

    int outputs() {
        return widths[layers()];
    }

    private int at(int j) {
        return Math.toIntExact(Parameters.count(Arrays.copyOf(widths, j + 1)));
    }

    /** {@code [out, in]} of layer j, from 0. */
    float[] weight(int j) {
        return Arrays.copyOfRange(theta, at(j), at(j) + in(j) * out(j));
    }

    /** {@code [out]} of layer j, from 0. */
    float[] bias(int j) {
        return Arrays.copyOfRange(theta, at(j) + in(j) * out(j), at(j + 1));
    }

    /** θ on a backend. */
    Parameters parameters(Backend backend) {
        Parameters parameters = new Parameters(backend, widths);
        parameters.write(theta);
        return parameters;
    }

    /** Bitlift's network over θ. */
    Network network(Parameters parameters) {
        return Mlp.of(parameters, Collections.nCopies(layers() - 1, sigma));
    }

    /** Numbers of a normal distribution, the same for the same stream. */
    static float[] normals(int length, long stream) {
        float[] values = new float[length];
        new Philox(SEED, 1000 + stream).normals(values);
        return values;
    }
}

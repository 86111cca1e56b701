package io.github.bitlift.cli;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** What network to train. */
final class NetworkOptions {
    @Option(names = "--architecture", paramLabel = "NAME", description = "One of those that bitlift describe lists, but for"
            + " heaviside (default: mlp).")
    String architecture;

    @Option(names = "--widths", paramLabel = "N", split = ",",
            description = "All widths from input to output (default: the input's, 6 hidden layers as wide, the"
                    + " target's; 64 and 64 to classify; or those of"
                    + " --init); for convolutional-autoencoder height, width, channels of the image and of each"
                    + " convolution, code.")
    List<Integer> widths;

    @Option(names = "--layers", paramLabel = "N",
            description = "Layers of resnet, lista, primal-dual and dual-forward-backward (default: 3).")
    Integer layers;

    @Option(names = "--step", paramLabel = "X",
            description = "Where γ, τ and h of those architectures start, > 0 (default: 0.5).")
    Double step;

    @Option(names = "--shared", description = "All layers of lista, primal-dual and dual-forward-backward have the same"
            + " parameters.")
    Boolean shared;

    @Option(names = "--activation", paramLabel = "NAME",
            description = "identity, relu, soft-threshold, tanh, sigmoid, softmax, box, elastic-net or"
                    + " group-soft-threshold (default: soft-threshold; relu to classify and for convolutional-autoencoder).")
    String activation;

    @Option(names = "--lambda", paramLabel = "X",
            description = "With --activation soft-threshold, elastic-net or group-soft-threshold: their threshold, > 0 (default:"
                    + " 0.02).")
    Double lambda;

    @Option(names = "--ridge", paramLabel = "X", 
            description = "With --activation elastic-net: its quadratic weight, > 0 (default: 0.1).")
    Double ridge;

    @Option(names = "--lower", paramLabel = "X", description = "With --activation box: its lower bound (default: 0).")
    Double lower;

    @Option(names = "--upper", paramLabel = "X", description = "With --activation box: its upper bound (default: 1).")
    Double upper;

    @Option(names = "--group", paramLabel = "N",
            description = "With --activation group-soft-threshold: numbers per group (default: 4); hidden widths are multiples.")
    Integer group;

    @Option(names = "--init", paramLabel = "MODEL",
            description = "Start from these weights (.safetensors: layers.J.weight [out, in], layers.J.bias [out]).")
    Path init;

    @Option(names = "--init-weights", paramLabel = "NAME",
            description = "Not with --init: glorot (uniform) or near-identity (0.9 times the identity plus 0.2 times"
                    + " glorot, for restoration) (default: glorot).")
    String initWeights;

    @Option(names = "--seed", paramLabel = "N",
            description = "Of weights, noise and batches, a whole number (default: 1).")
    Long seed;
}

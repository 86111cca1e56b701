package io.github.bitlift.reproduce;

import java.util.List;

/** What training autoencoders takes. */
final class AutoencoderCost {
    private static final int CHUNK = 1000;
    /** u, residuals, gradients, targets, pre-activations. */
    private static final double ARRAYS = 4 + 4 + 3 + 1 + 3;
    /** θ, its gradient, its anchor, and a gradient for each of two judges. */
    private static final double PARAMETERS = 5;

    private AutoencoderCost() {}

    /**
     * Of methods that run one after the other.
     *
     * @param extent in words, without the number of runs
     */
    static Cost of(List<AutoencoderMethod> methods, int images, int validation, String extent) {
        double operations = methods.stream().mapToDouble(method -> method.operations(images)).sum();
        double bytes = methods.stream().mapToDouble(method -> Float.BYTES * (
                ARRAYS * Autoencoder.WIDTH * (method.batch() + Math.min(CHUNK, images) + Math.min(CHUNK, validation))
                        + PARAMETERS * method.autoencoder().weights())).max().orElseThrow();
        return new Cost(methods.size() + " runs, " + extent, operations, bytes);
    }
}

package io.github.bitlift.reproduce;

/** What the framework paper's 7-layer, 784-wide network (§7.2) takes: counted in products, the rest being small. */
final class SevenLayers {
    private static final int LAYERS = 7;
    private static final double WIDTH = 784;
    /** One per layer for its output and for its gradient in θ; one per hidden layer for what goes back. */
    private static final int CONVENTIONAL = 3 * LAYERS - 1;
    /** Residuals are formed for both blocks. */
    private static final int LIFTED = 4 * LAYERS - 1;
    /** Inputs, targets and, per layer, residuals; per hidden layer u, its gradient and Adam's two moments. */
    private static final int ARRAYS = 2 + LAYERS + 4 * (LAYERS - 1);
    /** θ, its gradient, Adam's two moments. */
    private static final int PARAMETERS = 4;

    private SevenLayers() {}

    /** Operations of a step of block-coordinate descent on so many samples. */
    static double liftedStep(int samples) {
        return LIFTED * product(samples);
    }

    /** Operations of a step of back-propagation on so many samples. */
    static double conventionalStep(int samples) {
        return CONVENTIONAL * product(samples);
    }

    /** Bytes of block-coordinate descent with Adam on so many samples. */
    static double liftedBytes(int samples) {
        return Float.BYTES * (ARRAYS * WIDTH * samples + PARAMETERS * LAYERS * WIDTH * (WIDTH + 1));
    }

    private static double product(int samples) {
        return 2 * WIDTH * WIDTH * samples;
    }
}

package io.github.bitlift.cli;

import java.util.List;

/**
 * What the demonstration trains: the framework paper's 7-layer network of 784-wide soft-threshold layers on denoising
 * (σ = 0.15, §7.2), with mini-batches, since full batches of few images overfit, and from near-identity weights: from
 * Glorot-uniform ones both methods do far worse in the same time, and at λ = 0.2 neither gets beyond the mean image. Two
 * minutes on 2 cores is the limit for all four runs together.
 *
 * @param images training digits
 * @param batch digits per mini-batch, for both methods
 * @param epochs passes over the training digits, for both methods
 * @param inner inner iterations N of the lifted method
 * @param tau its proximal parameter
 * @param relaxation its step sizes, in multiples of 1 / L
 * @param mu its penalty weight
 * @param learningRate of Adam in back-propagation
 * @param rows rows of metrics per run
 * @param lambdas the thresholds that are compared
 */
record DemoRecipe(
        int images, int batch, int epochs, int inner, double tau, double relaxation, double mu,
        double learningRate, int rows,
        double... lambdas) {

    /** What {@code bitlift demo} runs. */
    static DemoRecipe standard() {
        return new DemoRecipe(5000, 100, 2, 3, 100, 1.4, 1, 5e-4, 5, 0.02, 0.2);
    }

    /** The same with fewer or more digits. */
    DemoRecipe withImages(int count) {
        return new DemoRecipe(
                count, Math.min(batch, count), epochs, inner, tau, relaxation, mu, learningRate, rows, lambdas);
    }

    /** The options of one of its runs, as {@code bitlift train} would get them. */
    TrainOptions options(boolean lifted, double lambda, long seed) {
        TrainOptions options = new TrainOptions();
        options.data.task = "denoise";
        options.data.images = images;
        options.network.lambda = lambda;
        options.network.seed = seed;
        options.network.initWeights = "near-identity";
        options.method.batch = batch;
        if (lifted) {
            options.strategy.strategy = "bregman";
            options.method.solver = "isgm";
            options.method.inner = inner;
            options.method.tau = tau;
            options.method.relaxation = relaxation;
            options.method.mu = List.of(mu);
        } else {
            options.strategy.strategy = "backprop";
            options.method.optimizer = "adam";
            options.method.lr = learningRate;
        }
        return options;
    }

    /** How long each run goes on. */
    RunSettings settings() {
        long steps = (long) epochs * (images / batch);
        return new RunSettings(steps, Math.max(1, steps / rows), null, true);
    }
}

package io.github.bitlift.solver;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.data.DataSet;
import io.github.bitlift.data.Degradation;
import io.github.bitlift.data.Split;
import io.github.bitlift.network.Initialisation;
import io.github.bitlift.network.Mlp;
import io.github.bitlift.network.Network;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.SoftThreshold;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;

/**
 * What the step benchmarks work on: the denoising experiment of the framework paper, §7.2. A perceptron 784 → 6×784 →
 * 784 with soft-thresholding (λ = 0.02), the first bundled digits with noise of σ = 0.15, μ = 5·10⁻³, Adam with 8·10⁻⁴ on
 * both blocks, auxiliary variables that start as the noisy image.
 */
public final class DenoisingProblem {
    /** Width of every layer: 28 × 28 pixels. */
    public static final int WIDTH = 784;
    /** J, the layers with auxiliary variables. */
    public static final int HIDDEN = 6;
    /** λ. */
    public static final float LAMBDA = 0.02f;
    /** μ. */
    public static final float MU = 5e-3f;
    /** The learning rate of both blocks. */
    public static final double LEARNING_RATE = 8e-4;

    private static final int SEED = 1;
    private static final float NOISE = 0.15f;
    private static final float TAU = 100f;
    private static final int INNER = 15;

    private DenoisingProblem() {}

    /** The first {@code count} noisy digits and their originals. */
    public static Pairs pairs(int count) {
        Path home = Path.of(System.getProperty("bitlift.home", ""));
        float[] clean = DataSet.load(home.resolve("validation/data/mnist5k"), Split.TRAIN, count).images();
        float[] noisy = new Degradation.GaussianNoise(NOISE).apply(clean, 28, 28, SEED, 0);
        return new Pairs(noisy, clean, count, WIDTH, WIDTH);
    }

    /** Glorot-uniform weights, zero biases. */
    public static Parameters parameters(Backend backend) {
        int[] widths = new int[HIDDEN + 2];
        Arrays.fill(widths, WIDTH);
        Parameters theta = new Parameters(backend, widths);
        Initialisation.glorotUniform(theta, SEED);
        return theta;
    }

    /** The perceptron over given parameters. */
    public static Network network(Parameters theta) {
        return Mlp.of(theta, Collections.<ProxMap>nCopies(HIDDEN, new SoftThreshold(LAMBDA)));
    }

    /** Block-coordinate descent on all pairs at once: 27 products and the element-wise work a step. */
    public static Trainer blockCoordinateDescent(Backend backend, Parameters theta, Pairs pairs) {
        return new BlockCoordinateDescent(
                backend,
                network(theta),
                theta,
                pairs,
                new BlockCoordinateDescent.Options(weights(MU), adam(), adam(), AuxiliaryStart.INPUT, SEED));
    }

    /** The implicit stochastic gradient method with the JMLR paper's settings: 15 inner iterations a step. */
    public static Trainer implicitStochasticGradient(Backend backend, Parameters theta, Pairs pairs, int batch) {
        Optimizer byNorms =
                new Optimizer(Optimizer.Kind.PROXIMAL_GRADIENT, 1, Optimizer.StepSize.NORMS, 0);
        return new ImplicitStochasticGradient(
                backend,
                network(theta),
                theta,
                new Batches(pairs, batch, SEED),
                new ImplicitStochasticGradient.Options(weights(1f), byNorms, INNER, TAU, 1.0));
    }

    /** The conventional baseline with Adam: 20 products a step. */
    public static Trainer backPropagation(Backend backend, Parameters theta, Pairs pairs, int batch) {
        return new ConventionalTraining(backend, network(theta), theta, new Batches(pairs, batch, SEED), adam());
    }

    private static Optimizer adam() {
        return Optimizer.fixed(Optimizer.Kind.ADAM, LEARNING_RATE);
    }

    private static float[] weights(float mu) {
        float[] weights = new float[HIDDEN];
        Arrays.fill(weights, mu);
        return weights;
    }
}

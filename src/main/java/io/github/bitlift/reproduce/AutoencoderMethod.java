package io.github.bitlift.reproduce;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.lifting.Strategy;
import io.github.bitlift.network.Network;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.solver.Batches;
import io.github.bitlift.solver.ConventionalTraining;
import io.github.bitlift.solver.ImplicitStochasticGradient;
import io.github.bitlift.solver.Optimizer;
import io.github.bitlift.solver.ParameterRegulariser;
import io.github.bitlift.solver.Trainer;

/**
 * How an autoencoder is trained.
 *
 * @param name of the run
 * @param lifted by lifted Bregman training, with step sizes from operator norms and μ = 1; else by back-propagation
 * @param autoencoder what is trained
 * @param batch images per step
 * @param epochs passes over the training images
 * @param inner N, inner iterations per batch; 0 for explicit steps
 * @param tau of 1/(2τ)‖θ − θᵏ‖² in a batch's problem, infinite for none; without meaning to explicit steps
 * @param learningRate of back-propagation, on the mean over a batch of ½‖·‖² + α‖code‖₁
 */
record AutoencoderMethod(
        String name, boolean lifted, Autoencoder autoencoder, int batch, int epochs, int inner, double tau,
        double learningRate) {
    /** Step sizes in multiples of 1 / L. */
    private static final double RELAXATION = 1;

    /** JMLR paper, Algorithm 1. */
    static AutoencoderMethod lifted(String name, Autoencoder autoencoder, int batch, int epochs, int inner, double tau) {
        return new AutoencoderMethod(name, true, autoencoder, batch, epochs, inner, tau, Double.NaN);
    }

    /** JMLR paper, eqs. 3 and 20. */
    static AutoencoderMethod explicit(String name, Autoencoder autoencoder, int batch, int epochs, double learningRate) {
        return new AutoencoderMethod(name, false, autoencoder, batch, epochs, 0, Double.NaN, learningRate);
    }

    /** JMLR paper, eq. 22. */
    static AutoencoderMethod implicit(
            String name, Autoencoder autoencoder, int batch, int epochs, int inner, double tau, double learningRate) {
        return new AutoencoderMethod(name, false, autoencoder, batch, epochs, inner, tau, learningRate);
    }

    /** Its solver. */
    Trainer trainer(Backend backend, Network network, Parameters theta, Batches batches) {
        Optimizer.Kind kind = Optimizer.Kind.PROXIMAL_GRADIENT;
        if (inner == 0) {
            return new ConventionalTraining(
                    backend, network, theta, batches, Optimizer.fixed(kind, learningRate), autoencoder.sparsity(),
                    ParameterRegulariser.NONE);
        }
        Strategy strategy = new Strategy(
                lifted ? Strategy.Kind.BREGMAN : Strategy.Kind.BACKPROP, autoencoder.sparsity(), Strategy.PASSES);
        Optimizer optimizer = lifted
                ? new Optimizer(kind, 1, Optimizer.StepSize.NORMS, 0)
                : Optimizer.fixed(kind, learningRate);
        float[] mu = {1, 1, 1};
        return new ImplicitStochasticGradient(
                backend, network, theta, batches,
                new ImplicitStochasticGradient.Options(
                        strategy, mu, optimizer, ParameterRegulariser.NONE, inner, tau, RELAXATION));
    }

    /** Binary32 operations of all its products on so many images. */
    double operations(int images) {
        double once = lifted ? autoencoder.lifted() : autoencoder.conventional();
        return (double) images * epochs * Math.max(1, inner) * once;
    }
}

package io.github.bitlift.reproduce;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.lifting.Lifting;
import io.github.bitlift.lifting.Objective;
import io.github.bitlift.lifting.Strategy;
import io.github.bitlift.lifting.Variables;
import io.github.bitlift.network.Network;
import io.github.bitlift.solver.Pairs;
import java.util.Arrays;

/** What a network itself makes of images, whatever auxiliary variables its training keeps: its own codes and outputs. */
final class AutoencoderJudge implements AutoCloseable {
    private static final int CHUNK = 1000;

    private final Pairs pairs;
    private final Variables variables;
    private final Lifting lifting;
    private final Sums sums;
    private final Program evaluation;

    /**
     * A judgement, per image.
     *
     * @param error ½‖N(y) − x‖²
     * @param objective the same with α‖code‖₁
     * @param zeros the share of numbers in the code that are 0
     */
    record Judgement(double error, double objective, double zeros) {}

    /**
     * Prepares.
     *
     * @param pairs up to 1,000, or a multiple of it
     */
    AutoencoderJudge(Backend backend, Autoencoder autoencoder, Network network, Pairs pairs) {
        int samples = Math.min(CHUNK, pairs.count());
        if (pairs.count() % samples != 0) {
            throw new IllegalArgumentException(pairs.count() + " images, expected a multiple of " + CHUNK);
        }
        this.pairs = pairs;
        this.variables = new Variables(backend, network, samples);
        this.lifting = new Strategy(Strategy.Kind.BACKPROP, autoencoder.sparsity(), 1).on(backend, variables);
        this.sums = backend.allocateSums(lifting.slots());
        this.evaluation = backend.compile(lifting.evaluate(sums));
    }

    /** At the present parameters. */
    Judgement now() {
        int samples = variables.samples();
        double error = 0;
        double objective = 0;
        double nonzero = 0;
        for (int at = 0; at < pairs.count(); at += samples) {
            variables.u().block(0).write(rows(pairs.inputs(), at, pairs.inputWidth()));
            variables.target().write(rows(pairs.targets(), at, pairs.targetWidth()));
            evaluation.run();
            Objective part = lifting.objective(sums);
            error += part.data() * samples;
            objective += part.total() * samples;
            nonzero += part.nonzero()[Autoencoder.CODE_LAYER] * samples;
        }
        int count = pairs.count();
        return new Judgement(error / count, objective / count, 1 - nonzero / count);
    }

    private float[] rows(float[] all, int from, int width) {
        return Arrays.copyOfRange(all, from * width, (from + variables.samples()) * width);
    }

    @Override
    public void close() {
        evaluation.close();
        sums.close();
        lifting.close();
        variables.close();
    }
}

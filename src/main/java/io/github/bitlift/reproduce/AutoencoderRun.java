package io.github.bitlift.reproduce;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.io.Curves;
import io.github.bitlift.io.SampleSheet;
import io.github.bitlift.network.ForwardPass;
import io.github.bitlift.network.Initialisation;
import io.github.bitlift.network.Network;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.reproduce.AutoencoderJudge.Judgement;
import io.github.bitlift.solver.Batches;
import io.github.bitlift.solver.Trainer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/**
 * A trained autoencoder, judged before training and after every epoch.
 *
 * @param method how it was trained
 * @param training on the training images, one per epoch from 0
 * @param validation on the validation images
 * @param digest of all parameters
 * @param seconds spent in steps
 * @param trained what it makes of the first training images
 * @param held what it makes of the first validation images
 */
record AutoencoderRun(
        AutoencoderMethod method, List<Judgement> training, List<Judgement> validation, String digest, double seconds,
        float[] trained, float[] held) {
    private static final int LINES = 10;

    /** Trains from Glorot-uniform weights; the same seed gives the same weights and batches. */
    static AutoencoderRun of(
            AutoencoderMethod method, AutoencoderData data, Backend backend, long seed, Consumer<String> progress) {
        Autoencoder autoencoder = method.autoencoder();
        try (Parameters theta = new Parameters(backend, autoencoder.widths())) {
            Initialisation.glorotUniform(theta, seed);
            Network network = autoencoder.network(theta);
            Batches batches = new Batches(data.train(), method.batch(), seed);
            List<Judgement> training = new ArrayList<>();
            List<Judgement> validation = new ArrayList<>();
            long spent = 0;
            try (Trainer trainer = method.trainer(backend, network, theta, batches);
                    AutoencoderJudge judge = new AutoencoderJudge(backend, autoencoder, network, data.train());
                    AutoencoderJudge heldJudge = new AutoencoderJudge(backend, autoencoder, network, data.validation())) {
                training.add(judge.now());
                validation.add(heldJudge.now());
                for (int epoch = 1; epoch <= method.epochs(); epoch++) {
                    long start = System.nanoTime();
                    for (int i = 0; i < batches.perEpoch(); i++) {
                        trainer.step();
                    }
                    backend.synchronise();
                    spent += System.nanoTime() - start;
                    training.add(judge.now());
                    validation.add(heldJudge.now());
                    if (epoch % Math.max(1, method.epochs() / LINES) == 0) {
                        progress.accept(line(method, epoch, training.get(epoch), validation.get(epoch)));
                    }
                }
            }
            try (ForwardPass forward = new ForwardPass(backend, network, SampleSheet.MOST)) {
                return new AutoencoderRun(
                        method, List.copyOf(training), List.copyOf(validation), theta.digest(), spent * 1e-9,
                        data.picture(forward.apply(AutoencoderData.first(data.train()), AutoencoderData.shown(data.train()))),
                        data.picture(forward.apply(
                                AutoencoderData.first(data.validation()), AutoencoderData.shown(data.validation()))));
            }
        }
    }

    private static String line(AutoencoderMethod method, int epoch, Judgement training, Judgement validation) {
        return String.format(
                Locale.ROOT, "%s: epoch %d of %d, objective %.4g, training error %.4g, validation error %.4g, %.1f %% zeros",
                method.name(), epoch, method.epochs(), training.objective(), training.error(), validation.error(),
                100 * training.zeros());
    }

    String name() {
        return method.name();
    }

    /** The training images in the end. */
    Judgement last() {
        return training.get(training.size() - 1);
    }

    /** The validation images in the end. */
    Judgement lastHeld() {
        return validation.get(validation.size() - 1);
    }

    /** The epoch of the least validation error. */
    int best() {
        int best = 0;
        for (int i = 1; i < validation.size(); i++) {
            best = validation.get(i).error() < validation.get(best).error() ? i : best;
        }
        return best;
    }

    /** One number of each judgement over epochs. */
    Curves.Series curve(List<Judgement> of, ToDoubleFunction<Judgement> number) {
        double[] epochs = new double[of.size()];
        for (int i = 0; i < epochs.length; i++) {
            epochs[i] = i;
        }
        return Curves.Series.line(name(), epochs, of.stream().mapToDouble(number).toArray());
    }
}

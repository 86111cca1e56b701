package io.github.bitlift.reproduce;

import io.github.bitlift.io.Curves;
import io.github.bitlift.io.SampleSheet;
import io.github.bitlift.network.ForwardPass;
import io.github.bitlift.network.Initialisation;
import io.github.bitlift.network.Network;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.reproduce.AutoencoderJudge.Judgement;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * A trained autoencoder, judged before training and after every epoch.
 *
 * @param method how it was trained
 * @param training on the training images, one per epoch from 0
 * @param validation on the validation images
 * @param digest of all parameters
 * @param seconds spent in steps, before an interruption too
 * @param trained what it makes of the first training images
 * @param held what it makes of the first validation images
 */
record AutoencoderRun(
        AutoencoderMethod method, List<Judgement> training, List<Judgement> validation, String digest, double seconds,
        float[] trained, float[] held) {
    /** Trains from Glorot-uniform weights; the same seed gives the same weights and batches. */
    static AutoencoderRun of(AutoencoderMethod method, AutoencoderData data, Setting setting) {
        Autoencoder autoencoder = method.autoencoder();
        try (Parameters theta = new Parameters(setting.backend(), autoencoder.widths())) {
            Initialisation.glorotUniform(theta, setting.seed());
            Network network = autoencoder.network(theta);
            try (AutoencoderTraining run = new AutoencoderTraining(method, data, setting, theta, network);
                    ForwardPass forward = new ForwardPass(setting.backend(), network, SampleSheet.MOST)) {
                run.run();
                return new AutoencoderRun(
                        method, run.training(), run.validation(), theta.digest(), run.seconds(),
                        data.picture(forward.apply(AutoencoderData.first(data.train()), AutoencoderData.shown(data.train()))),
                        data.picture(forward.apply(
                                AutoencoderData.first(data.validation()), AutoencoderData.shown(data.validation()))));
            }
        }
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

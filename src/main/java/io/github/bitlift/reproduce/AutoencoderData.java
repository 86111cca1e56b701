package io.github.bitlift.reproduce;

import io.github.bitlift.data.Centring;
import io.github.bitlift.data.DataSet;
import io.github.bitlift.data.Degradation;
import io.github.bitlift.data.Split;
import io.github.bitlift.io.SampleSheet;
import io.github.bitlift.solver.Pairs;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Images that an autoencoder gives back (JMLR paper, §6: centred). Inputs and targets have the mean clean training image
 * subtracted.
 *
 * @param train training pairs
 * @param validation pairs that training never sees
 * @param centring what was subtracted
 * @param rows height in pixels
 * @param columns width in pixels
 */
record AutoencoderData(Pairs train, Pairs validation, Centring centring, int rows, int columns) {
    private static final long TRAINING_STREAM = 1;
    private static final long VALIDATION_STREAM = 2;

    /**
     * The first images of a set.
     *
     * @param folder of IDX files
     * @param sigma of the noise on inputs, 0 for none
     */
    static AutoencoderData load(Path folder, int images, int validation, float sigma, long seed) {
        DataSet clean = DataSet.load(folder, Split.TRAIN, images);
        DataSet held = DataSet.load(folder, Split.TEST, validation).requireSize(clean.rows(), clean.columns());
        Centring centring = Centring.of(clean.images(), clean.count(), clean.features());
        Degradation noise = sigma == 0 ? null : new Degradation.GaussianNoise(sigma);
        return new AutoencoderData(
                pairs(clean, centring, noise, seed, TRAINING_STREAM), pairs(held, centring, noise, seed, VALIDATION_STREAM),
                centring, clean.rows(), clean.columns());
    }

    private static Pairs pairs(DataSet clean, Centring centring, Degradation noise, long seed, long stream) {
        float[] targets = centring.apply(clean.images());
        float[] inputs = noise == null ? targets
                : centring.apply(noise.apply(clean.images(), clean.rows(), clean.columns(), seed, stream));
        return new Pairs(inputs, targets, clean.count(), clean.features(), clean.features());
    }

    /** How many of a set's pictures are shown. */
    static int shown(Pairs pairs) {
        return Math.min(SampleSheet.MOST, pairs.count());
    }

    /** The first few inputs of a set, centred. */
    static float[] first(Pairs pairs) {
        return Arrays.copyOf(pairs.inputs(), shown(pairs) * pairs.inputWidth());
    }

    /** The first few pairs of a set as pictures. */
    SampleSheet.Pictures pictures(Pairs pairs) {
        float[] targets = Arrays.copyOf(pairs.targets(), shown(pairs) * pairs.targetWidth());
        return new SampleSheet.Pictures(picture(first(pairs)), picture(targets), shown(pairs), rows, columns);
    }

    /** Centred images with the mean image added again. */
    float[] picture(float[] centred) {
        float[] mean = centring.mean();
        float[] picture = new float[centred.length];
        for (int i = 0; i < picture.length; i++) {
            picture[i] = centred[i] + mean[i % mean.length];
        }
        return picture;
    }
}

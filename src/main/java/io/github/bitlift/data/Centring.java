package io.github.bitlift.data;

import io.github.bitlift.numerics.Reduction;

/**
 * Subtracts the mean image of a training set (JMLR paper, §6: the images are centred). Step sizes depend on ‖U‖², which
 * for digits is mostly the mean image's: centred, they may be several times as long.
 *
 * @param mean {@code [features]}
 */
public record Centring(float[] mean) {

    /** The mean of {@code images [count, features]}: sums in binary64 over the fixed tree, rounded once. */
    public static Centring of(float[] images, int count, int features) {
        Reduction reduction = new Reduction();
        float[] mean = new float[features];
        for (int j = 0; j < features; j++) {
            int column = j;
            mean[j] = (float) (reduction.sum(count, i -> images[i * features + column]) / count);
        }
        return new Centring(mean);
    }

    /** {@code images [count, features]} less the mean: one subtraction per number. */
    public float[] apply(float[] images) {
        if (images.length % mean.length != 0) {
            throw new IllegalArgumentException(images.length + " numbers, expected a multiple of " + mean.length);
        }
        float[] centred = new float[images.length];
        for (int i = 0; i < images.length; i++) {
            centred[i] = images[i] - mean[i % mean.length];
        }
        return centred;
    }
}

package io.github.bitlift.data;

import io.github.bitlift.io.Rows;
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

    /** The same mean, of images that are read {@code atOnce} at a time. */
    public static Centring of(Rows images, int atOnce) {
        Reduction[] sums = new Reduction[images.width()];
        for (int j = 0; j < sums.length; j++) {
            sums[j] = new Reduction();
            sums[j].start();
        }
        float[] some = new float[Math.multiplyExact(Math.min(atOnce, images.count()), images.width())];
        for (int at = 0; at < images.count(); at += atOnce) {
            int n = Math.min(atOnce, images.count() - at);
            images.read(at, n, some, 0);
            for (int i = 0; i < n * sums.length; i++) {
                sums[i % sums.length].add(some[i]);
            }
        }
        float[] mean = new float[sums.length];
        for (int j = 0; j < mean.length; j++) {
            mean[j] = (float) (sums[j].result() / images.count());
        }
        return new Centring(mean);
    }

    /** Images less the mean, subtracted as they are read. */
    public Rows apply(Rows images) {
        return new Rows(images.count(), images.width(), (first, n, to, at) -> {
            images.read(first, n, to, at);
            for (int i = 0; i < n * mean.length; i++) {
                to[at + i] -= mean[i % mean.length];
            }
        });
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

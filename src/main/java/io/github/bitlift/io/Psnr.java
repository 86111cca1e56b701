package io.github.bitlift.io;

import io.github.bitlift.numerics.Reduction;

/** Peak signal-to-noise ratio: {@code 10 log10(1 / MSE)} in dB, the peak being 1. */
public final class Psnr {
    private Psnr() {}

    /** In dB, over all numbers of a set; +Infinity for an error of 0. */
    public static double of(double mse) {
        return 10 * StrictMath.log10(1 / mse);
    }

    /** In dB, of {@code count} numbers of both arrays from {@code at} on. */
    public static double of(float[] values, float[] targets, int at, int count) {
        return of(mse(values, targets, at, count));
    }

    /** The mean squared error over all numbers, in binary64 over the fixed tree. */
    public static double mse(float[] values, float[] targets) {
        return mse(values, targets, 0, targets.length);
    }

    private static double mse(float[] values, float[] targets, int at, int count) {
        return new Reduction().sum(count, i -> {
            double d = (double) values[at + i] - targets[at + i];
            return d * d;
        }) / count;
    }
}

package io.github.bitlift.bench;

import java.util.Arrays;

/**
 * Seconds per run over several samples.
 *
 * @param seconds the median
 * @param low the least
 * @param high the most
 * @param samples how many samples
 * @param replays how many runs each sample is the mean of
 */
public record Timing(double seconds, double low, double high, int samples, long replays) {

    /** From the seconds per run of each sample. */
    static Timing of(double[] samples, long replays) {
        double[] sorted = samples.clone();
        Arrays.sort(sorted);
        int n = sorted.length;
        double median = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
        return new Timing(median, sorted[0], sorted[n - 1], n, replays);
    }
}

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
 * @param ninetieth the 90th percentile, by nearest rank: the least sample that nine in ten don't exceed
 */
public record Timing(double seconds, double low, double high, int samples, long replays, double ninetieth) {
    private static final double STEADY = 1.5;

    /** From the seconds per run of each sample. */
    public static Timing of(double[] samples, long replays) {
        double[] sorted = samples.clone();
        Arrays.sort(sorted);
        int n = sorted.length;
        double median = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
        return new Timing(median, sorted[0], sorted[n - 1], n, replays, sorted[(9 * n + 9) / 10 - 1]);
    }

    /** Whether the 90th percentile is more than 1.5 times the median: something else took the machine's time. */
    public boolean isUnsteady() {
        return ninetieth > STEADY * seconds;
    }
}

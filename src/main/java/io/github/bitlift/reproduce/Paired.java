package io.github.bitlift.reproduce;

import java.util.Arrays;

/**
 * Two ways to do the same, timed in turns, so that whatever else the machine does meets both. Samples are short, so that
 * some of them go undisturbed: the least times are the best guess at what an idle machine takes.
 *
 * @param first least seconds of the first
 * @param second least seconds of the second
 * @param median over all turns of second / first
 * @param lower quartile of these ratios
 * @param upper quartile of these ratios
 */
record Paired(double first, double second, double median, double lower, double upper) {
    /** About how often each runs where a run is long; for estimates. */
    static final int RUNS = 40;

    private static final int TURNS = 31;
    private static final int QUICK_TURNS = 3;
    private static final double LEAST_SAMPLE = 0.002;
    private static final double WARM_UP = 0.3;

    /**
     * Warms up, then takes times.
     *
     * @param await waits for what was enqueued
     * @param quick fewer and shorter
     */
    static Paired of(Runnable first, Runnable second, Runnable await, boolean quick) {
        double shorter = quick ? 0.1 : 1;
        long firstRuns = runs(first, await, shorter);
        long secondRuns = runs(second, await, shorter);
        int turns = quick ? QUICK_TURNS : TURNS;
        double[] times = new double[turns];
        double[] others = new double[turns];
        double[] ratios = new double[turns];
        for (int i = 0; i < turns; i++) {
            times[i] = seconds(first, await, firstRuns) / firstRuns;
            others[i] = seconds(second, await, secondRuns) / secondRuns;
            ratios[i] = others[i] / times[i];
        }
        return new Paired(
                quantile(times, 0), quantile(others, 0), quantile(ratios, 0.5), quantile(ratios, 0.25),
                quantile(ratios, 0.75));
    }

    /** The second's time in multiples of the first's, by their least times. */
    double ofLeast() {
        return second / first;
    }

    /** How many runs make a sample that is long enough, after warming up. */
    private static long runs(Runnable work, Runnable await, double shorter) {
        long runs = 1;
        double spent = 0;
        while (true) {
            double took = seconds(work, await, runs);
            spent += took;
            if (took < LEAST_SAMPLE * shorter) {
                runs *= 2;
            } else if (spent >= WARM_UP * shorter) {
                return runs;
            }
        }
    }

    private static double seconds(Runnable work, Runnable await, long runs) {
        await.run();
        long start = System.nanoTime();
        for (long i = 0; i < runs; i++) {
            work.run();
        }
        await.run();
        return (System.nanoTime() - start) * 1e-9;
    }

    /** Between the two values next to it, in proportion. */
    static double quantile(double[] values, double share) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double place = share * (sorted.length - 1);
        int below = (int) place;
        double above = sorted[Math.min(below + 1, sorted.length - 1)];
        return sorted[below] + (place - below) * (above - sorted[below]);
    }
}

package io.github.bitlift.peers;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Times contenders that take turns within each round, in one process, so that a disturbance of the machine hits all alike.
 * The first contender is ours, and ratios are formed round by round: their time / ours.
 */
final class Turns {
    private static final double TURN_NANOS = 30e6;
    private static final long WARM_UP_NANOS = 1_000_000_000L;
    private static final int MOST_WARM_UPS = 20;
    /** A second that makes work less than this much faster ends its warming up. */
    private static final double SETTLED = 0.95;
    /** OpenBLAS's idle threads spin for 2^28 cycles, more than 100 ms; PyTorch's and ONNX Runtime's for less. */
    private static final long PAUSE_MILLIS = 400;

    private final double[][] seconds;

    private Turns(double[][] seconds) {
        this.seconds = seconds;
    }

    /**
     * Warms every contender up, until it gets no faster and Java's compiler has nothing left to do, and times the rounds. A
     * turn repeats short work for 30 ms. With several threads it begins with a pause and an untimed run, so that no contender
     * meets the spinning threads of the one before it.
     *
     * @param processorTime whether the calling thread's processor time counts, which compares single threads on a busy machine
     */
    static Turns take(List<Contender> contenders, int rounds, int threads, boolean processorTime) {
        if (processorTime && threads > 1) {
            throw new IllegalArgumentException("processor time is no measure for " + threads + " threads");
        }
        LongSupplier clock =
                processorTime ? ManagementFactory.getThreadMXBean()::getCurrentThreadCpuTime : System::nanoTime;
        int[] repeats = contenders.stream().mapToInt(each -> warm(each.work())).toArray();
        double[][] seconds = new double[contenders.size()][rounds];
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < repeats.length; i++) {
                Runnable work = contenders.get(i).work();
                if (threads > 1) {
                    rest();
                    work.run();
                }
                seconds[i][round] = nanos(work, repeats[i], clock) * 1e-9;
            }
        }
        return new Turns(seconds);
    }

    /** Returns how many runs fill a turn. */
    private static int warm(Runnable work) {
        CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
        double best = Double.MAX_VALUE;
        for (int i = 0; i < MOST_WARM_UPS; i++) {
            double before = best;
            long compiled = compiler.getTotalCompilationTime();
            long end = System.nanoTime() + WARM_UP_NANOS;
            do {
                best = Math.min(best, nanos(work, 1, System::nanoTime));
            } while (System.nanoTime() < end);
            if (best > SETTLED * before && compiler.getTotalCompilationTime() == compiled) {
                break;
            }
        }
        return (int) Math.max(1, TURN_NANOS / best);
    }

    private static void rest() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted between two turns", interrupted);
        }
    }

    private static double nanos(Runnable work, int repeats, LongSupplier clock) {
        long start = clock.getAsLong();
        for (int i = 0; i < repeats; i++) {
            work.run();
        }
        return (double) (clock.getAsLong() - start) / repeats;
    }

    /** Seconds per run of a contender. */
    Spread seconds(int contender) {
        return Spread.of(seconds[contender]);
    }

    /** A contender's time divided by ours. */
    Spread ratio(int contender) {
        double[] ratios = new double[seconds[0].length];
        for (int round = 0; round < ratios.length; round++) {
            ratios[round] = seconds[contender][round] / seconds[0][round];
        }
        return Spread.of(ratios);
    }
}

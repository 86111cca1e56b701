package io.github.bitlift.peers;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import io.github.bitlift.backend.TvPdhg.Rule;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.solver.DenoisingProblem;
import io.github.bitlift.solver.TotalVariation;
import io.github.bitlift.solver.TotalVariationSettings;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;

/**
 * Times total variation denoising of noisy digits, a fixed number of iterations with fixed steps, of ours and of PyTorch, in
 * turn in one process. First checks that both compute the same. Ours also checks gap and changes, every 50 iterations. Prints
 * seconds and the ratio of each round's times as median [least–most].
 *
 * <p>Arguments: {@code images=N}, {@code iterations=N}, {@code rounds=N}, {@code threads=N}; PyTorch's threads are set where
 * the JVM starts, see {@code benchmarks/run-peers.sh}.
 */
public final class TotalVariationPeers {
    private static final int SIZE = 28;
    private static final float WEIGHT = 0.15f;
    private static final float TAU = 0.3f;
    private static final float SIGMA = 0.99f / (8 * TAU * WEIGHT * WEIGHT);
    private static final double NEVER = TotalVariationSettings.NEVER;
    private static final int COMPARED = 200;
    private static final double CLOSE = 1e-5;

    private TotalVariationPeers() {}

    public static void main(String[] args) {
        int images = value(args, "images", 1000);
        int iterations = value(args, "iterations", 1000);
        int rounds = value(args, "rounds", 5);
        int threads = value(args, "threads", 2);
        float[] data = DenoisingProblem.pairs(images).inputs();
        try (CpuBackend backend = new CpuBackend(threads);
                NDManager manager = Engine.getEngine("PyTorch").newBaseManager(Device.cpu())) {
            System.out.println("JDK " + System.getProperty("java.vm.version") + "; Bitlift: " + backend.description());
            System.out.println(manager.getEngine());
            requireSame(ours(backend, data, images, COMPARED), theirs(manager, data, images, COMPARED));
            double[][] ourSeconds = new double[2][rounds];
            double[][] theirSeconds = new double[2][rounds];
            for (int round = 0; round < rounds; round++) {
                time(() -> ours(backend, data, images, iterations), ourSeconds, round);
                time(() -> theirs(manager, data, images, iterations), theirSeconds, round);
            }
            System.out.printf(Locale.ROOT, "%d images of %d x %d, %d iterations, %d thread(s), %d rounds%n", images, SIZE, SIZE,
                    iterations, threads, rounds);
            print("seconds", ourSeconds[0], theirSeconds[0]);
            if (threads == 1) {
                print("processor seconds", ourSeconds[1], theirSeconds[1]);
            }
        }
    }

    /** Seconds by clock (0) and of this thread (1). */
    private static void time(Runnable work, double[][] seconds, int round) {
        long worked = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        long start = System.nanoTime();
        work.run();
        seconds[0][round] = (System.nanoTime() - start) * 1e-9;
        seconds[1][round] = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - worked) * 1e-9;
    }

    private static void print(String what, double[] ours, double[] theirs) {
        double[] ratio = new double[ours.length];
        for (int round = 0; round < ratio.length; round++) {
            ratio[round] = theirs[round] / ours[round];
        }
        System.out.println(what + ": Bitlift " + spread(ours, "%.3f") + ", PyTorch " + spread(theirs, "%.3f")
                + ", PyTorch's / ours " + spread(ratio, "%.1f"));
    }

    private static int value(String[] args, String name, int otherwise) {
        return Arrays.stream(args).filter(word -> word.startsWith(name + "="))
                .map(word -> Integer.parseInt(word.substring(name.length() + 1))).findFirst().orElse(otherwise);
    }

    private static float[] ours(CpuBackend backend, float[] data, int images, int iterations) {
        TotalVariationSettings settings =
                new TotalVariationSettings(Rule.FIXED, TAU, SIGMA, iterations, 50, NEVER, NEVER);
        TotalVariation.Model model = new TotalVariation.Model(SIZE, SIZE, true, WEIGHT);
        try (TotalVariation solver = new TotalVariation(backend, model, settings, images)) {
            solver.run(data, progress -> true);
            return solver.result();
        }
    }

    private static float[] theirs(NDManager manager, float[] data, int images, int iterations) {
        try (TorchTotalVariation solver =
                new TorchTotalVariation(manager, data, images, SIZE, SIZE, WEIGHT, TAU, SIGMA)) {
            for (int i = 0; i < iterations; i++) {
                solver.iterate();
            }
            return solver.images();
        }
    }

    private static void requireSame(float[] ours, float[] theirs) {
        double most = 0;
        for (int i = 0; i < ours.length; i++) {
            most = Math.max(most, Math.abs((double) ours[i] - theirs[i]));
        }
        System.out.printf(Locale.ROOT, "after %d iterations no pixel differs by more than %.1e%n", COMPARED, most);
        if (!(most < CLOSE)) {
            throw new IllegalStateException("the contenders don't compute the same");
        }
    }

    private static String spread(double[] values, String format) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return String.format(Locale.ROOT, format + " [" + format + "–" + format + "]", sorted[sorted.length / 2], sorted[0],
                sorted[sorted.length - 1]);
    }
}

package io.github.bitlift.peers;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.solver.DenoisingProblem;
import io.github.bitlift.solver.Pairs;
import io.github.bitlift.solver.Trainer;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Times one full training step (block-coordinate descent with Adam on both blocks, framework paper §7.2) of ours and of
 * PyTorch, round-robin in one process so that a disturbance of the machine hits all alike. First checks that all compute
 * the same step. Prints seconds per step, and the ratio of each round's times, as median [least–most]. With one thread it
 * also prints the processor time of that thread, which other programs on the machine disturb far less.
 *
 * <p>Arguments: {@code images=N}, {@code rounds=N}, {@code threads=N}; PyTorch's threads are set where the JVM starts, by
 * {@code -Dai.djl.pytorch.num_threads=N}, see {@code benchmarks/run-peers.sh}.
 */
public final class TrainingStepPeers {
    private static final double TOLERANCE = 1e-4;
    private static final int COMPARED_STEPS = 3;
    private static final int WARM_UP = 5;

    private TrainingStepPeers() {}

    private record Contender(String name, Runnable step) {}

    public static void main(String[] args) {
        int images = Integer.parseInt(value(args, "images", "1000"));
        int rounds = Integer.parseInt(value(args, "rounds", "25"));
        int threads = Integer.parseInt(value(args, "threads", "2"));
        Pairs pairs = DenoisingProblem.pairs(images);
        try (CpuBackend backend = new CpuBackend(threads);
                NDManager manager = Engine.getEngine("PyTorch").newBaseManager(Device.cpu());
                Parameters theta = DenoisingProblem.parameters(backend);
                TorchStep layers = TorchStep.byLayer(manager, pairs, theta.toArray());
                TorchStep stacked = TorchStep.stacked(manager, pairs, theta.toArray());
                Trainer ours = DenoisingProblem.blockCoordinateDescent(backend, theta, pairs)) {
            System.out.println("JDK " + System.getProperty("java.vm.version") + "; Bitlift: " + backend.description());
            System.out.println(manager.getEngine());
            List<Contender> contenders = List.of(
                    new Contender("Bitlift", ours::step),
                    new Contender("PyTorch, layer by layer", layers::step),
                    new Contender("PyTorch, layers stacked", stacked::step));
            for (int i = 0; i < COMPARED_STEPS; i++) {
                contenders.forEach(each -> each.step.run());
            }
            requireSame(ours.objective().total(), layers.objective(), stacked.objective());
            double[][][] seconds = time(contenders, rounds);
            System.out.printf(Locale.ROOT, "%d images, %d thread(s), %d rounds, %.1f GFLOP per step%n", images, threads,
                    rounds, gigaflop(images));
            print("seconds per step", images, contenders, seconds[0]);
            if (threads == 1) {
                print("processor seconds per step", images, contenders, seconds[1]);
            }
        }
    }

    private static String value(String[] args, String name, String otherwise) {
        return Arrays.stream(args).filter(word -> word.startsWith(name + "="))
                .map(word -> word.substring(name.length() + 1)).findFirst().orElse(otherwise);
    }

    private static void requireSame(double ours, double... theirs) {
        for (double value : theirs) {
            double difference = Math.abs(value - ours) / Math.abs(ours);
            System.out.printf(Locale.ROOT, "objective after %d steps: ours %.7g, theirs %.7g, relative difference %.1e%n",
                    COMPARED_STEPS, ours, value, difference);
            if (!(difference < TOLERANCE)) {
                throw new IllegalStateException("the contenders don't take the same step");
            }
        }
    }

    /** Seconds by clock (0) and of this thread (1), by contender and round. */
    private static double[][][] time(List<Contender> contenders, int rounds) {
        double[][][] seconds = new double[2][contenders.size()][rounds];
        for (int round = -WARM_UP; round < rounds; round++) {
            for (int i = 0; i < contenders.size(); i++) {
                long worked = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
                long start = System.nanoTime();
                contenders.get(i).step.run();
                if (round >= 0) {
                    seconds[0][i][round] = (System.nanoTime() - start) * 1e-9;
                    seconds[1][i][round] =
                            (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - worked) * 1e-9;
                }
            }
        }
        return seconds;
    }

    private static double gigaflop(int images) {
        return 27e-9 * 2 * images * DenoisingProblem.WIDTH * DenoisingProblem.WIDTH;
    }

    private static void print(String heading, int images, List<Contender> contenders, double[][] seconds) {
        System.out.println("| | " + heading + " | GFLOP/s | Bitlift's time / theirs |");
        System.out.println("|---|---|---|---|");
        for (int i = 0; i < seconds.length; i++) {
            double[] ratio = new double[seconds[i].length];
            for (int round = 0; round < ratio.length; round++) {
                ratio[round] = seconds[0][round] / seconds[i][round];
            }
            System.out.printf(Locale.ROOT, "| %s | %s | %.0f | %s |%n", contenders.get(i).name, spread(seconds[i], "%.3f"),
                    gigaflop(images) / median(seconds[i]), i == 0 ? "" : spread(ratio, "%.2f"));
        }
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static String spread(double[] values, String format) {
        return String.format(Locale.ROOT, format + " [" + format + "–" + format + "]", median(values),
                Arrays.stream(values).min().orElseThrow(), Arrays.stream(values).max().orElseThrow());
    }
}

package io.github.bitlift.peers;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.bitlift.backend.cpu.MicroKernels;
import io.github.bitlift.backend.cpu.Sgemm;
import io.github.bitlift.backend.cpu.Workers;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.LongSupplier;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.openblas.presets.openblas_nolapack;

/**
 * Times our matrix product, OpenBLAS's and PyTorch's round-robin in one process, so that a disturbance of the machine hits
 * all of them alike. Prints GFLOP/s as median (least to most over the rounds), and the ratio of each round's rates.
 *
 * <p>Arguments: {@code rounds=N}, {@code shapes=NT:512x784x784,...} (layout, m, n, k), {@code threads=1,2},
 * {@code torch} to include PyTorch, {@code plain} to include our kernel without the Vector API, {@code clock=cpu} to count
 * the calling thread's CPU time rather than time passed: on a machine that others load, this still compares one thread
 * with one thread, but it is no measure for several.
 */
public final class ProductPeers {
    private static final String SHAPES = "NT:5000x784x784,NN:5000x784x784,TN:784x784x5000,"
            + "NT:512x784x784,NN:512x784x784,TN:784x784x512,NT:1000x784x784,NN:1000x784x784,TN:784x784x1000,"
            + "NT:100x784x784,NN:100x784x784,TN:784x784x100,NT:64x784x784,NT:10x784x784,NT:1x784x784";
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final double ROUND_NANOS = 30e6;

    private ProductPeers() {
    }

    /** One product: C [m, n] = op(A) op(B). */
    private record Shape3(boolean transposeA, boolean transposeB, int m, int n, int k) {
        static Shape3 parse(String text) {
            int[] sizes = Arrays.stream(text.substring(3).split("x")).mapToInt(Integer::parseInt).toArray();
            return new Shape3(text.charAt(0) == 'T', text.charAt(1) == 'T', sizes[0], sizes[1], sizes[2]);
        }

        double flop() {
            return 2.0 * m * n * k;
        }

        String text() {
            return (transposeA ? "T" : "N") + (transposeB ? "T" : "N") + " " + m + "x" + n + "x" + k;
        }
    }

    /** One contender with its data in place. */
    private record Contender(String name, Runnable product) {
    }

    public static void main(String[] args) {
        List<String> words = List.of(args);
        int rounds = Integer.parseInt(value(words, "rounds", "25"));
        boolean torch = words.contains("torch");
        boolean cpuClock = value(words, "clock", "wall").equals("cpu");
        Loader.load(openblas.class);
        System.out.printf(Locale.ROOT, "JDK %s, %s, vectors: %s%n", System.getProperty("java.vm.version"),
                System.getProperty("os.arch"), MicroKernels.best().name());
        for (String threadWord : value(words, "threads", "1,2").split(",")) {
            int threads = Integer.parseInt(threadWord);
            openblas_nolapack.blas_set_num_threads(threads);
            try (Workers workers = new Workers(threads)) {
                for (String text : value(words, "shapes", SHAPES).split(",")) {
                    compare(Shape3.parse(text), workers, rounds, torch, words.contains("plain"),
                            cpuClock && threads == 1 ? THREADS::getCurrentThreadCpuTime : System::nanoTime);
                }
            }
        }
    }

    private static String value(List<String> words, String name, String otherwise) {
        return words.stream().filter(word -> word.startsWith(name + "=")).map(word -> word.substring(name.length() + 1))
                .findFirst().orElse(otherwise);
    }

    private static void compare(Shape3 s, Workers workers, int rounds, boolean torch, boolean plain,
            LongSupplier clock) {
        float[] a = random(s.m * s.k, 1);
        float[] b = random(s.k * s.n, 2);
        List<Contender> contenders = new ArrayList<>();
        contenders.add(ours(MicroKernels.best().name(), s, workers, a, b));
        if (plain) {
            contenders.add(ours("plain", s, workers, a, b));
        }
        contenders.add(openBlas(s, a, b));
        NDManager manager = torch ? Engine.getEngine("PyTorch").newBaseManager(Device.cpu()) : null;
        if (torch) {
            contenders.add(pyTorch(s, manager, a, b));
        }
        double[][] rates = new double[contenders.size()][rounds];
        int[] repeats = new int[contenders.size()];
        for (int i = 0; i < repeats.length; i++) {
            repeats[i] = warm(contenders.get(i).product);
        }
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < repeats.length; i++) {
                rates[i][round] = s.flop() / nanos(contenders.get(i).product, repeats[i], clock);
            }
        }
        print(s, workers.threads(), contenders, rates);
        if (manager != null) {
            manager.close();
        }
    }

    private static Contender ours(String kernel, Shape3 s, Workers workers, float[] a, float[] b) {
        Sgemm sgemm = new Sgemm(workers, MicroKernels.named(kernel));
        float[] c = new float[s.m * s.n];
        return new Contender("bitlift " + kernel, () ->
                sgemm.multiply(s.transposeA, s.transposeB, s.m, s.n, s.k, a, 0, b, 0, c, 0, null));
    }

    private static Contender openBlas(Shape3 s, float[] a, float[] b) {
        FloatPointer pa = new FloatPointer(a);
        FloatPointer pb = new FloatPointer(b);
        FloatPointer pc = new FloatPointer((long) s.m * s.n);
        return new Contender("OpenBLAS", () -> openblas.cblas_sgemm(openblas.CblasRowMajor,
                s.transposeA ? openblas.CblasTrans : openblas.CblasNoTrans,
                s.transposeB ? openblas.CblasTrans : openblas.CblasNoTrans, s.m, s.n, s.k, 1f,
                pa, s.transposeA ? s.m : s.k, pb, s.transposeB ? s.k : s.n, 0f, pc, s.n));
    }

    private static Contender pyTorch(Shape3 s, NDManager manager, float[] a, float[] b) {
        NDArray x = manager.create(FloatBuffer.wrap(a), s.transposeA ? new Shape(s.k, s.m) : new Shape(s.m, s.k));
        NDArray y = manager.create(FloatBuffer.wrap(b), s.transposeB ? new Shape(s.n, s.k) : new Shape(s.k, s.n));
        NDArray left = s.transposeA ? x.transpose() : x;
        NDArray right = s.transposeB ? y.transpose() : y;
        return new Contender("PyTorch", () -> left.matMul(right).close());
    }

    /** Runs for 0.6 s or more, and returns how many products fill one round. */
    private static int warm(Runnable product) {
        double best = Double.MAX_VALUE;
        long end = System.nanoTime() + 600_000_000L;
        do {
            best = Math.min(best, nanos(product, 1, System::nanoTime));
        } while (System.nanoTime() < end);
        return (int) Math.max(1, ROUND_NANOS / best);
    }

    private static double nanos(Runnable product, int repeats, LongSupplier clock) {
        long start = clock.getAsLong();
        for (int i = 0; i < repeats; i++) {
            product.run();
        }
        return (double) (clock.getAsLong() - start) / repeats;
    }

    private static void print(Shape3 s, int threads, List<Contender> contenders, double[][] rates) {
        StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-18s %d thread%s", s.text(), threads,
                threads == 1 ? " " : "s"));
        for (int i = 0; i < rates.length; i++) {
            line.append(String.format(Locale.ROOT, " | %s %s", contenders.get(i).name, spread(rates[i], "%.0f")));
            if (i > 0) {
                double[] ratio = new double[rates[i].length];
                for (int round = 0; round < ratio.length; round++) {
                    ratio[round] = rates[0][round] / rates[i][round];
                }
                line.append(", ours/theirs ").append(spread(ratio, "%.2f"));
            }
        }
        System.out.println(line);
    }

    private static String spread(double[] values, String format) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return String.format(Locale.ROOT, format + " (" + format + "-" + format + ")", sorted[sorted.length / 2],
                sorted[0], sorted[sorted.length - 1]);
    }

    private static float[] random(int length, long seed) {
        Random random = new Random(seed);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}

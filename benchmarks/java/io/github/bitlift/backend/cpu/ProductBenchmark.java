package io.github.bitlift.backend.cpu;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The matrix products of one layer of 784 x 784 weights; time for one product. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class ProductBenchmark {
    private static final int WIDTH = 784;

    /** {@code NT} activations by weights, {@code NN} residuals by weights, {@code TN} residuals by activations. */
    @Param({"NT", "NN", "TN"})
    public String layout;

    @Param({"100", "512", "5000"})
    public int samples;

    @Param({"vector", "plain"})
    public String kernel;

    @Param({"1", "2"})
    public int threads;

    private Workers workers;
    private Sgemm sgemm;
    private float[] a;
    private float[] b;
    private float[] c;
    private int m;
    private int k;

    @Setup(Level.Trial)
    public void prepare() {
        workers = new Workers(threads);
        sgemm = new Sgemm(workers, MicroKernels.named(kernel));
        m = layout.equals("TN") ? WIDTH : samples;
        k = layout.equals("TN") ? samples : WIDTH;
        a = random(m * k, 1);
        b = random(k * WIDTH, 2);
        c = new float[m * WIDTH];
    }

    private static float[] random(int length, long seed) {
        Random random = new Random(seed);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    @Benchmark
    public float[] product() {
        sgemm.multiply(layout.equals("TN"), layout.equals("NT"), m, WIDTH, k, a, 0, b, 0, c, 0, null);
        return c;
    }

    @TearDown(Level.Trial)
    public void close() {
        workers.close();
    }
}

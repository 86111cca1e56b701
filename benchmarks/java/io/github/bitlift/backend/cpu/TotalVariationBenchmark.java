package io.github.bitlift.backend.cpu;

import io.github.bitlift.backend.Buffer;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.TvPdhg;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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

/** 100 primal-dual iterations for total variation. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class TotalVariationBenchmark {
    private static final float WEIGHT = 0.1f;
    private static final int ITERATIONS = 100;

    /** Images, height and width. */
    @Param({"100x28x28", "1x512x512"})
    public String shape;

    @Param({"true", "false"})
    public boolean isotropic;

    @Param({"FIXED", "ADAPTIVE"})
    public String rule;

    /** Iterations from check to check. */
    @Param({"10", "1000000"})
    public int every;

    @Param({"vector", "plain"})
    public String kernel;

    @Param({"1", "2"})
    public int threads;

    private CpuBackend backend;
    private final List<Buffer> buffers = new ArrayList<>();
    private Program program;

    @Setup(Level.Trial)
    public void prepare() {
        backend = new CpuBackend(threads, kernel);
        String[] sizes = shape.split("x");
        int images = Integer.parseInt(sizes[0]);
        int height = Integer.parseInt(sizes[1]);
        int width = Integer.parseInt(sizes[2]);
        int pixels = height * width;
        Matrix f = matrix(images, pixels);
        Random random = new Random(1);
        float[] values = new float[images * pixels];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        f.write(values);
        float[] steps = new float[images * TvPdhg.STATE];
        for (int at = 0; at < steps.length; at += TvPdhg.STATE) {
            steps[at + TvPdhg.State.TAU.ordinal()] = 1f;
            steps[at + TvPdhg.State.SIGMA.ordinal()] = 0.99f / (8 * WEIGHT * WEIGHT);
            steps[at + TvPdhg.State.ALPHA.ordinal()] = 0.5f;
        }
        Matrix state = matrix(images, TvPdhg.STATE);
        state.write(steps);
        program = backend.compile(List.of(new TvPdhg(
                height, width, isotropic, new TvPdhg.Denoise(f), WEIGHT, matrix(images, pixels), matrix(images, 2 * pixels),
                state, TvPdhg.Rule.valueOf(rule.toUpperCase(Locale.ROOT)), every, Double.NEGATIVE_INFINITY,
                Double.NEGATIVE_INFINITY, ITERATIONS)));
    }

    private Matrix matrix(int rows, int columns) {
        Buffer buffer = backend.allocate((long) rows * columns);
        buffers.add(buffer);
        return Matrix.of(buffer, rows, columns);
    }

    @Benchmark
    public void iterate() {
        program.run();
    }

    @TearDown(Level.Trial)
    public void close() {
        program.close();
        buffers.forEach(Buffer::close);
        buffers.clear();
        backend.close();
    }
}

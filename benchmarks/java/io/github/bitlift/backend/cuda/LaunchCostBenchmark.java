package io.github.bitlift.backend.cuda;

import io.github.bitlift.backend.Elementwise;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Program;
import io.github.bitlift.prox.SoftThreshold;
import java.util.ArrayList;
import java.util.List;
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

/**
 * What a step of a recorded program costs on the Java side and in JCuda: on the emulated driver with its kernels left out, so
 * that a launch is a call and nothing more. Run with {@code -prof gc}: {@code gc.alloc.rate.norm} is 0 bytes.
 *
 * <p>One program as a graph and the same launched operation by operation ({@code -Dbitlift.cuda.sync=true}, a
 * synchronisation after each): the difference between the counts of operations is the price of one launch.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-Xmx1g"})
public class LaunchCostBenchmark {
    /** How a program's operations reach the driver. */
    public enum Way {
        /** One graph launch. */
        GRAPH,
        /** A launch and a synchronisation each. */
        LAUNCHES
    }

    private static final int ROWS = 4;
    private static final int WIDTH = 32;

    /** How many operations the program has. */
    @Param({"1", "64"})
    private int operations;
    @Param
    private Way way;

    private CudaBackend backend;
    private Program program;

    /** Records the program. */
    @Setup(Level.Trial)
    public void start() {
        System.setProperty(CudaBackend.SYNC_PROPERTY, Boolean.toString(way == Way.LAUNCHES));
        backend = CudaBackend.open("emulated");
        EmulatedDriver.execution(false);
        Matrix v = Matrix.of(backend.allocate((long) ROWS * WIDTH), ROWS, WIDTH);
        Matrix out = Matrix.of(backend.allocate((long) ROWS * WIDTH), ROWS, WIDTH);
        List<Operation> list = new ArrayList<>();
        for (int i = 0; i < operations; i++) {
            list.add(new Elementwise(Elementwise.Kind.ACTIVATE, new SoftThreshold(0.1f), 1, v, null, out));
        }
        program = backend.compile(list);
    }

    /** Frees it. */
    @TearDown(Level.Trial)
    public void stop() {
        program.close();
        EmulatedDriver.execution(true);
        backend.close();
    }

    /** One replay. */
    @Benchmark
    public void replay() {
        program.run();
    }
}

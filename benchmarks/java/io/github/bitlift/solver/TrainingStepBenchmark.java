package io.github.bitlift.solver;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.network.Parameters;
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
 * One training step of each solver on the {@linkplain DenoisingProblem denoising problem}. Run with {@code -prof gc}:
 * a step in steady state allocates no array, so {@code gc.alloc.rate.norm} stays within some tens of kilobytes.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
@Fork(value = 1, jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-Xmx3g"})
public class TrainingStepBenchmark {
    /** Which method. */
    public enum Method {
        /** Block-coordinate descent on 1,000 images: 27 products. */
        BLOCK_COORDINATE_DESCENT,
        /** The implicit stochastic gradient method on a batch of 100: 15 inner iterations. */
        IMPLICIT_STOCHASTIC_GRADIENT,
        /** Back-propagation with Adam on 1,000 images: 20 products. */
        BACK_PROPAGATION
    }

    private static final int IMAGES = 1000;
    private static final int BATCH = 100;

    @Param
    private Method method;
    @Param("2")
    private int threads;

    private Backend backend;
    private Parameters theta;
    private Trainer trainer;

    /** Starts a run from the same θ. */
    @Setup(Level.Trial)
    public void start() {
        Pairs pairs = DenoisingProblem.pairs(IMAGES);
        backend = new CpuBackend(threads);
        theta = DenoisingProblem.parameters(backend);
        trainer = switch (method) {
            case BLOCK_COORDINATE_DESCENT -> DenoisingProblem.blockCoordinateDescent(backend, theta, pairs);
            case IMPLICIT_STOCHASTIC_GRADIENT ->
                    DenoisingProblem.implicitStochasticGradient(backend, theta, pairs, BATCH);
            case BACK_PROPAGATION -> DenoisingProblem.backPropagation(backend, theta, pairs, IMAGES);
        };
    }

    /** Frees it. */
    @TearDown(Level.Trial)
    public void stop() {
        trainer.close();
        theta.close();
        backend.close();
    }

    /** One step. */
    @Benchmark
    public void step() {
        trainer.step();
    }
}

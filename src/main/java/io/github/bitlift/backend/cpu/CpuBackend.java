package io.github.bitlift.backend.cpu;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Buffer;
import io.github.bitlift.backend.HostBuffer;
import io.github.bitlift.backend.HostSums;
import io.github.bitlift.backend.Lowering;
import io.github.bitlift.backend.Memory;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.Scratch;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.backend.TvPdhg;
import io.github.bitlift.backend.reference.Maps;
import io.github.bitlift.backend.reference.Rows;
import io.github.bitlift.numerics.Numerics;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The processor: several threads, and the Vector API where its module is present ({@code --add-modules
 * jdk.incubator.vector}), plain loops where it isn't. The bits are the reference's either way.
 */
public final class CpuBackend implements Backend {
    private final Memory memory = new Memory();
    private final Workers workers;
    private final MicroKernel kernel;
    private final Sgemm sgemm;
    private final KeptFactors factors = new KeptFactors();
    private final Maps maps;
    private final Rows rows;
    private final TvLoops tvLoops;
    private final PlaneLoops planeLoops;

    /** As many threads as there are processors, and the best kernels this JVM offers. */
    public CpuBackend() {
        this(Runtime.getRuntime().availableProcessors());
    }

    /** A number of threads, and the best kernels this JVM offers. */
    public CpuBackend(int threads) {
        this(threads, MicroKernels.best());
    }

    /**
     * A number of threads and a choice of kernels.
     *
     * @param kernels {@code vector} or {@code plain}
     * @throws IllegalStateException if this JVM doesn't offer them
     */
    public CpuBackend(int threads, String kernels) {
        this(threads, MicroKernels.named(kernels));
    }

    private CpuBackend(int threads, MicroKernel kernel) {
        Numerics.requireFusedMultiplyAdd();
        this.workers = new Workers(threads);
        this.kernel = kernel;
        this.sgemm = new Sgemm(workers, kernel);
        this.maps = kernel instanceof PlainMicroKernel ? new Maps() : new VectorMaps();
        this.rows = kernel instanceof PlainMicroKernel ? new Rows() : new VectorRows();
        boolean plain = kernel instanceof PlainMicroKernel || !VectorTvLoops.fits();
        this.tvLoops = plain ? new TvLoops() : new VectorTvLoops();
        this.planeLoops = plain ? new PlaneLoops() : new VectorPlaneLoops();
    }

    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public String description() {
        int threads = workers.threads();
        return threads + (threads == 1 ? " thread, " : " threads, ")
                + (kernel instanceof PlainMicroKernel ? "plain loops" : "Vector API, " + VectorMaps.lanes() + " lanes");
    }

    /** The number of threads. */
    public int threads() {
        return workers.threads();
    }

    @Override
    public Memory memory() {
        return memory;
    }

    @Override
    public boolean fuses(TvPdhg operation) {
        return PenaltyGradient.fits(operation);
    }

    @Override
    public long scratchBytes(TvPdhg operation) {
        return TvIterations.scratchBytes(operation, workers.threads());
    }

    @Override
    public Buffer allocate(long length) {
        return new HostBuffer(length, memory);
    }

    @Override
    public Sums allocateSums(int slots) {
        return new HostSums(slots);
    }

    @Override
    public Program compile(List<? extends Operation> operations) {
        Lowering lowering = new Lowering(this, operations);
        Scratch scratch = scratch(lowering);
        Runnable[] steps = steps(lowering);
        return new Program() {
            @Override
            public void run() {
                for (Runnable step : steps) {
                    step.run();
                }
            }

            @Override
            public void close() {
                scratch.close();
                lowering.close();
            }
        };
    }

    private Runnable[] steps(Lowering lowering) {
        Crew crew = new Crew(workers, maps, rows);
        boolean plain = kernel instanceof PlainMicroKernel;
        CpuKernels kernels = new CpuKernels(
                crew,
                new Products(crew, sgemm, kernel, factors),
                plain ? new MatrixVector(workers, rows) : new VectorMatrixVector(workers, rows),
                new TvIterations(workers, tvLoops, () -> new PenaltyGradient(planeLoops, maps, rows)));
        lowering.operations().forEach(kernels::add);
        return kernels.steps();
    }

    private Scratch scratch(Lowering lowering) {
        try {
            return Scratch.of(this, lowering.operations());
        } catch (RuntimeException refused) {
            lowering.close();
            throw refused;
        }
    }

    /** Measured, which takes about a second; empty without the Vector API, whose loop it is measured by. */
    @Override
    public OptionalDouble arithmeticCeiling() {
        return kernel instanceof PlainMicroKernel
                ? OptionalDouble.empty()
                : OptionalDouble.of(FmaLoop.flopsPerSecond(workers));
    }

    @Override
    public void close() {
        workers.close();
    }
}

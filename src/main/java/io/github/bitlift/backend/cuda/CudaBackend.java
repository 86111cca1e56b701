package io.github.bitlift.backend.cuda;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.BackendException;
import io.github.bitlift.backend.Buffer;
import io.github.bitlift.backend.Lowering;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Memory;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.backend.TvPdhg;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * Bitlift's kernels on an NVIDIA GPU, or on the emulated driver.
 *
 * <p>Each instance has a CUDA context of its own, current only during its calls. All methods of a backend, its buffers, sums
 * and programs may be called from any thread; one lock and one stream put them in order.
 */
public final class CudaBackend implements Backend {
    /** System property: {@code true} launches and waits one kernel at a time, so that a failing one is named. */
    public static final String SYNC_PROPERTY = "bitlift.cuda.sync";

    private final boolean emulated;
    private final String driverVersion;
    private final Context context;
    private final Arena arena;
    private final Staging staging;
    private final Modules modules;
    private final Recordings recordings;
    private final boolean synchronous = Boolean.getBoolean(SYNC_PROPERTY);

    private CudaBackend(DeviceInfo device, boolean emulated, String driverVersion) {
        this.emulated = emulated;
        this.driverVersion = driverVersion;
        context = new Context(device);
        try (Context.Scope scope = context.enter()) {
            arena = new Arena(context);
            modules = new Modules(context);
            recordings = new Recordings(context);
            staging = new Staging(context, arena);
        } catch (RuntimeException e) {
            // Whatever was made so far lies in the context and goes with it.
            context.close(() -> { });
            throw e;
        }
    }

    /**
     * Opens a device.
     *
     * @param device its number, a part of its name, or {@code emulated}
     * @throws BackendException in one line with reason and remedy, if there is no driver or no such device, if it is too old
     *         or has no room, or if this JVM runs on the emulated driver and a real one is asked for, or the other way round
     */
    public static CudaBackend open(String device) {
        boolean emulated = device.equals(Driver.EMULATED);
        Driver driver = Driver.load(emulated);
        // The emulated device has the word in its name, so a driver that isn't the emulated one after all is found out.
        DeviceInfo found = driver.device(device);
        return new CudaBackend(found, emulated, driver.version());
    }

    @Override
    public String name() {
        return "cuda";
    }

    @Override
    public String description() {
        return emulated
                ? "emulated driver, order " + EmulatedDriver.order()
                : context.device().description() + ", driver for CUDA " + driverVersion;
    }

    /** From the device's clock and number of multiprocessors; empty if one isn't known, and on the emulated driver. */
    @Override
    public OptionalDouble arithmeticCeiling() {
        return emulated ? OptionalDouble.empty() : context.device().flopsPerSecond();
    }

    @Override
    public boolean isEmulated() {
        return emulated;
    }

    /** {@inheritDoc} Programs hold descriptors and scratch there. */
    @Override
    public Memory memory() {
        return arena.memory();
    }

    @Override
    public OptionalLong deviceMemory() {
        try (Context.Scope scope = context.enter()) {
            return OptionalLong.of(arena.free());
        }
    }

    @Override
    public boolean fuses(TvPdhg operation) {
        return TvPenalty.fits(operation, context.device());
    }

    @Override
    public long scratchBytes(TvPdhg operation) {
        return TvIterations.bytes(operation, context.device());
    }

    @Override
    public Buffer allocate(long length) {
        try (Context.Scope scope = context.enter()) {
            return new CudaBuffer(context, arena, staging, length);
        }
    }

    @Override
    public Sums allocateSums(int slots) {
        try (Context.Scope scope = context.enter()) {
            return new CudaSums(context, arena, slots);
        }
    }

    /**
     * {@inheritDoc}
     *
     * <p>Loads the kernels that are needed for the first time, which takes the driver a while.
     *
     * @throws BackendException if the driver refuses a kernel, if there isn't enough memory, or if a product needs more than
     *         2^31 - 1 tiles
     */
    @Override
    public Program compile(List<? extends Operation> operations) {
        Lowering lowering = new Lowering(this, operations);
        try (Context.Scope scope = context.enter()) {
            Plan plan = new Plan(context, modules);
            Planner.plan(plan, lowering.operations());
            return new CudaProgram(context, arena, recordings, plan, lowering, synchronous);
        } catch (RuntimeException | OutOfMemoryError e) {
            lowering.close();
            throw e;
        }
    }

    @Override
    public void synchronise() {
        try (Context.Scope scope = context.enter()) {
            context.synchronise("the programs enqueued");
        }
    }

    /** For tests: a program of one kernel, on one block of 64 threads, whose only parameter is an operand. */
    Program compileKernel(String stem, String kernel, Matrix operand) {
        Objects.requireNonNull(operand);
        try (Context.Scope scope = context.enter()) {
            Plan plan = new Plan(context, modules);
            plan.operation("test of " + kernel + " " + operand.shape());
            plan.launch(stem, kernel, new Grid(1, 1, 64, 1), plan.operands().at("operand", operand));
            return new CudaProgram(context, arena, recordings, plan, new Lowering(this, List.of()), synchronous);
        }
    }

    /** Frees context, buffers, sums and programs, the broken backend's too; the second time does nothing. */
    @Override
    public void close() {
        context.close(() -> {
            staging.close();
            recordings.freeAll();
            modules.close();
            arena.freeAll();
        });
    }
}

package io.github.bitlift.backend;

import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * Where solvers do their arithmetic. Solvers are written once against this interface; every
 * implementation gives the same bits (package {@code numerics} states the contract).
 *
 * <p>A backend may be used by several threads, each with buffers and programs of its own; one
 * program is run by one thread at a time.
 */
public interface Backend extends AutoCloseable {

    /** The name used on the command line and in reports: {@code reference}, {@code cpu}, ... */
    String name();

    /** One line for people: what it runs on and how, for example threads and instruction set. */
    String description();

    /**
     * Allocates zeroed storage.
     *
     * @throws BackendException if there isn't enough memory, or less than that within {@link #memory}'s limit; the backend stays usable
     */
    Buffer allocate(long length);

    /**
     * The account of its buffers and of what its programs hold, on the processor only as far as {@link #scratchBytes} says it;
     * sums and what a driver keeps aren't in it.
     */
    Memory memory();

    /** Bytes free on a device with memory of its own; empty where buffers lie on the Java heap. */
    default OptionalLong deviceMemory() {
        return OptionalLong.empty();
    }

    /** Whether it carries out iterations with {@link TvPdhg.Penalty} as they are; otherwise {@link Lowering} takes them apart. */
    default boolean fuses(TvPdhg operation) {
        return false;
    }

    /** Bytes that a program holds for an operation beside its operands, on {@link #memory}'s account. */
    default long scratchBytes(TvPdhg operation) {
        return 0;
    }

    /** Allocates zeroed slots for reductions. */
    Sums allocateSums(int slots);

    /**
     * Prepares operations for replay. Operands must come from this backend; one from another kind of memory is refused with
     * an IllegalArgumentException, here or when the program first runs.
     */
    Program compile(List<? extends Operation> operations);

    /**
     * Binary32 operations per second that the device does at most, an fma counting two: measured, or computed from what the
     * device itself says. Empty where neither is to be had.
     */
    default OptionalDouble arithmeticCeiling() {
        return OptionalDouble.empty();
    }

    /** Whether an emulator stands in for the device, so that times mean nothing. */
    default boolean isEmulated() {
        return false;
    }

    /** Waits for the programs enqueued so far, so that time can be told; reads wait by themselves. */
    default void synchronise() {
        // Programs of backends on the processor have ended when they return.
    }

    /** Frees what the backend itself holds (threads, contexts); its buffers become unusable. */
    @Override
    void close();
}

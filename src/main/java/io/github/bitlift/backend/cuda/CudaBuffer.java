package io.github.bitlift.backend.cuda;

import static jcuda.driver.JCudaDriver.cuMemsetD32Async;

import io.github.bitlift.backend.BackendException;
import io.github.bitlift.backend.Buffer;
import java.util.Arrays;
import java.util.Objects;
import jcuda.driver.CUdeviceptr;

/** Binary32 storage on a device. */
final class CudaBuffer implements Buffer {
    private final Context context;
    private final Arena arena;
    private final Staging staging;
    private final long length;
    private final CUdeviceptr start;
    private final long address;
    /** Pointers of the last transfer's pieces, so that one that is repeated makes none. */
    private CUdeviceptr[] pieces = new CUdeviceptr[1];
    private long[] offsets = {0};
    private volatile boolean closed;

    /** Within the context's scope. */
    CudaBuffer(Context context, Arena arena, Staging staging, long length) {
        if (length < 0 || length > Long.MAX_VALUE / 4) {
            throw new BackendException("cuda: allocate: " + length + " elements, expected at least 0");
        }
        this.context = context;
        this.arena = arena;
        this.staging = staging;
        this.length = length;
        start = arena.allocate(4 * length, this);
        address = Address.of(start);
        pieces[0] = start;
        if (length > 0) {
            int result = cuMemsetD32Async(start, 0, length, context.stream());
            if (result != 0) {
                arena.free(start, this);
            }
            context.check().that(result, "cuMemsetD32Async", this);
        }
    }

    /** A pointer to the element at an offset, where the given piece of a transfer starts. */
    CUdeviceptr pointer(int piece, long offset) {
        if (piece >= pieces.length) {
            int size = Math.max(piece + 1, 2 * pieces.length);
            pieces = Arrays.copyOf(pieces, size);
            offsets = Arrays.copyOf(offsets, size);
        }
        if (pieces[piece] == null || offsets[piece] != offset) {
            pieces[piece] = start.withByteOffset(4 * offset);
            offsets[piece] = offset;
        }
        return pieces[piece];
    }

    /** The address on the device. */
    long address() {
        requireOpen();
        return address;
    }

    CUdeviceptr start() {
        requireOpen();
        return start;
    }

    boolean isOf(Context other) {
        return context == other;
    }

    boolean isClosed() {
        return closed;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("buffer is closed");
        }
    }

    @Override
    public long length() {
        requireOpen();
        return length;
    }

    @Override
    public void write(long at, float[] source, int from, int count) {
        requireRanges(at, source, from, count);
        try (Context.Scope scope = context.enter()) {
            requireOpen();
            staging.write(this, at, source, from, count);
        }
    }

    @Override
    public void read(long at, float[] target, int from, int count) {
        requireRanges(at, target, from, count);
        try (Context.Scope scope = context.enter()) {
            requireOpen();
            staging.read(this, at, target, from, count);
        }
    }

    private void requireRanges(long at, float[] array, int from, int count) {
        Objects.checkFromIndexSize(at, count, length());
        Objects.checkFromIndexSize(from, count, array.length);
    }

    @Override
    public void close() {
        context.release(() -> {
            if (!closed) {
                closed = true;
                arena.free(start, this);
            }
        });
        closed = true;
    }

    @Override
    public String toString() {
        return "a buffer of " + length + " elements (" + 4 * length + " bytes)";
    }
}

package io.github.bitlift.backend.cuda;

import static jcuda.driver.JCudaDriver.CU_MEMHOSTALLOC_DEVICEMAP;
import static jcuda.driver.JCudaDriver.cuMemHostGetDevicePointer;

import io.github.bitlift.backend.BackendException;
import io.github.bitlift.backend.Sums;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.util.Objects;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;

/** Results of reductions in pinned memory of the host, where kernels write them; reading needs a wait but no copy. */
final class CudaSums implements Sums {
    private final Context context;
    private final Arena arena;
    private final int length;
    private final Pointer memory;
    private final DoubleBuffer values;
    private final long address;
    private volatile boolean closed;

    /** Within the context's scope. */
    CudaSums(Context context, Arena arena, int length) {
        if (length < 0) {
            throw new BackendException("cuda: allocate: " + length + " sums, expected at least 0");
        }
        this.context = context;
        this.arena = arena;
        this.length = length;
        long bytes = 8L * Math.max(1, length);
        memory = arena.pin(bytes, CU_MEMHOSTALLOC_DEVICEMAP, this);
        values = memory.getByteBuffer(0, bytes).order(ByteOrder.nativeOrder()).asDoubleBuffer();
        for (int slot = 0; slot < length; slot++) {
            values.put(slot, 0.0);
        }
        CUdeviceptr mapped = new CUdeviceptr();
        int result = cuMemHostGetDevicePointer(mapped, memory, 0);
        if (result != 0) {
            arena.unpin(memory, this);
        }
        context.check().that(result, "cuMemHostGetDevicePointer", this);
        address = Address.of(mapped);
    }

    /** The address on the device. */
    long address() {
        requireOpen();
        return address;
    }

    boolean isOf(Context other) {
        return context == other;
    }

    boolean isClosed() {
        return closed;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("sums are closed");
        }
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public double get(int slot) {
        Objects.checkIndex(slot, length);
        try (Context.Scope scope = context.enter()) {
            requireOpen();
            context.synchronise(this);
            return values.get(slot);
        }
    }

    @Override
    public void close() {
        context.release(() -> {
            if (!closed) {
                closed = true;
                arena.unpin(memory, this);
            }
        });
        closed = true;
    }

    @Override
    public String toString() {
        return length + " sums";
    }
}

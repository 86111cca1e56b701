package io.github.bitlift.backend.cuda;

import static jcuda.driver.JCudaDriver.cuEventCreate;
import static jcuda.driver.JCudaDriver.cuEventDestroy;
import static jcuda.driver.JCudaDriver.cuEventRecord;
import static jcuda.driver.JCudaDriver.cuEventSynchronize;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoHAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoDAsync;

import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import jcuda.Pointer;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;

/**
 * Moves numbers between the Java heap and the device through a ring of pinned slots, on the backend's stream.
 *
 * <p>A write returns when the last numbers are in a slot; it waits for the device only if the ring is full. A read waits for
 * everything enqueued before it. Java arrays are never pinned: that would stop the whole JVM's garbage collection.
 *
 * <p>Used within the context's scope.
 */
final class Staging {
    private static final int SLOTS = 4;
    /** Elements per slot, 512 KiB: large enough for the bus's full rate, small enough that copies on both sides overlap. */
    static final int SLOT = 1 << 17;

    private final Context context;
    private final Arena arena;
    private final Pointer memory;
    private final Pointer[] pointers = new Pointer[SLOTS];
    private final FloatBuffer[] buffers = new FloatBuffer[SLOTS];
    private final CUevent[] done = new CUevent[SLOTS];
    private final boolean[] busy = new boolean[SLOTS];
    private int next;

    Staging(Context context, Arena arena) {
        this.context = context;
        this.arena = arena;
        long bytes = 4L * SLOT;
        memory = arena.pin(SLOTS * bytes, 0, "the staging ring (" + SLOTS * bytes + " bytes)");
        for (int slot = 0; slot < SLOTS; slot++) {
            pointers[slot] = memory.withByteOffset(slot * bytes);
            buffers[slot] = memory.getByteBuffer(slot * bytes, bytes).order(ByteOrder.nativeOrder()).asFloatBuffer();
            done[slot] = new CUevent();
            context.check().that(
                    cuEventCreate(done[slot], CUevent_flags.CU_EVENT_DISABLE_TIMING), "cuEventCreate", "the staging ring");
        }
    }

    void write(CudaBuffer buffer, long at, float[] source, int from, int count) {
        for (int sent = 0; sent < count; sent += SLOT) {
            int n = Math.min(SLOT, count - sent);
            int slot = claim(buffer);
            buffers[slot].clear();
            buffers[slot].put(source, from + sent, n);
            context.check().that(
                    cuMemcpyHtoDAsync(buffer.pointer(sent / SLOT, at + sent), pointers[slot], 4L * n, context.stream()),
                    "cuMemcpyHtoDAsync", buffer);
            record(slot, buffer);
        }
    }

    void read(CudaBuffer buffer, long at, float[] target, int from, int count) {
        int taken = 0;
        int oldest = next;
        for (int asked = 0; asked < count; asked += SLOT) {
            if (asked - taken == SLOTS * SLOT) {
                take(oldest, buffer, target, from + taken, SLOT);
                taken += SLOT;
                oldest = (oldest + 1) % SLOTS;
            }
            int slot = claim(buffer);
            context.check().that(
                    cuMemcpyDtoHAsync(pointers[slot], buffer.pointer(asked / SLOT, at + asked),
                            4L * Math.min(SLOT, count - asked), context.stream()),
                    "cuMemcpyDtoHAsync", buffer);
            record(slot, buffer);
        }
        for (; taken < count; taken += SLOT) {
            take(oldest, buffer, target, from + taken, Math.min(SLOT, count - taken));
            oldest = (oldest + 1) % SLOTS;
        }
        if (count > 0) {
            // Nothing was enqueued after the last copy.
            context.synchronised();
        }
    }

    private void take(int slot, CudaBuffer buffer, float[] target, int from, int n) {
        await(slot, buffer);
        buffers[slot].clear();
        buffers[slot].get(target, from, n);
    }

    private int claim(CudaBuffer buffer) {
        int slot = next;
        next = (next + 1) % SLOTS;
        await(slot, buffer);
        return slot;
    }

    private void await(int slot, CudaBuffer buffer) {
        if (busy[slot]) {
            context.check().that(cuEventSynchronize(done[slot]), "cuEventSynchronize", buffer);
            busy[slot] = false;
        }
    }

    private void record(int slot, CudaBuffer buffer) {
        context.check().that(cuEventRecord(done[slot], context.stream()), "cuEventRecord", buffer);
        busy[slot] = true;
    }

    void close() {
        for (CUevent event : done) {
            context.freed(cuEventDestroy(event), "cuEventDestroy", "the staging ring");
        }
        arena.unpin(memory, "the staging ring");
    }
}

package io.github.bitlift.backend.cuda;

import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemFree;
import static jcuda.driver.JCudaDriver.cuMemFreeHost;
import static jcuda.driver.JCudaDriver.cuMemGetInfo;
import static jcuda.driver.JCudaDriver.cuMemHostAlloc;

import io.github.bitlift.backend.BackendException;
import io.github.bitlift.backend.Memory;
import io.github.bitlift.backend.NoRoomException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUresult;

/**
 * Owns every allocation of a backend, on the device and pinned on the host; used within the context's scope. Freeing waits
 * for work that is under way.
 */
final class Arena {
    private final Context context;
    /** Bytes by allocation; the pointers are kept as they are, because two of them may be equal in JCuda's eyes. */
    private final Map<CUdeviceptr, Long> device = new IdentityHashMap<>();
    private final Set<Pointer> pinned = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Memory memory = new Memory();
    private long frees;

    Arena(Context context) {
        this.context = context;
    }

    /**
     * Allocates on the device; nothing for 0 bytes.
     *
     * @param subject what for; its toString gives the sizes
     * @throws BackendException if there isn't enough, or less than that within the limit; the backend stays usable
     */
    CUdeviceptr allocate(long bytes, Object subject) {
        CUdeviceptr pointer = new CUdeviceptr();
        if (bytes > 0) {
            memory.take(bytes, subject);
            int result = cuMemAlloc(pointer, bytes);
            if (result != CUresult.CUDA_SUCCESS) {
                memory.give(bytes);
            }
            if (result == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
                throw outOfMemory(bytes, subject);
            }
            context.check().that(result, "cuMemAlloc", subject);
            device.put(pointer, bytes);
        }
        return pointer;
    }

    private BackendException outOfMemory(long bytes, Object subject) {
        long[] info = info(subject);
        return new NoRoomException("cuda: out of memory for " + subject + " on " + context.device().name() + ": " + bytes
                + " bytes wanted, " + info[0] + " of " + info[1] + " free, " + memory.held() + " held by this backend", null);
    }

    /** Bytes free on the device, and in all. */
    private long[] info(Object subject) {
        long[] free = new long[1];
        long[] total = new long[1];
        context.check().that(cuMemGetInfo(free, total), "cuMemGetInfo", subject);
        return new long[] {free[0], total[0]};
    }

    /** Bytes that the device has left. */
    long free() {
        return info("the device's free memory")[0];
    }

    /**
     * Frees; nothing for what isn't an allocation.
     *
     * @throws BackendException if work under way turns out to have failed; the memory is free all the same
     */
    void free(CUdeviceptr pointer, Object subject) {
        Long bytes = device.remove(pointer);
        if (bytes != null) {
            memory.give(bytes);
            frees++;
            try {
                context.settle(subject);
            } finally {
                context.freed(cuMemFree(pointer), "cuMemFree", subject);
            }
        }
    }

    /** Allocates on the host, where the device can reach it. */
    Pointer pin(long bytes, int flags, Object subject) {
        Pointer pointer = new Pointer();
        context.check().that(cuMemHostAlloc(pointer, bytes, flags), "cuMemHostAlloc", subject);
        pinned.add(pointer);
        return pointer;
    }

    /** The same for pinned memory. */
    void unpin(Pointer pointer, Object subject) {
        if (pinned.remove(pointer)) {
            frees++;
            try {
                context.settle(subject);
            } finally {
                context.freed(cuMemFreeHost(pointer), "cuMemFreeHost", subject);
            }
        }
    }

    /** Frees what is left, once nothing is under way. */
    void freeAll() {
        for (CUdeviceptr pointer : device.keySet()) {
            context.freed(cuMemFree(pointer), "cuMemFree", "closing");
        }
        for (Pointer pointer : pinned) {
            context.freed(cuMemFreeHost(pointer), "cuMemFreeHost", "closing");
        }
        device.clear();
        pinned.clear();
        memory.give(memory.held());
    }

    /** The account of live device memory. */
    Memory memory() {
        return memory;
    }

    /** How often something was freed: while this stays the same, no operand of a program can have gone. */
    long frees() {
        return frees;
    }
}

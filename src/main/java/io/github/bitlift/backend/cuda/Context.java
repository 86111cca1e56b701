package io.github.bitlift.backend.cuda;

import static jcuda.driver.JCudaDriver.cuCtxCreate;
import static jcuda.driver.JCudaDriver.cuCtxDestroy;
import static jcuda.driver.JCudaDriver.cuCtxPopCurrent;
import static jcuda.driver.JCudaDriver.cuCtxPushCurrent;
import static jcuda.driver.JCudaDriver.cuStreamCreate;
import static jcuda.driver.JCudaDriver.cuStreamDestroy;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;

import java.util.concurrent.locks.ReentrantLock;
import jcuda.driver.CUcontext;
import jcuda.driver.CUctx_flags;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;

/**
 * A backend's own CUDA context with one stream for work and one for recording, and its lock.
 *
 * <p>A context of its own keeps a failed launch from spoiling other backends. It is current only between {@link #enter} and
 * the scope's close, under the lock; then the caller's own context is current again.
 */
final class Context {
    private final ReentrantLock lock = new ReentrantLock();
    private final Scope scope = new Scope();
    private final CUcontext handle = new CUcontext();
    private final CUcontext popped = new CUcontext();
    private final CUstream stream = new CUstream();
    private final CUstream recording = new CUstream();
    private final DeviceInfo device;
    private final Check check;
    /** Whether work may be under way: something was enqueued since the stream was last waited for. */
    private boolean pending;
    private boolean closed;

    /** Creates context and streams, or nothing if that fails. */
    Context(DeviceInfo device) {
        this.device = device;
        check = new Check(device.name());
        int result = cuCtxCreate(handle, CUctx_flags.CU_CTX_MAP_HOST, Driver.handle(device.ordinal()));
        check.that(result, "cuCtxCreate", "a backend");
        try {
            check.that(cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING), "cuStreamCreate", "a backend");
            check.that(cuStreamCreate(recording, CUstream_flags.CU_STREAM_NON_BLOCKING), "cuStreamCreate", "a backend");
            check.that(cuCtxPopCurrent(popped), "cuCtxPopCurrent", "a backend");
        } catch (RuntimeException e) {
            cuCtxDestroy(handle);
            throw e;
        }
    }

    /**
     * Takes the lock and makes the context current for this thread until the scope is closed; may be nested.
     *
     * @throws IllegalStateException if the backend is closed
     * @throws io.github.bitlift.backend.BackendException if it is broken
     */
    Scope enter() {
        lock.lock();
        try {
            requireOpen();
            check.requireIntact();
            check.that(cuCtxPushCurrent(handle), "cuCtxPushCurrent", "a call");
            return scope;
        } catch (RuntimeException e) {
            lock.unlock();
            throw e;
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the cuda backend is closed");
        }
    }

    /**
     * Frees something: in the context, under the lock, in a broken context too. Does nothing where the context is gone,
     * because the thing went with it.
     */
    void release(Runnable free) {
        lock.lock();
        try {
            if (!closed) {
                freed(cuCtxPushCurrent(handle), "cuCtxPushCurrent", "freeing");
                try {
                    free.run();
                } finally {
                    cuCtxPopCurrent(popped);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Checks the result of a call that frees: in a broken context everything may fail, and goes with the context. */
    void freed(int result, String call, Object subject) {
        if (!check.isBroken()) {
            check.that(result, call, subject);
        }
    }

    /**
     * Frees what the others hold and then the context, once the device has finished; the second time does nothing.
     *
     * @throws io.github.bitlift.backend.BackendException if work that nobody has waited for turns out to have failed
     */
    void close(Runnable others) {
        lock.lock();
        try {
            if (!closed) {
                freed(cuCtxPushCurrent(handle), "cuCtxPushCurrent", "closing");
                closed = true;
                try {
                    settle("closing");
                } finally {
                    tearDown(others);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void tearDown(Runnable others) {
        try {
            others.run();
            freed(cuStreamDestroy(recording), "cuStreamDestroy", "closing");
            freed(cuStreamDestroy(stream), "cuStreamDestroy", "closing");
        } finally {
            // A context that is destroyed while current is no longer current.
            freed(cuCtxDestroy(handle), "cuCtxDestroy", "closing");
        }
    }

    /** Waits for everything enqueued; within a scope. */
    void synchronise(Object subject) {
        check.that(cuStreamSynchronize(stream), "cuStreamSynchronize", subject);
        synchronised();
    }

    /** Everything enqueued has been seen to end. */
    void synchronised() {
        pending = false;
        check.synchronised();
    }

    /**
     * Waits if work may be under way, as it must not lose its memory: CUDA doesn't promise that freeing waits. In a broken
     * context nothing runs any more.
     */
    void settle(Object subject) {
        if (pending && !check.isBroken()) {
            synchronise(subject);
        }
    }

    /** The stream, to enqueue something. */
    CUstream stream() {
        pending = true;
        return stream;
    }

    CUstream recording() {
        return recording;
    }

    DeviceInfo device() {
        return device;
    }

    Check check() {
        return check;
    }

    /** The time a thread spends inside; one instance serves all, for it holds nothing. */
    final class Scope implements AutoCloseable {
        private Scope() {}

        @Override
        public void close() {
            try {
                check.that(cuCtxPopCurrent(popped), "cuCtxPopCurrent", "a call");
            } finally {
                lock.unlock();
            }
        }
    }
}

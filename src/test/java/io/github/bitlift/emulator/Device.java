package io.github.bitlift.emulator;

import static jcuda.driver.JCudaDriver.cuCtxCreate;
import static jcuda.driver.JCudaDriver.cuCtxDestroy;
import static jcuda.driver.JCudaDriver.cuCtxSynchronize;
import static jcuda.driver.JCudaDriver.cuDeviceGet;
import static jcuda.driver.JCudaDriver.cuGetErrorName;
import static jcuda.driver.JCudaDriver.cuInit;
import static jcuda.driver.JCudaDriver.cuLaunchCooperativeKernel;
import static jcuda.driver.JCudaDriver.cuLaunchKernel;
import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemFree;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoH;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoD;
import static jcuda.driver.JCudaDriver.cuModuleGetFunction;
import static jcuda.driver.JCudaDriver.cuModuleLoadData;
import static jcuda.driver.JCudaDriver.cuModuleUnload;

import java.util.ArrayList;
import java.util.List;
import jcuda.NativePointerObject;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;

/** A context with all kernels and what tests do in it; closing it frees everything. */
public final class Device implements AutoCloseable {
    private final CUcontext context = new CUcontext();
    private final CUmodule module = new CUmodule();
    private final List<CUdeviceptr> buffers = new ArrayList<>();

    /** A new context, current for the calling thread. */
    public Device() {
        check(cuInit(0));
        CUdevice device = new CUdevice();
        check(cuDeviceGet(device, 0));
        check(cuCtxCreate(context, 0, device));
        check(cuModuleLoadData(module, new byte[] {0}));
    }

    static void check(int result) {
        if (result != CUresult.CUDA_SUCCESS) {
            String[] name = new String[1];
            cuGetErrorName(result, name);
            throw new AssertionError(result + " " + name[0]);
        }
    }

    CUmodule module() {
        return module;
    }

    CUfunction function(String name) {
        CUfunction function = new CUfunction();
        check(cuModuleGetFunction(function, module, name));
        return function;
    }

    /** Allocates. */
    public CUdeviceptr allocate(long bytes) {
        CUdeviceptr at = new CUdeviceptr();
        check(cuMemAlloc(at, bytes));
        buffers.add(at);
        return at;
    }

    /** Allocates and copies. */
    public CUdeviceptr upload(int[] values) {
        CUdeviceptr at = allocate(4L * values.length);
        check(cuMemcpyHtoD(at, Pointer.to(values), 4L * values.length));
        return at;
    }

    CUdeviceptr upload(float[] values) {
        CUdeviceptr at = allocate(4L * values.length);
        check(cuMemcpyHtoD(at, Pointer.to(values), 4L * values.length));
        return at;
    }

    float[] floats(CUdeviceptr at, int count) {
        float[] values = new float[count];
        check(cuMemcpyDtoH(Pointer.to(values), at, 4L * count));
        return values;
    }

    /** Waits for all work and copies. */
    public int[] ints(CUdeviceptr at, int count) {
        int[] values = new int[count];
        check(cuMemcpyDtoH(Pointer.to(values), at, 4L * count));
        return values;
    }

    static Pointer parameters(Object... values) {
        NativePointerObject[] pointers = new NativePointerObject[values.length];
        for (int i = 0; i < values.length; i++) {
            Object value = values[i];
            pointers[i] = value instanceof Integer number ? Pointer.to(new int[] {number})
                    : value instanceof Float number ? Pointer.to(new float[] {number})
                    : value instanceof Long number ? Pointer.to(new long[] {number})
                    : value instanceof Double number ? Pointer.to(new double[] {number})
                    : Pointer.to((CUdeviceptr) value);
        }
        return Pointer.to(pointers);
    }

    /** Launches a kernel; its parameters are numbers of Java's types for C's, and device pointers. */
    public void launch(String kernel, int[] grid, int[] block, int shared, CUstream stream, Object... values) {
        check(cuLaunchKernel(function(kernel), grid[0], grid[1], grid[2], block[0], block[1], block[2], shared, stream,
                parameters(values), null));
    }

    /** The same with all blocks there at once. */
    void launchTogether(String kernel, int[] grid, int[] block, int shared, Object... values) {
        check(cuLaunchCooperativeKernel(function(kernel), grid[0], grid[1], grid[2], block[0], block[1], block[2], shared, null,
                parameters(values)));
    }

    /** The address, for structures that hold it. */
    public static long address(CUdeviceptr at) {
        return new Address(at).value();
    }

    /** JCuda keeps the address to itself and its subclasses. */
    private static final class Address extends CUdeviceptr {
        Address(CUdeviceptr at) {
            super(at);
        }

        long value() {
            return getNativePointer() + getByteOffset();
        }
    }

    @Override
    public void close() {
        // Work that is under way needs its memory; that it may fail is for the test to say.
        cuCtxSynchronize();
        for (CUdeviceptr buffer : buffers) {
            check(cuMemFree(buffer));
        }
        check(cuModuleUnload(module));
        check(cuCtxDestroy(context));
    }
}

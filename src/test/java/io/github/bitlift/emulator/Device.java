package io.github.bitlift.emulator;

import static jcuda.driver.JCudaDriver.cuCtxCreate;
import static jcuda.driver.JCudaDriver.cuCtxDestroy;
import static jcuda.driver.JCudaDriver.cuDeviceGet;
import static jcuda.driver.JCudaDriver.cuGetErrorName;
import static jcuda.driver.JCudaDriver.cuInit;
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

/** A context with the test kernels and what tests do in it; closing it frees everything. */
final class Device implements AutoCloseable {
    private final CUcontext context = new CUcontext();
    private final CUmodule module = new CUmodule();
    private final List<CUdeviceptr> buffers = new ArrayList<>();

    Device() {
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

    CUdeviceptr allocate(long bytes) {
        CUdeviceptr at = new CUdeviceptr();
        check(cuMemAlloc(at, bytes));
        buffers.add(at);
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

    int[] ints(CUdeviceptr at, int count) {
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
                    : Pointer.to((CUdeviceptr) value);
        }
        return Pointer.to(pointers);
    }

    void launch(String kernel, int[] grid, int[] block, int shared, CUstream stream, Object... values) {
        check(cuLaunchKernel(function(kernel), grid[0], grid[1], grid[2], block[0], block[1], block[2], shared, stream,
                parameters(values), null));
    }

    @Override
    public void close() {
        for (CUdeviceptr buffer : buffers) {
            check(cuMemFree(buffer));
        }
        check(cuModuleUnload(module));
        check(cuCtxDestroy(context));
    }
}

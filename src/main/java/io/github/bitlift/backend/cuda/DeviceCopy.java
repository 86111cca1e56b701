package io.github.bitlift.backend.cuda;

import static jcuda.driver.JCudaDriver.cuMemcpyDtoDAsync;

import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUstream;

/** A copy on the device. */
record DeviceCopy(String operation, CUdeviceptr to, CUdeviceptr from, long bytes) implements Work {

    @Override
    public void enqueue(Check check, CUstream stream) {
        check.that(cuMemcpyDtoDAsync(to, from, bytes, stream), "cuMemcpyDtoDAsync", this);
    }

    @Override
    public String toString() {
        return operation;
    }
}

package io.github.bitlift.backend.cuda;

import static jcuda.driver.JCudaDriver.cuLaunchCooperativeKernel;
import static jcuda.driver.JCudaDriver.cuLaunchKernel;

import jcuda.Pointer;
import jcuda.driver.CUfunction;
import jcuda.driver.CUstream;

/**
 * A kernel launch with its parameters ready in native memory.
 *
 * @param operation what it is part of, with sizes
 * @param kernel the kernel's name
 * @param function the kernel
 * @param grid its size
 * @param parameters an array of addresses, one per parameter
 */
record Launch(String operation, String kernel, CUfunction function, Grid grid, Pointer parameters) implements Work {

    @Override
    public void enqueue(Check check, CUstream stream) {
        if (grid.cooperative()) {
            int result = cuLaunchCooperativeKernel(
                    function, grid.x(), grid.y(), 1, grid.blockX(), grid.blockY(), 1, grid.shared(), stream, parameters);
            check.that(result, "cuLaunchCooperativeKernel", this);
        } else {
            int result = cuLaunchKernel(
                    function, grid.x(), grid.y(), 1, grid.blockX(), grid.blockY(), 1, grid.shared(), stream, parameters, null);
            check.that(result, "cuLaunchKernel", this);
        }
    }

    @Override
    public String toString() {
        return "kernel " + kernel + " of " + operation;
    }
}

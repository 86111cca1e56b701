package io.github.bitlift.emulator;

import static jcuda.driver.JCudaDriver.cuCtxSynchronize;

import io.github.bitlift.backend.cuda.EmulatedDriver;
import java.io.IOException;
import jcuda.driver.CUdeviceptr;

/**
 * Runs kernels of {@code planted_errors.cu} and {@code sound.cu}, each in a context of its own, cooperatively those
 * with {@code _grid_} in their name, in a JVM that has loaded the
 * driver that the system property names. Prints {@code checks=N}, then {@code kernel=RESULT} for each argument and order.
 */
final class KernelRuns {
    private static final int COUNT = 128;

    private KernelRuns() {}

    public static void main(String[] arguments) throws IOException {
        EmulatedDriver.load();
        Natives.load();
        System.out.println("checks=" + EmulatedDriver.counter("checks"));
        for (String kernel : arguments) {
            for (String order : new String[] {"forward", "reverse", "random:3"}) {
                EmulatedDriver.order(order);
                System.out.println(kernel + "=" + run(kernel));
            }
        }
    }

    private static int run(String kernel) {
        try (Device device = new Device()) {
            float[] values = new float[COUNT];
            for (int i = 0; i < COUNT; i++) {
                values[i] = Float.intBitsToFloat(i * 7 % 50 - 20);
            }
            CUdeviceptr in = device.upload(values);
            CUdeviceptr out = device.allocate(COUNT * 4);
            if (kernel.contains("_grid_")) {
                device.launchTogether(kernel, new int[] {2, 1, 1}, new int[] {64, 1, 1}, 64 * 4, in, out);
            } else {
                device.launch(kernel, new int[] {2, 1, 1}, new int[] {64, 1, 1}, 64 * 4, null, in, out);
            }
            return cuCtxSynchronize();
        }
    }
}

package io.github.bitlift.emulator;

import io.github.bitlift.backend.cuda.CudaDevices;
import java.io.IOException;

/** JCuda's native library for tests that call JCuda themselves: loaded as the backend loads it, after the driver. */
public final class Natives {
    private Natives() {}

    /** Loads it. */
    public static void load() throws IOException {
        CudaDevices found = CudaDevices.find();
        if (found.problem() != null) {
            throw new IOException(found.problem());
        }
    }
}

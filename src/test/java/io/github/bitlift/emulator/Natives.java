package io.github.bitlift.emulator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import jcuda.driver.JCudaDriver;

/** JCuda's native library for tests that call JCuda themselves. */
public final class Natives {
    private Natives() {}

    /**
     * Loads it, after the driver. JCuda unpacks it into {@code java.io.tmpdir} and trusts whatever lies there, so it gets a
     * directory of its own for that moment.
     */
    public static synchronized void load() throws IOException {
        Path unpacked = Files.createTempDirectory(Emulator.home().resolve("target"), "jcuda");
        String shared = System.setProperty("java.io.tmpdir", unpacked.toString());
        try {
            JCudaDriver.cuDriverGetVersion(new int[1]);
        } finally {
            System.setProperty("java.io.tmpdir", shared);
        }
        try (Stream<Path> natives = Files.list(unpacked)) {
            natives.forEach(file -> file.toFile().delete());
        }
        Files.delete(unpacked);
    }
}

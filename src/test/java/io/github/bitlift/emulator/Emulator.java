package io.github.bitlift.emulator;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.bitlift.backend.cuda.EmulatedDriver;
import io.github.bitlift.backend.cuda.EmulatorBuild;
import io.github.bitlift.backend.cuda.EmulatorBuild.Checks;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * The emulated CUDA driver for tests, with Bitlift's kernels and those of {@code src/test/cuda}. All tests of a JVM share it,
 * since a JVM holds one driver: each test class that needs it calls {@link #load()} before anything of CUDA.
 */
public final class Emulator {
    private static final Path TEST_KERNELS = home().resolve("src/test/cuda");

    private Emulator() {}

    /** The folder with {@code kernels}, {@code native-build} and {@code src}. */
    public static Path home() {
        return Path.of(System.getProperty("bitlift.home", ".")).toAbsolutePath().normalize();
    }

    /**
     * The folder of the built driver, for {@code -Dbitlift.emulator=} of a child JVM. Skips the test where nothing can be
     * built.
     */
    public static Path build() {
        return build(Checks.NONE);
    }

    static Path build(Checks checks) {
        EmulatorBuild.obstacle().ifPresent(why -> assumeTrue(false, "skipped: " + why));
        String folder = checks == Checks.NONE ? "emulator-test" : "emulator-test-" + checks.name().toLowerCase(Locale.ROOT);
        List<Path> kernels = List.of(home().resolve("kernels"), TEST_KERNELS);
        return new EmulatorBuild(home(), home().resolve("target").resolve(folder), kernels, checks).run();
    }

    /** Builds and loads it into this JVM; runs forward from here. */
    public static synchronized void load() {
        EmulatedDriver.load(build());
        EmulatedDriver.order("forward");
    }
}

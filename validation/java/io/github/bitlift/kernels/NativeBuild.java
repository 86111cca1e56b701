package io.github.bitlift.kernels;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.bitlift.emulator.Emulator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** native-build/Makefile and the tools it needs. */
final class NativeBuild {
    /** Where the kernels' sources are. */
    static final Path HOME = Emulator.home();

    private NativeBuild() {}

    /** Skips the calling test, with the reason, where a program isn't installed. */
    static void assumeTool(String name) {
        boolean found = Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
        assumeTrue(found, name + " is not installed");
    }

    /** Runs targets and gives what they print; fails with what make said. */
    static String make(String... targets) {
        assumeTool("make");
        List<String> command = new ArrayList<>(List.of("make", "-s", "-j2", "-C", "native-build"));
        command.addAll(List.of(targets));
        try {
            Path errors = Files.createTempFile("bitlift", ".err");
            try {
                Process make = new ProcessBuilder(command).directory(HOME.toFile()).redirectError(errors.toFile()).start();
                String said = new String(make.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                if (make.waitFor() != 0) {
                    throw new AssertionError(String.join(" ", command) + " failed: " + said + Files.readString(errors));
                }
                return said;
            } finally {
                Files.delete(errors);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}

package io.github.bitlift.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.bitlift.backend.cuda.EmulatedDriver;
import io.github.bitlift.backend.cuda.EmulatorBuild.Checks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A JVM of its own on a checked build of the emulated driver, which it finds through the system property
 * {@link EmulatedDriver#FOLDER_PROPERTY}.
 */
public final class CheckedJvm {
    private static final int MOST_SECONDS = 900;
    /** The JVM handles its own signals, and each error is one finding. */
    private static final String ASAN_OPTIONS = "handle_segv=0:handle_sigbus=0:handle_sigfpe=0:allow_user_segv_handler=1:"
            + "detect_leaks=0:halt_on_error=0:suppress_equal_pcs=0";

    private CheckedJvm() {}

    /**
     * What it wrote.
     *
     * @param results lines of standard output
     * @param errors lines of standard error
     */
    public record Output(List<String> results, List<String> errors) {
        /** What the driver wrote about kernels. */
        public List<String> findings() {
            return errors.stream().filter(line -> line.startsWith("bitlift emulator: kernel ")).toList();
        }
    }

    /**
     * Builds the driver with Bitlift's kernels and those of the tests, runs a program and waits for its end.
     *
     * @param checks which
     * @param folder an empty one for what is written
     * @param program the class with {@code main}
     * @param arguments of the program; those that start with {@code -D} are the JVM's
     */
    public static Output run(Checks checks, Path folder, Class<?> program, List<String> arguments)
            throws IOException, InterruptedException {
        Map<String, String> environment = environment(checks, folder);
        Path driver = Emulator.build(checks);
        Path results = folder.resolve("results");
        Path errors = folder.resolve("errors");
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m", "-Dbitlift.home=" + Emulator.home(), "-D" + EmulatedDriver.FOLDER_PROPERTY + "=" + driver));
        arguments.stream().filter(argument -> argument.startsWith("-D")).forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        arguments.stream().filter(argument -> !argument.startsWith("-D")).forEach(command::add);
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(results.toFile()).redirectError(errors.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)).as("ends in %d seconds", MOST_SECONDS).isTrue();
            assertThat(process.exitValue()).as("%s", tail(errors)).isZero();
        } finally {
            process.destroyForcibly();
        }
        return new Output(Files.readAllLines(results), Files.readAllLines(errors));
    }

    private static Map<String, String> environment(Checks checks, Path folder) throws IOException, InterruptedException {
        if (checks != Checks.ADDRESSES) {
            return Map.of();
        }
        String library = library(folder, "libasan.so");
        assumeTrue(Path.of(library).isAbsolute(), "skipped: g++ has no AddressSanitizer (libasan.so)");
        // AddressSanitizer wants to see the C++ library at the process's start, or exceptions end it.
        return Map.of("LD_PRELOAD", library + ":" + library(folder, "libstdc++.so.6"), "ASAN_OPTIONS", ASAN_OPTIONS);
    }

    private static String library(Path folder, String name) throws IOException, InterruptedException {
        Path file = folder.resolve("library");
        Process process = new ProcessBuilder("g++", "-print-file-name=" + name).redirectOutput(file.toFile()).start();
        assertThat(process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)).isTrue();
        return Files.readString(file).strip();
    }

    private static List<String> tail(Path errors) throws IOException {
        List<String> lines = Files.readAllLines(errors);
        return lines.subList(Math.max(0, lines.size() - 20), lines.size());
    }
}

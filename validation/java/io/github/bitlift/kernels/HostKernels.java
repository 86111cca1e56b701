package io.github.bitlift.kernels;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The kernels compiled by g++ (make host-test), and the tools around them. */
final class HostKernels {
    /** Where the kernels' sources are. */
    static final Path HOME = Path.of(System.getProperty("bitlift.home", ".")).toAbsolutePath();

    private HostKernels() {}

    /** Builds what has changed; skips the calling test, with the reason, where that can't be done. */
    static synchronized Path build() {
        String machine = System.getProperty("os.arch");
        assumeTrue("amd64".equals(machine), "the host build of the kernels needs x86-64, this is " + machine);
        assumeTrue(hasFma(), "the host build of the kernels needs a processor with FMA");
        assumeTool("g++");
        make("host-test");
        return HOME.resolve("target/native/host-run");
    }

    private static boolean hasFma() {
        try {
            return Files.readString(Path.of("/proc/cpuinfo")).contains(" fma ");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Skips the calling test, with the reason, where a program isn't installed. */
    static void assumeTool(String name) {
        boolean found = Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
        assumeTrue(found, name + " is not installed");
    }

    /** Runs targets of native-build/Makefile; fails with what make said. */
    static String make(String... targets) {
        assumeTool("make");
        List<String> command = new ArrayList<>(List.of("make", "-s", "-j2", "-C", "native-build"));
        command.addAll(List.of(targets));
        return new String(output(command, Redirect.PIPE), StandardCharsets.UTF_8);
    }

    /** Opens what the host program writes, its input taken from a file; the caller reads it to the end. */
    static Process start(Redirect input, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(build().toString()));
        command.addAll(List.of(arguments));
        return process(command, input).redirectError(Redirect.INHERIT).start();
    }

    /** What the host program gives for an input. */
    static ByteBuffer run(Path folder, byte[] input, String... arguments) throws IOException {
        Path file = Files.write(folder.resolve("input.bin"), input);
        List<String> command = new ArrayList<>(List.of(build().toString()));
        command.addAll(List.of(arguments));
        return ByteBuffer.wrap(output(command, Redirect.from(file.toFile()))).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static ProcessBuilder process(List<String> command, Redirect input) {
        return new ProcessBuilder(command).directory(HOME.toFile()).redirectInput(input);
    }

    private static byte[] output(List<String> command, Redirect input) {
        try {
            Path errors = Files.createTempFile("bitlift", ".err");
            try {
                Process process = process(command, input).redirectError(errors.toFile()).start();
                byte[] bytes = drain(process.getInputStream());
                if (process.waitFor() != 0) {
                    throw new AssertionError(String.join(" ", command) + " failed: " + Files.readString(errors));
                }
                return bytes;
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

    private static byte[] drain(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        in.transferTo(bytes);
        return bytes.toByteArray();
    }
}

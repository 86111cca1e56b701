package io.github.bitlift.backend.cuda;

import io.github.bitlift.backend.BackendException;
import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A build of the emulated CUDA driver by make and g++. It renews what is older than its sources and no more, and builds of
 * several threads and processes wait for each other.
 *
 * @param home the folder with {@code native-build/emulator}
 * @param out the folder for results, of this build alone
 * @param kernels folders with the kernels' {@code .cu} files
 * @param checks what kernels are looked at for while they run
 */
public record EmulatorBuild(Path home, Path out, List<Path> kernels, Checks checks) {
    /** Kinds of build; each slows kernels down. */
    public enum Checks {
        /** None. */
        NONE,
        /** Races, bounds, uninitialised reads, divergence. */
        ALL,
        /** Bounds by AddressSanitizer, whose library the process must preload. */
        ADDRESSES
    }

    private static final List<String> PROGRAMS = List.of("g++", "make");
    /** As the Makefile's flags have them, under the names of {@link #PROCESSOR}. */
    private static final List<String> INSTRUCTIONS = List.of("avx2", "fma");
    private static final Path PROCESSOR = Path.of("/proc/cpuinfo");
    private static final int MOST_MINUTES = 15;
    /** A line of g++, the linker or make that says what went wrong. */
    private static final Pattern ERROR = Pattern.compile("\\berror: |undefined reference|\\*\\*\\* ");

    /** A build without checks. */
    public EmulatorBuild(Path home, Path out, List<Path> kernels) {
        this(home, out, kernels, Checks.NONE);
    }

    /** Takes absolute paths from relative ones. */
    public EmulatorBuild {
        home = absolute(home);
        out = absolute(out);
        kernels = kernels.stream().map(EmulatorBuild::absolute).toList();
    }

    private static Path absolute(Path path) {
        return path.toAbsolutePath().normalize();
    }

    /** Why nothing can be built on this machine, in one line with the remedy; empty where it can. */
    public static Optional<String> obstacle() {
        String architecture = System.getProperty("os.arch");
        if (!System.getProperty("os.name").equals("Linux") || !architecture.equals("amd64")) {
            return Optional.of("the emulated CUDA driver needs Linux on x86-64; this is "
                    + System.getProperty("os.name") + " on " + architecture);
        }
        return processorObstacle(PROCESSOR).or(() -> programObstacle(System.getenv().getOrDefault("PATH", "")));
    }

    /** Where the file that describes the processor lacks an instruction set that the kernels are compiled for. */
    static Optional<String> processorObstacle(Path description) {
        try (Stream<String> lines = Files.lines(description, StandardCharsets.ISO_8859_1)) {
            List<String> flags = lines.filter(line -> line.startsWith("flags")).findFirst()
                    .map(line -> List.of(line.split("\\s+"))).orElse(INSTRUCTIONS);
            List<String> missing = INSTRUCTIONS.stream().filter(name -> !flags.contains(name)).toList();
            return missing.isEmpty() ? Optional.empty()
                    : Optional.of("the emulated CUDA driver needs a processor with AVX2 and FMA (of 2013 or later), and this"
                            + " one has no " + String.join(" and no ", missing) + "; use --backend cpu (same bits)");
        } catch (IOException unknown) {
            // Nobody says what the processor can do; the build's result will show.
            return Optional.empty();
        }
    }

    static Optional<String> programObstacle(String path) {
        List<String> missing = PROGRAMS.stream().filter(program -> !isOn(path, program)).toList();
        return missing.isEmpty() ? Optional.empty()
                : Optional.of("the emulated CUDA driver is built with g++ and make, and "
                        + String.join(" and ", missing) + (missing.size() == 1 ? " is" : " are")
                        + " missing; apt-get install g++ make");
    }

    private static boolean isOn(String path, String program) {
        return Arrays.stream(path.split(File.pathSeparator)).anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    /**
     * Builds what is missing or out of date.
     *
     * @return {@link #out}
     * @throws BackendException if that fails: one line, which names the log of a failed build
     */
    public Path run() {
        obstacle().ifPresent(why -> {
            throw new BackendException(why);
        });
        if (!Files.isRegularFile(home.resolve("native-build/emulator/Makefile"))) {
            throw new BackendException("no sources of the emulated CUDA driver in " + home
                    + "; set bitlift.home to the folder with native-build and kernels");
        }
        synchronized (EmulatorBuild.class) {
            try {
                Files.createDirectories(out);
                try (FileChannel file = FileChannel.open(out.resolve("build.lock"), StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE);
                        FileLock held = file.lock()) {
                    make();
                }
            } catch (IOException problem) {
                throw new BackendException("the emulated CUDA driver can't be built into " + out + ": " + problem, problem);
            }
        }
        return out;
    }

    /** Paths are given relative to home, because make can't cope with blanks in them. */
    private void make() throws IOException {
        Path log = out.resolve("build.log");
        List<String> command = new ArrayList<>(List.of("make", "-j" + Runtime.getRuntime().availableProcessors(),
                "-f", "native-build/emulator/Makefile", "OUT=" + home.relativize(out),
                "KERNELS=" + kernels.stream().map(folder -> home.relativize(folder).toString())
                        .collect(Collectors.joining(" "))));
        if (checks != Checks.NONE) {
            command.add(checks == Checks.ALL ? "CHECK=1" : "ASAN=1");
        }
        Process make = new ProcessBuilder(command).directory(home.toFile()).redirectErrorStream(true)
                .redirectOutput(log.toFile()).start();
        if (!ends(make)) {
            throw new BackendException("the build of the emulated CUDA driver failed: " + firstError(log)
                    + " (log: " + log + ")");
        }
    }

    private static boolean ends(Process make) {
        try {
            return make.waitFor(MOST_MINUTES, TimeUnit.MINUTES) && make.exitValue() == 0;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            make.descendants().forEach(ProcessHandle::destroy);
            make.destroy();
        }
    }

    private static String firstError(Path log) throws IOException {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.filter(line -> ERROR.matcher(line).find()).findFirst().orElse("make was stopped").strip();
        }
    }
}

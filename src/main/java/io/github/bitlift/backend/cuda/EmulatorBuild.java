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
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A build of the emulated CUDA driver by make and g++. {@link EmulatorStamp} tells a finished one, which is used as it is;
 * else what depends on changed sources is renewed and no more, or everything where a library is missing or damaged. Builds
 * of several threads and processes wait for each other.
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
        return machineObstacle().or(() -> programObstacle(System.getenv().getOrDefault("PATH", "")));
    }

    private static Optional<String> machineObstacle() {
        String architecture = System.getProperty("os.arch");
        if (!System.getProperty("os.name").equals("Linux") || !architecture.equals("amd64")) {
            return Optional.of("the emulated CUDA driver needs Linux on x86-64; this is "
                    + System.getProperty("os.name") + " on " + architecture);
        }
        return processorObstacle(PROCESSOR);
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
     * Builds what is missing, damaged or out of date; a finished build is used as it is, without make and g++.
     *
     * @return {@link #out}
     * @throws BackendException if that fails: one line, which names the log of a failed build
     */
    public Path run() {
        return run(remark -> { });
    }

    /** The same, telling {@code remarks} why something is built and how far it is. */
    public Path run(Consumer<String> remarks) {
        synchronized (EmulatorBuild.class) {
            obstacleHere().ifPresent(why -> {
                throw new BackendException(why);
            });
            if (pending().isPresent()) {
                build(remarks);
            }
        }
        return out;
    }

    /** Why there is neither a finished build here nor a way to make one, in one line with the remedy; else empty. */
    Optional<String> obstacleHere() {
        if (Files.isRegularFile(home.resolve("native-build/emulator/Makefile"))) {
            return machineObstacle().or(() -> pending().isEmpty() ? Optional.empty()
                    : programObstacle(System.getenv().getOrDefault("PATH", "")).or(this::placeObstacle));
        }
        return Optional.of(Boolean.getBoolean("bitlift.bundle")
                ? "the emulated CUDA driver is not in this bundle; use the full build, or --backend cpu (same bits)"
                : "no sources of the emulated CUDA driver in " + home
                        + "; set bitlift.home to the folder with native-build and kernels");
    }

    private Optional<String> placeObstacle() {
        Path place = out;
        while (!Files.exists(place)) {
            place = place.getParent();
        }
        return Files.isWritable(place) ? Optional.empty()
                : Optional.of("the emulated CUDA driver can't be built into " + out + ": " + place
                        + " is not writable; make it so, or name a finished build with -Dbitlift.emulator=FOLDER");
    }

    /** What is wrong with the build in {@link #out}: none yet, damaged, or of other sources; empty if it can be used. */
    Optional<String> pending() {
        try {
            Optional<EmulatorStamp> built = EmulatorStamp.read(out);
            if (built.isEmpty()) {
                return Optional.of("not built yet");
            }
            return EmulatorStamp.damage(out).or(() -> isCurrent(built.get()) ? Optional.empty()
                    : Optional.of("its sources have changed"));
        } catch (IOException problem) {
            return Optional.of("unreadable (" + problem + ")");
        }
    }

    private boolean isCurrent(EmulatorStamp built) {
        try {
            EmulatorStamp now = EmulatorStamp.ofSources(this);
            return now.kind().equals(built.kind()) && now.sources().equals(built.sources());
        } catch (IOException problem) {
            throw new BackendException("the sources of the emulated CUDA driver can't be read: " + problem, problem);
        }
    }

    private void build(Consumer<String> remarks) {
        try {
            Files.createDirectories(out);
            try (FileChannel file = FileChannel.open(out.resolve("build.lock"), StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
                    FileLock held = file.lock()) {
                // Another process may have built it meanwhile.
                Optional<String> why = pending();
                if (why.isPresent()) {
                    remarks.accept("building the emulated CUDA driver (" + why.get() + "), which takes about a minute");
                    build(EmulatorStamp.ofSources(this), remarks);
                }
            }
        } catch (IOException problem) {
            throw new BackendException("the emulated CUDA driver can't be built into " + out + ": " + problem, problem);
        }
    }

    /** Anew, unless there is a whole build to renew. */
    private void build(EmulatorStamp now, Consumer<String> remarks) throws IOException {
        boolean whole = EmulatorStamp.damage(out).isEmpty();
        List<String> changed = whole ? EmulatorStamp.read(out).orElseThrow().changed(now) : List.of();
        if (!whole) {
            clear();
        }
        new EmulatorMake(this).run(changed, remarks);
        now.with(out).write(home, out);
    }

    private void clear() throws IOException {
        for (String name : List.of(EmulatorStamp.NAME, EmulatorStamp.DRIVER, EmulatorStamp.KERNELS, "driver", "kernels")) {
            if (Files.exists(out.resolve(name))) {
                try (Stream<Path> files = Files.walk(out.resolve(name))) {
                    for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                        Files.delete(file);
                    }
                }
            }
        }
    }
}

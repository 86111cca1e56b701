package io.github.bitlift.backend.cuda;

import io.github.bitlift.backend.BackendException;
import io.github.bitlift.backend.cuda.EmulatorBuild.Checks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** One run of make for the emulated driver, with its output in {@code build.log}. */
final class EmulatorMake {
    private static final int MOST_MINUTES = 15;
    private static final int SECONDS_BETWEEN_REMARKS = 10;
    /** A line of g++, the linker or make that says what went wrong. */
    private static final Pattern ERROR = Pattern.compile("\\berror: |undefined reference|\\*\\*\\* ");
    /** The Makefile's first words. */
    private static final String ALL = "objects: ";
    /** Follows each compilation. */
    private static final Pattern DONE = Pattern.compile("mv .*\\.o");

    private final EmulatorBuild build;
    private final Path log;

    EmulatorMake(EmulatorBuild build) {
        this.build = build;
        this.log = build.out().resolve("build.log");
    }

    /**
     * Runs it to its end. Paths are given relative to home, because make can't cope with blanks in them.
     *
     * @param changed sources that count as new whatever their date, or none for a build from nothing
     * @throws BackendException naming the first error
     */
    void run(List<String> changed, Consumer<String> remarks) throws IOException {
        Path home = build.home();
        List<String> command = new ArrayList<>(List.of("make", "-j" + Runtime.getRuntime().availableProcessors(),
                "-f", "native-build/emulator/Makefile", "OUT=" + home.relativize(build.out()),
                "KERNELS=" + build.kernels().stream().map(folder -> home.relativize(folder).toString())
                        .collect(Collectors.joining(" "))));
        if (build.checks() != Checks.NONE) {
            command.add(build.checks() == Checks.ALL ? "CHECK=1" : "ASAN=1");
        }
        changed.forEach(source -> command.addAll(List.of("-W", source)));
        Process make = new ProcessBuilder(command).directory(home.toFile()).redirectErrorStream(true)
                .redirectOutput(log.toFile()).start();
        if (!ends(make, changed.isEmpty(), remarks)) {
            throw new BackendException("the build of the emulated CUDA driver failed: " + firstError() + " (log: " + log + ")");
        }
    }

    private boolean ends(Process make, boolean fromNothing, Consumer<String> remarks) throws IOException {
        try {
            for (int waited = 0; waited < MOST_MINUTES * 60; waited += SECONDS_BETWEEN_REMARKS) {
                if (make.waitFor(SECONDS_BETWEEN_REMARKS, TimeUnit.SECONDS)) {
                    return make.exitValue() == 0;
                }
                remarks.accept(progress(fromNothing));
            }
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            make.descendants().forEach(ProcessHandle::destroy);
            make.destroy();
        }
    }

    /** Make itself doesn't know beforehand how many files a renewal takes. */
    private String progress(boolean fromNothing) throws IOException {
        List<String> lines = Files.readAllLines(log);
        long done = lines.stream().filter(line -> DONE.matcher(line).matches()).count();
        String all = lines.stream().filter(line -> line.startsWith(ALL)).findFirst().orElse(ALL + "?").substring(ALL.length());
        return "  " + done + (fromNothing ? " of " + all : "") + " files compiled";
    }

    private String firstError() throws IOException {
        return Files.readAllLines(log).stream().filter(line -> ERROR.matcher(line).find()).findFirst()
                .orElse("make was stopped").strip();
    }
}

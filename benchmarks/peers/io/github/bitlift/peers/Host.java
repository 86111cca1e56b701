package io.github.bitlift.peers;

import io.github.bitlift.backend.cpu.MicroKernel;
import io.github.bitlift.backend.cpu.MicroKernels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jdk.incubator.vector.FloatVector;

/**
 * Where a comparison runs.
 *
 * @param jdk its version
 * @param machine the processor's model and how many of them there are
 * @param lanes floats in one of Bitlift's vectors, 1 without the Vector API
 * @param kernel the micro-kernel of Bitlift's products
 */
record Host(String jdk, String machine, int lanes, String kernel) {

    static Host here() {
        MicroKernel kernel = MicroKernels.best();
        int lanes = kernel.name().equals("vector") ? FloatVector.SPECIES_PREFERRED.length() : 1;
        return new Host(System.getProperty("java.vm.version"), processors(), lanes,
                kernel.name() + ", " + kernel.rows() + " x " + kernel.columns());
    }

    /** The instruction set that vectors of this length come from, on x86-64; elsewhere the length itself. */
    String level() {
        boolean x86 = System.getProperty("os.arch").equals("amd64");
        return switch (x86 || lanes == 1 ? lanes : 0) {
            case 16 -> "AVX-512";
            case 8 -> "AVX2";
            case 4 -> "SSE";
            case 1 -> "plain loops";
            default -> 32 * lanes + " bits";
        };
    }

    private static String processors() {
        List<String> lines;
        try {
            lines = Files.readAllLines(Path.of("/proc/cpuinfo"));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        String model = value(lines, "model name", System.getProperty("os.arch"));
        String family = value(lines, "cpu family", "");
        String detail = family.isEmpty() ? "" : " (family " + family + ", model " + value(lines, "model", "?") + ")";
        return model + detail + ", " + Runtime.getRuntime().availableProcessors() + " processors";
    }

    private static String value(List<String> lines, String name, String otherwise) {
        return lines.stream().filter(line -> line.matches(name + "\\s*:.*")).map(line -> line.replaceAll(".*?:\\s*", ""))
                .findFirst().orElse(otherwise);
    }
}

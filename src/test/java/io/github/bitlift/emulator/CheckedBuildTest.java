package io.github.bitlift.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.bitlift.backend.cuda.EmulatorBuild.Checks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import jcuda.driver.CUresult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checked build and the one with AddressSanitizer find each planted error in every order, and nothing in sound kernels. */
class CheckedBuildTest {
    private static final int ORDERS = 3, MOST_SECONDS = 60;
    private static final List<String> SOUND = List.of("block_sum", "warp_exchange", "half_warps", "double_buffer", "dynamic_shared",
            "atomics", "padding", "threads_that_end", "small_types").stream().map("sound_"::concat).toList();

    @TempDir
    private Path folder;

    private record Run(List<String> results, List<String> errors) {
        /** What the driver wrote about the kernel. */
        List<String> about(String kernel) {
            return errors.stream().filter(line -> line.startsWith("bitlift emulator: kernel " + kernel + ", block (")).toList();
        }
    }

    /** Kernel to what its error must say. */
    private static Map<String, String> planted() {
        Map<String, String> planted = new LinkedHashMap<>();
        planted.put("race_read_after_write", "race: (read|write) of byte .* of shared tile \\(256 bytes\\), with nothing .* the (read|write) by thread .*");
        planted.put("race_write_after_read", "race: (read|write) of byte .* of shared tile .* the (read|write) by thread .*");
        planted.put("race_in_warp", "race: .* of shared tile .*");
        planted.put("race_across_shuffle", "race: .* of shared tile .*");
        planted.put("race_outside_mask", "race: .* of shared tile .*");
        planted.put("race_of_blocks", "race: write of byte .* of device memory behind parameter 2 \\(512 bytes\\), and a write by block .*");
        planted.put("race_reads_of_blocks", "(race: .*by block .*|uninitialised: .*)");
        planted.put("race_with_atomic", "race: .* of shared sum .*");
        planted.put("race_after_copy", "race: .* of shared tile .*");
        planted.put("race_copy_not_waited_for", "race: read of byte .* of shared tile .* before the asynchronous copy .*");
        planted.put("bounds_after", "out of bounds: write of 4 bytes at byte 512 of device memory behind parameter 2 \\(512 bytes\\)");
        planted.put("bounds_before", "out of bounds: read of 4 bytes at byte -4 of device memory behind parameter 1 \\(512 bytes\\)");
        planted.put("bounds_shared", "out of bounds: write of 4 bytes at byte 256 of shared tile \\(256 bytes\\)");
        planted.put("bounds_dynamic", "out of bounds: write of 4 bytes at byte 256 of dynamic shared memory \\(256 bytes\\)");
        planted.put("uninitialised_global", "uninitialised: read of byte .* of device memory behind parameter 2 .*");
        planted.put("uninitialised_shared", "uninitialised: read of byte 20 of shared tile .*");
        planted.put("uninitialised_member", "uninitialised: read of byte 12 of shared copy .*");
        planted.put("divergence_of_barriers", "divergence: at the barrier of line .* while others wait at that of line .*");
        planted.put("divergence_of_masks", "divergence: in the warp operation of line .* with mask .* while lane .*");
        planted.put("divergence_of_operations", "divergence: in the warp operation of line .* while lane .*");
        planted.put("shuffle_from_outside", "shuffle: .* takes the value of lane 20, .*");
        return planted;
    }

    @Test
    void findsEveryPlantedErrorAndNoneInSoundKernels() throws IOException, InterruptedException {
        Path driver = Emulator.build(Checks.ALL);
        Map<String, String> planted = planted();
        List<String> kernels = new ArrayList<>(SOUND);
        planted.keySet().forEach(name -> kernels.add("planted_" + name));
        Run run = run(driver, kernels, Map.of());
        assertThat(run.results()).first().isEqualTo("checks=1");
        for (String sound : SOUND) {
            assertThat(run.about(sound)).as(sound).isEmpty();
            assertThat(run.results()).filteredOn(line -> line.startsWith(sound + "=")).hasSize(ORDERS)
                    .containsOnly(sound + "=" + CUresult.CUDA_SUCCESS);
        }
        planted.forEach((name, expected) -> {
            assertThat(run.about("planted_" + name)).as(name).hasSize(ORDERS)
                    .allSatisfy(line -> assertThat(line).matches(".*, thread \\(\\d+, \\d+, \\d+\\): " + expected));
            int result = name.startsWith("bounds") ? CUresult.CUDA_ERROR_ILLEGAL_ADDRESS : CUresult.CUDA_ERROR_LAUNCH_FAILED;
            assertThat(run.results()).filteredOn(line -> line.startsWith("planted_" + name + "=")).hasSize(ORDERS)
                    .containsOnly("planted_" + name + "=" + result);
        });
    }

    @Test
    void addressSanitizerFindsOverruns() throws IOException, InterruptedException {
        String library = library("libasan.so");
        assumeTrue(Path.of(library).isAbsolute(), "skipped: g++ has no AddressSanitizer (libasan.so)");
        // AddressSanitizer wants to see the C++ library at the process's start, or exceptions end it.
        String preloaded = library + ":" + library("libstdc++.so.6");
        List<String> overruns = List.of("planted_bounds_shared", "planted_bounds_dynamic");
        List<String> kernels = new ArrayList<>(SOUND);
        kernels.addAll(overruns);
        Run run = run(Emulator.build(Checks.ADDRESSES), kernels, Map.of("LD_PRELOAD", preloaded, "ASAN_OPTIONS",
                "handle_segv=0:handle_sigbus=0:handle_sigfpe=0:allow_user_segv_handler=1:detect_leaks=0:halt_on_error=0:suppress_equal_pcs=0"));
        assertThat(run.results()).first().isEqualTo("checks=2");
        for (String kernel : kernels) {
            boolean bad = overruns.contains(kernel);
            assertThat(run.about(kernel)).as(kernel).hasSize(bad ? ORDERS : 0).allMatch(line -> line.contains("AddressSanitizer"));
            assertThat(run.results()).filteredOn(line -> line.startsWith(kernel + "=")).hasSize(ORDERS)
                    .containsOnly(kernel + "=" + (bad ? CUresult.CUDA_ERROR_LAUNCH_FAILED : CUresult.CUDA_SUCCESS));
        }
        assertThat(run.errors()).anyMatch(line -> line.contains("global-buffer-overflow"))
                .anyMatch(line -> line.contains("is located 0 bytes") && line.contains("'tile'"));
    }

    private Run run(Path driver, Collection<String> kernels, Map<String, String> environment) throws IOException, InterruptedException {
        Path results = folder.resolve("results"), errors = folder.resolve("errors");
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m", "-Dbitlift.home=" + Emulator.home(), "-cp", System.getProperty("java.class.path"),
                KernelRuns.class.getName(), driver.toString()));
        command.addAll(kernels);
        ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(results.toFile()).redirectError(errors.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)).as("ends in %d seconds", MOST_SECONDS).isTrue();
            assertThat(process.exitValue()).as("%s", tail(errors)).isZero();
        } finally {
            process.destroyForcibly();
        }
        return new Run(Files.readAllLines(results), Files.readAllLines(errors));
    }

    private static List<String> tail(Path errors) throws IOException {
        List<String> lines = Files.readAllLines(errors);
        return lines.subList(Math.max(0, lines.size() - 20), lines.size());
    }

    private String library(String name) throws IOException, InterruptedException {
        Path file = folder.resolve("library");
        Process process = new ProcessBuilder("g++", "-print-file-name=" + name).redirectOutput(file.toFile()).start();
        assertThat(process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)).isTrue();
        return Files.readString(file).strip();
    }
}

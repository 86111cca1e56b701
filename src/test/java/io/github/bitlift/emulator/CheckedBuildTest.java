package io.github.bitlift.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.backend.cuda.EmulatorBuild.Checks;
import io.github.bitlift.emulator.CheckedJvm.Output;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jcuda.driver.CUresult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checked build and the one with AddressSanitizer find each planted error in every order, and nothing in sound kernels. */
class CheckedBuildTest {
    private static final int ORDERS = 3;
    private static final List<String> SOUND = List.of("block_sum", "warp_exchange", "half_warps", "double_buffer", "dynamic_shared",
            "atomics", "padding", "threads_that_end", "small_types", "grid_barrier").stream().map("sound_"::concat).toList();

    @TempDir
    private Path folder;

    /** What the driver wrote about the kernel. */
    private static List<String> about(Output run, String kernel) {
        return run.findings().stream().filter(line -> line.startsWith("bitlift emulator: kernel " + kernel + ", block (")).toList();
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
        planted.put("grid_race", "race: (read|write) of byte .* of device memory behind parameter 2 .*, and a (read|write) by block .*");
        planted.put("grid_missed_by_block", "waits at the grid's barrier for blocks that have ended");
        planted.put("grid_missed_by_thread", "waits for threads that never come .*");
        planted.put("grid_divergence", "divergence: threads of a block wait at two barriers of the grid");
        planted.put("grid_static_shared", "cooperative: write of byte .* of shared tile .*, which is not the block's own dynamic one");
        planted.put("barrier_of_no_grid", "a barrier of the grid in a launch that is not cooperative");
        return planted;
    }

    @Test
    void findsEveryPlantedErrorAndNoneInSoundKernels() throws IOException, InterruptedException {
        Map<String, String> planted = planted();
        List<String> kernels = new ArrayList<>(SOUND);
        planted.keySet().forEach(name -> kernels.add("planted_" + name));
        Output run = CheckedJvm.run(Checks.ALL, folder, KernelRuns.class, kernels);
        assertThat(run.results()).first().isEqualTo("checks=1");
        for (String sound : SOUND) {
            assertThat(about(run, sound)).as(sound).isEmpty();
            assertThat(run.results()).filteredOn(line -> line.startsWith(sound + "=")).hasSize(ORDERS)
                    .containsOnly(sound + "=" + CUresult.CUDA_SUCCESS);
        }
        planted.forEach((name, expected) -> {
            assertThat(about(run, "planted_" + name)).as(name).hasSize(ORDERS)
                    .allSatisfy(line -> assertThat(line).matches(".*, thread \\(\\d+, \\d+, \\d+\\): " + expected));
            int result = name.startsWith("bounds") ? CUresult.CUDA_ERROR_ILLEGAL_ADDRESS : CUresult.CUDA_ERROR_LAUNCH_FAILED;
            assertThat(run.results()).filteredOn(line -> line.startsWith("planted_" + name + "=")).hasSize(ORDERS)
                    .containsOnly("planted_" + name + "=" + result);
        });
    }

    @Test
    void addressSanitizerFindsOverruns() throws IOException, InterruptedException {
        List<String> overruns = List.of("planted_bounds_shared", "planted_bounds_dynamic");
        List<String> kernels = new ArrayList<>(SOUND);
        kernels.addAll(overruns);
        Output run = CheckedJvm.run(Checks.ADDRESSES, folder, KernelRuns.class, kernels);
        assertThat(run.results()).first().isEqualTo("checks=2");
        for (String kernel : kernels) {
            boolean bad = overruns.contains(kernel);
            assertThat(about(run, kernel)).as(kernel).hasSize(bad ? ORDERS : 0).allMatch(line -> line.contains("AddressSanitizer"));
            assertThat(run.results()).filteredOn(line -> line.startsWith(kernel + "=")).hasSize(ORDERS)
                    .containsOnly(kernel + "=" + (bad ? CUresult.CUDA_ERROR_LAUNCH_FAILED : CUresult.CUDA_SUCCESS));
        }
        assertThat(run.errors()).anyMatch(line -> line.contains("global-buffer-overflow"))
                .anyMatch(line -> line.contains("is located 0 bytes") && line.contains("'tile'"));
    }
}

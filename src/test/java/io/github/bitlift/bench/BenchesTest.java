package io.github.bitlift.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.BackendException;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Update;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.prox.ProxMaps;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BenchesTest {
    private static final Path HOME = Path.of(System.getProperty("bitlift.home", "."));

    @Test
    void everyKindOfWorkIsThere() {
        List<String> names = KernelBench.names("", false);
        assertThat(names).doesNotHaveDuplicates().allMatch(name -> name.matches("[a-z0-9_/-]+"));
        for (Class<?> kind : Operation.class.getPermittedSubclasses()) {
            String stem = kind.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
            assertThat(names).as(stem).anyMatch(name -> name.startsWith(stem + "/"));
        }
        for (Class<?> rule : Update.Rule.class.getPermittedSubclasses()) {
            String stem = rule.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
            assertThat(names).as(stem).anyMatch(name -> name.startsWith("update/" + stem + "/"));
        }
        assertThat(ProxMaps.examples()).allSatisfy(map ->
                assertThat(names).contains("elementwise/residual/" + map.stem() + "/5000x784"));
        assertThat(names).anyMatch(name -> name.startsWith("step/"));
    }

    @Test
    void quickLeavesOutTheLargest() {
        List<String> quick = KernelBench.names("", true);
        assertThat(quick).isNotEmpty().noneMatch(name -> name.contains("5000"));
        assertThat(KernelBench.names("adam", true)).isNotEmpty().allMatch(name -> name.contains("adam"));
        assertThat(KernelBench.names("no such case", false)).isEmpty();
    }

    /** The whole step is counted through its programs: 27 products of 512x784x784, and then some. */
    @Test
    void aTrainingStepIsAllItsPrograms() {
        List<BenchCase> cases = Benches.cases("step/block_coordinate_descent/7x784/512", false);
        try (Backend backend = new CpuBackend(1); Load load = cases.get(0).open().apply(backend)) {
            long products = 27L * 2 * 512 * 784 * 784;
            assertThat(load.work().flops()).isBetween(products, products + products / 20);
        }
    }

    /** Every trainer's step does work, and the work that it says. */
    @ParameterizedTest
    @ValueSource(strings = {"contrastive", "parameter_averaging", "exact_minimisation", "alternating_directions"})
    void otherTrainersTakeSteps(String method) {
        List<BenchCase> cases = Benches.cases("step/" + method + "/784-64-64-10/", false);
        assertThat(cases).hasSize(1);
        try (Backend backend = new CpuBackend(1); Load load = cases.get(0).open().apply(backend)) {
            assertThat(load.work().flops()).isGreaterThan(100_000_000L);
            load.run();
        }
    }

    @Test
    void timesAreMedians() {
        Timing odd = Timing.of(new double[] {3, 1, 2}, 7);
        assertThat(odd).isEqualTo(new Timing(2, 1, 3, 3, 7, 3));
        assertThat(Timing.of(new double[] {4, 1, 2, 3}, 1).seconds()).isEqualTo(2.5);
    }

    @Test
    void theLowerCeilingCounts() {
        Ceilings ceilings = new Ceilings(10, OptionalDouble.of(100));
        assertThat(ceilings.floor(new Work(1000, 50))).hasValue(10);
        assertThat(ceilings.bound(new Work(1000, 50))).isEqualTo("arithmetic");
        assertThat(ceilings.floor(new Work(100, 50))).hasValue(5);
        assertThat(ceilings.bound(new Work(100, 50))).isEqualTo("memory");
        Ceilings unknown = new Ceilings(10, OptionalDouble.empty());
        assertThat(unknown.floor(new Work(100, 50))).isEmpty();
        assertThat(unknown.bound(new Work(100, 50))).isNull();
    }

    @Test
    void anEmulatedDeviceIsRefused() {
        try (Backend emulated = new CountingBackend(new CpuBackend(1)) {
            @Override
            public boolean isEmulated() {
                return true;
            }
        }) {
            assertThatThrownBy(() -> KernelBench.run(emulated, "copy", true, name -> {}))
                    .isInstanceOf(BackendException.class).hasMessageContaining("times mean nothing");
        }
    }

    /** What PyTorch is timed at goes by our names. */
    @Test
    void thePeersHaveOurNames() throws IOException, InterruptedException {
        Path script = HOME.resolve("benchmarks/peers/torch_gpu.py");
        assertThat(script).exists();
        Assumptions.assumeTrue(Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "python3"))), "no python3 here");
        Process python = new ProcessBuilder("python3", script.toString(), "--list").redirectErrorStream(true).start();
        List<String> names = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        assertThat(python.waitFor()).as(String.join("\n", names)).isZero();
        assertThat(names).isNotEmpty().isSubsetOf(KernelBench.names("", false));
    }
}

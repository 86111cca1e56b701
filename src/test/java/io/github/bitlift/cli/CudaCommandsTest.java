package io.github.bitlift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.bitlift.backend.cuda.CudaDevices;
import io.github.bitlift.emulator.Emulator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the command line says about CUDA where there is a GPU, none, or the emulated driver. */
class CudaCommandsTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"verify", "train --quiet --out OUT", "demo --quiet --out OUT"})
    void withoutADriverOneLineSaysWhyAndWhatToDo(String command) throws Exception {
        assumeNoDriver();
        String[] args = (command.replace("OUT", folder + "/out") + " --backend cuda").split(" ");
        CommandLineRun run = ChildJvm.run(folder, List.of(), args);
        assertThat(run.err()).startsWith("bitlift: cuda: ").contains("; ").contains("--backend cpu");
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.code()).isEqualTo(ExitCode.FAULT);
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void autoTakesTheProcessorAndSaysWhy() throws Exception {
        assumeNoDriver();
        CommandLineRun run = ChildJvm.run(folder, List.of(), "verify", "--operation", "copy");
        assertThat(run.code()).isZero();
        assertThat(run.err()).startsWith("backend: cpu, ").containsPattern("\\(auto: .*driver.*\\)");
        assertThat(run.err().lines()).hasSize(1);
    }

    @Test
    void doctorSaysWhatToInstall() throws Exception {
        assumeNoDriver();
        CommandLineRun run = ChildJvm.run(folder, List.of(), "doctor");
        assertThat(run.out()).containsPattern("(?m)^missing +CUDA +no NVIDIA driver .*-> install").contains("CUDA emulated");
    }

    /** Before JCuda is touched: a folder named by mistake, and the current one named by nothing. */
    @ParameterizedTest
    @CsvSource({"'', bitlift.emulator= names no folder", "/nonexistent, no usable emulated CUDA driver in /nonexistent"})
    void aFolderWithoutADriverIsTold(String named, String expected) throws Exception {
        List<String> properties = List.of("bitlift.emulator=" + named);
        CommandLineRun run = ChildJvm.run(folder, properties, "verify", "--backend", "cuda", "--device", "emulated");
        assertThat(run.err()).startsWith("bitlift: ").contains(expected, "leave ").hasLineCount(1);
        assertThat(run.code()).isEqualTo(ExitCode.FAULT);
        assertThat(ChildJvm.run(folder, properties, "doctor").out())
                .containsPattern("(?m)^missing +CUDA emulated .*" + expected);
    }

    private void assumeNoDriver() {
        CudaDevices found = CudaDevices.find();
        Assumptions.assumeTrue(found.emulated() || found.problem() != null, "skipped: this machine has a working GPU");
    }

    @Test
    void verifyRunsInEveryOrderOnTheEmulatedDriver() throws IOException {
        Emulator.load();
        Path json = folder.resolve("report.json");
        CommandLineRun run = CommandLineRun.of("verify", "--quiet", "--backend", "cuda", "--device", "emulated",
                "--operation", "copy", "--json", json.toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("order forward ", "order reverse ", "order random:1 ", "order random:2 ")
                .contains("cuda on the emulated driver gives the reference's bits");
        JsonNode report = Json.read(json);
        assertThat(report.get("device").asText()).isEqualTo("emulated");
        assertThat(report.get("backend_description").asText())
                .isEqualTo("emulated driver, orders forward, reverse, random:1, random:2");
        assertThat(report.get("orders")).hasSize(4);
        assertThat(report.get("orders")).allSatisfy(order -> assertThat(order.get("compared").asLong()).isPositive());
    }

    /** Two thousand cases together, other ones in each order. */
    @ParameterizedTest
    @CsvSource({"forward, 3", "reverse, 4", "random:1, 5", "random:2, 6"})
    void randomCasesAgreeOnTheEmulatedDriver(String order, String seed) {
        Emulator.load();
        CommandLineRun run = CommandLineRun.of("verify", "--quiet", "--backend", "cuda", "--device", "emulated",
                "--fuzz", "500", "--seed", seed, "--order", order);
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).as(run.out()).isZero();
        assertThat(run.out()).contains("order " + order).contains("cuda on the emulated driver gives the reference's bits");
    }

    @Test
    void verifyRunsInOneOrder() {
        Emulator.load();
        CommandLineRun run = CommandLineRun.of("verify", "--backend", "cuda", "--device", "emulated",
                "--operation", "copy", "--order", "random:77");
        assertThat(run.code()).isZero();
        assertThat(run.err()).startsWith("backend: cuda, emulated driver, order random:77\n");
        assertThat(run.out()).contains("order random:77 ").doesNotContain("order forward");
    }

    @Test
    void aRealDeviceIsRefusedBesideTheEmulatedDriver() {
        Emulator.load();
        CommandLineRun run = CommandLineRun.of("verify", "--quiet", "--backend", "cuda", "--device", "0");
        assertThat(run.err()).startsWith("bitlift: cuda: ").contains("emulated");
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.code()).isEqualTo(ExitCode.FAULT);
    }

    @Test
    void autoNeverTakesTheEmulatedDriver() {
        Emulator.load();
        CommandLineRun run = CommandLineRun.of("verify", "--operation", "copy");
        assertThat(run.code()).isZero();
        assertThat(run.err()).startsWith("backend: cpu, ");
    }
}

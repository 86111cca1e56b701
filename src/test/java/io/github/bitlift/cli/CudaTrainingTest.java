package io.github.bitlift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.bitlift.emulator.Emulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Training on the CUDA backend and the emulated driver gives the reference's bits, also when it changes backends midway. */
class CudaTrainingTest {
    private static final String CUDA = " --backend cuda --device emulated";

    @TempDir
    private Path folder;

    private Path data;

    @BeforeEach
    void prepare() throws IOException {
        data = TinyData.write(folder.resolve("data"));
        Emulator.load();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "--steps 4",
        "--batch 4 --inner 3 --steps 4",
        "--batch 4 --inner 2 --steps 3 --activation group-soft-threshold --lambda 0.1",
        "--strategy backprop --batch 5 --steps 4 --activation softmax",
        "--optimizer nesterov --step-size norms --steps 4 --activation tanh",
        "--optimizer proximal-gradient --step-size backtracking --steps 3"
    })
    void givesTheReferencesDigest(String options) {
        assertThat(train("cuda", options + CUDA).err()).isEmpty();
        assertThat(train("reference", options + " --backend reference").code()).isZero();
        JsonNode report = report("cuda");
        assertThat(report.get("digest")).isEqualTo(report("reference").get("digest"));
        assertThat(report.get("backend").asText()).isEqualTo("cuda");
        assertThat(report.get("device").asText()).isEqualTo("emulated");
        assertThat(report("reference").get("device").isNull()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--strategy backprop --batch 5 --steps 4", "--strategy bregman --lr 0.01 --steps 3"})
    void convolutionsGiveTheReferencesDigest(String options) {
        String all = "--task autoencode --architecture convolutional-autoencoder --widths 28,28,1,2,3,5 " + options;
        assertThat(trainAny("cuda", all + CUDA).err()).isEmpty();
        assertThat(trainAny("reference", all + " --backend reference").code()).isZero();
        assertThat(report("cuda").get("digest")).isEqualTo(report("reference").get("digest"));
    }

    @Test
    void saysThatTheDriverIsEmulated() {
        assertThat(train("cuda", "--steps 1" + CUDA).out()).contains("(cuda, device emulated)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--backend cuda --device emulated|--backend cpu", "--backend cpu|--backend cuda --device emulated"})
    void aKilledRunResumesOnAnotherBackend(String backends) throws Exception {
        String options = "--batch 4 --inner 2 --steps 30 --log-every 1 --checkpoint-every 0";
        assertThat(train("whole", options + " --backend reference").code()).isZero();
        kill(options + " " + backends.substring(0, backends.indexOf('|')));
        List<String> resume = new ArrayList<>(
                List.of("train", "--quiet", "--resume", "--out", folder.resolve("killed").toString()));
        resume.addAll(List.of(backends.substring(backends.indexOf('|') + 1).split(" ")));
        CommandLineRun run = CommandLineRun.of(resume.toArray(String[]::new));
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(report("killed").get("resumed_from").asLong()).isPositive();
        assertThat(report("killed").get("digest")).isEqualTo(report("whole").get("digest"));
    }

    /** Starts the run in a JVM of its own and kills it after a few steps. */
    private void kill(String options) throws IOException, InterruptedException {
        Path metrics = folder.resolve("killed/metrics.csv");
        Process process = new ProcessBuilder(ChildJvm.command(
                        List.of("bitlift.emulator=" + Emulator.build()), args("killed", options)))
                .redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile()).start();
        while (process.isAlive() && !(Files.exists(metrics) && Files.readAllLines(metrics).size() > 4)) {
            process.waitFor(1, TimeUnit.MILLISECONDS);
        }
        process.destroyForcibly().waitFor();
        assertThat(folder.resolve("killed/checkpoint.safetensors")).as(Files.readString(folder.resolve("log"))).exists();
    }

    private CommandLineRun train(String name, String options) {
        return CommandLineRun.of(args(name, options));
    }

    private String[] args(String name, String options) {
        return anyArgs(name, "--widths 784,16,784 " + options);
    }

    private CommandLineRun trainAny(String name, String options) {
        return CommandLineRun.of(anyArgs(name, options));
    }

    private String[] anyArgs(String name, String options) {
        List<String> args = new ArrayList<>(List.of(
                "train", "--quiet", "--data", data.toString(), "--out", folder.resolve(name).toString()));
        args.addAll(List.of(options.trim().split(" ")));
        return args.toArray(String[]::new);
    }

    private JsonNode report(String name) {
        return Json.read(folder.resolve(name).resolve("report.json"));
    }
}

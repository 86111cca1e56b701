package io.github.bitlift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.bitlift.io.FloatTable;
import io.github.bitlift.io.Npy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a run needs is stated before it starts and held; data that don't fit are read from their files, to the same bits. */
class MemoryLimitTest {
    @TempDir
    private Path folder;

    private Path data;

    @BeforeEach
    void writeData() throws IOException {
        data = TinyData.write(folder.resolve("data"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "--solver isgm --batch 5 --steps 3",
        "--strategy backprop --batch 5 --steps 3 --task deblur",
        "--solver isgm --batch 5 --steps 3 --task inpaint",
        "--solver isgm --batch 5 --optimizer adam --steps 3 --strategy mac-qp --activation relu",
        "--solver bcd --steps 2",
        "--strategy backprop --steps 2",
    })
    void peakIsTheStatedOneAndOutOfCoreChangesNoBits(String options) {
        JsonNode whole = memory("whole", options);
        assertThat(whole.get("memory").get("data").asText()).isEqualTo("in memory");
        long stated = whole.get("memory").get("stated_bytes").asLong();
        JsonNode stored = memory("stored", options + " --memory-limit " + (stated - 1));
        assertThat(stored.get("memory").get("data").asText()).isEqualTo("out of core");
        assertThat(stored.get("digest")).isEqualTo(whole.get("digest"));
        assertThat(stored.get("psnr_train")).isEqualTo(whole.get("psnr_train"));
        assertThat(stored.get("psnr_val")).isEqualTo(whole.get("psnr_val"));
        assertThat(stored.get("memory").get("stated_bytes").asLong()).isLessThan(stated);
    }

    @Test
    void statesAreExactForTheBackend() {
        for (String options : List.of("--solver isgm --batch 7 --steps 2", "--solver bcd --steps 2 --step-size norms"
                + " --optimizer nesterov")) {
            JsonNode memory = memory("exact" + options.length(), options).get("memory");
            assertThat(memory.get("backend_peak_bytes").asLong() + memory.get("heap_bytes").asLong())
                    .isEqualTo(memory.get("stated_bytes").asLong());
            long parts = 0;
            for (JsonNode part : memory.get("parts")) {
                parts += part.asLong();
            }
            assertThat(parts).isEqualTo(memory.get("stated_bytes").asLong());
        }
    }

    @Test
    void saysTheBatchThatFits() {
        CommandLineRun refused = train("out", "--solver isgm --batch 12 --steps 1 --memory-limit 600k");
        assertThat(refused.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(refused.err().lines()).hasSize(1);
        assertThat(refused.err()).contains("--memory-limit 600.0 KiB: the run needs ").contains(" more (");
        assertThat(folder.resolve("out")).doesNotExist();
        String batch = refused.err().replaceAll("(?s).*--batch (\\d+) would fit.*", "$1");
        assertThat(batch).matches("\\d+");
        assertThat(train("out", "--solver isgm --steps 1 --memory-limit 600k --batch " + batch).code()).isZero();
        CommandLineRun more = train("more", "--solver isgm --steps 1 --memory-limit 600k --batch "
                + (Integer.parseInt(batch) + 1));
        assertThat(more.code()).isEqualTo(ExitCode.BAD_INPUT);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--memory-limit 0 | --memory-limit 0: expected a size above 0 such as 512m or 2g",
        "--memory-limit abc | --memory-limit abc: expected a size",
        "--memory-limit -5m | --memory-limit",
        "--memory-limit 1.5g | --memory-limit 1.5g: expected a size",
        "--memory-limit 1k --batch 4 | network and optimiser alone are too large",
        "--memory-limit 100k --solver bcd | expected --solver isgm, which takes batches",
    })
    void refuses(String options, String expected) {
        CommandLineRun run = train("out", options);
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.err()).startsWith("bitlift: ").contains(expected);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void trainsOnMoreDataThanTheHeapHolds() throws IOException, InterruptedException {
        int samples = 12_000;
        int features = 1_500;
        Path inputs = folder.resolve("inputs.npy");
        Path targets = folder.resolve("targets.npy");
        Npy.write(inputs, new FloatTable(samples, features, numbers(samples * features)));
        Npy.write(targets, new FloatTable(samples, 3, numbers(samples * 3)));
        assertThat(Files.size(inputs)).isGreaterThan(64L << 20);
        String[] args = {"train", "--quiet", "--no-pictures", "--task", "pairs", "--inputs", inputs.toString(),
            "--targets", targets.toString(), "--widths", features + ",8,3", "--solver", "isgm", "--batch", "20",
            "--steps", "4", "--backend", "cpu", "--threads", "1", "--memory-limit", "24m", "--out", ""};
        args[args.length - 1] = folder.resolve("stored").toString();
        CommandLineRun stored = ChildJvm.run(folder, "-Xmx64m", List.of(), args);
        assertThat(stored.err()).isEmpty();
        assertThat(stored.code()).isZero();
        args[args.length - 1] = folder.resolve("whole").toString();
        args[args.length - 3] = "1g";
        assertThat(CommandLineRun.of(args).code()).isZero();
        assertThat(report("whole").get("memory").get("data").asText()).isEqualTo("in memory");
        assertThat(report("stored").get("memory").get("data").asText()).isEqualTo("out of core");
        assertThat(report("stored").get("digest")).isEqualTo(report("whole").get("digest"));
        assertThat(report("stored").get("mse_train")).isEqualTo(report("whole").get("mse_train"));
    }

    private static float[] numbers(int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (i * 2654435761L >>> 8 & 1023) / 1024f;
        }
        return numbers;
    }

    private JsonNode memory(String name, String options) {
        CommandLineRun run = train(name, options);
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        return report(name);
    }

    private JsonNode report(String name) {
        return Json.read(folder.resolve(name).resolve("report.json"));
    }

    private CommandLineRun train(String name, String options) {
        List<String> args = new ArrayList<>(List.of(
                "train", "--quiet", "--no-pictures", "--data", data.toString(), "--widths", "784,8,784", "--backend",
                "cpu", "--threads", "1", "--out", folder.resolve(name).toString()));
        args.addAll(List.of(options.split(" ")));
        return CommandLineRun.of(args.toArray(String[]::new));
    }
}

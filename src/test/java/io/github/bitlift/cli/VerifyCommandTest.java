package io.github.bitlift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerifyCommandTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--fuzz -1 | --fuzz -1: expected a whole number of at least 1",
        "--fuzz 0 | --fuzz 0",
        "--fuzz many | --fuzz",
        "--fuzz 2 --first -1 | --first -1",
        "--fuzz 9223372036854775807 --first 5 | --fuzz 9223372036854775807: expected at most 9223372036854775802",
        "--seed 3 | --seed 3: the catalogue has none; expected --fuzz N as well",
        "--first 3 | --first 3",
        "--fuzz 2 --operation product | --operation product: random cases draw theirs",
        "--operation produkt | did you mean product?",
        "--repeat 0 | --repeat 0",
        "--device 0 | --device 0: the auto backend has no devices to choose from; expected --backend cuda as well",
        "--device emulated | expected --backend cuda as well",
        "--backend cpu --device emulated | expected --backend cuda as well instead of --backend cpu",
        "--backend cuda --device EMULATED | --device EMULATED: did you mean --device emulated?",
        "--backend cuda --device emulate | did you mean --device emulated?",
        "--backend cuda --threads 2 | --threads 2: the cuda backend has no use for it",
        "--order reverse | --order reverse: expected --backend cuda --device emulated as well",
        "--backend cuda --order reverse | expected --backend cuda --device emulated as well",
        "--backend cuda --device emulated --order backwards | --order 'backwards': expected forward, reverse or random:SEED",
        "--golden hashes --operation copy | --golden hashes: hashes are of the whole catalogue; expected no --operation",
        "--golden hashes --fuzz 3 | expected no --fuzz",
        "--golden nowhere/hashes | cannot be written",
    })
    void refusesOptions(String options, String expected) {
        CommandLineRun run = CommandLineRun.of(("verify --quiet " + options).split(" "));
        assertThat(run.err()).startsWith("bitlift: ").contains(expected);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
    }

    @Test
    void refusesABlankDevice() {
        CommandLineRun run = CommandLineRun.of("verify", "--backend", "cuda", "--device", " ");
        assertThat(run.err()).contains("expected a device's number, part of its name, or emulated");
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
    }

    @Test
    void runsRandomCases() {
        Path json = folder.resolve("report.json");
        CommandLineRun run = CommandLineRun.of(
                "verify", "--backend", "cpu", "--threads", "2", "--fuzz", "20", "--seed", "5", "--json", json.toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("cpu (2 threads").contains("gives the reference's bits");
        JsonNode report = Json.read(json);
        assertThat(report.get("seed").asLong()).isEqualTo(5);
        assertThat(report.get("cases").asInt()).isEqualTo(20);
        assertThat(report.get("differing").asLong()).isZero();
        assertThat(report.get("compared").asLong()).isPositive();
        assertThat(report.get("device").isNull()).isTrue();
    }

    @Test
    void oneRandomCaseIsTheSameAlone() {
        long together = 0;
        for (int i = 3; i < 9; i++) {
            together += compared("--first", String.valueOf(i), "--fuzz", "1");
        }
        assertThat(compared("--first", "3", "--fuzz", "6")).isEqualTo(together);
    }

    private long compared(String... options) {
        Path json = folder.resolve("report.json");
        String[] args = new String[options.length + 6];
        String[] fixed = {"verify", "--quiet", "--backend", "reference", "--json", json.toString()};
        System.arraycopy(fixed, 0, args, 0, fixed.length);
        System.arraycopy(options, 0, args, fixed.length, options.length);
        assertThat(CommandLineRun.of(args).code()).isZero();
        return Json.read(json).get("compared").asLong();
    }

    @Test
    void runsOneOperationOnly() {
        CommandLineRun run = CommandLineRun.of("verify", "--quiet", "--backend", "reference", "--operation", "copy");
        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("copy").doesNotContain("product");
    }
}

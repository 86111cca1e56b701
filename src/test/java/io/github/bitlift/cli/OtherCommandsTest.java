package io.github.bitlift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.bitlift.io.GreyImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OtherCommandsTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"", "train", "demo", "restore", "tv", "describe", "reproduce", "bench", "doctor", "data", "data fetch", "data check"})
    void everyCommandHelps(String command) {
        for (String option : List.of("--help", "--version")) {
            CommandLineRun run = CommandLineRun.of((command + " " + option).trim().split(" "));
            assertThat(run.code()).isZero();
            assertThat(run.err()).isEmpty();
            assertThat(run.out()).contains("bitlift");
        }
    }

    @Test
    void everyOptionIsExplained() {
        picocli.CommandLine.Model.CommandSpec train =
                picocli.CommandLine.Model.CommandSpec.forAnnotatedObject(new TrainCommand());
        assertThat(train.options()).allMatch(option -> option.description().length > 0);
        assertThat(train.options()).extracting(option -> option.longestName().replaceFirst("^--", ""))
                .containsAll(RunConfigNames.ALL);
    }

    @Test
    void doctorReports() throws IOException {
        Path json = folder.resolve("doctor.json");
        CommandLineRun run = CommandLineRun.of("doctor", "--json", json.toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).contains("Java", "Vector API", "cpu backend", "CUDA", "OpenCL", "g++", "disk");
        for (JsonNode finding : Json.read(json).get("findings")) {
            assertThat(finding.get("state").asText()).isIn("ok", "missing", "broken");
            assertThat(finding.get("remedy").asText().isEmpty()).isEqualTo(finding.get("state").asText().equals("ok"));
        }
    }

    @Test
    void dataIsChecked() throws IOException {
        CommandLineRun bundled = CommandLineRun.of("data", "check", Home.bundledData().toString());
        assertThat(bundled.code()).isZero();
        assertThat(bundled.out()).contains("mnist5k, byte for byte");
        CommandLineRun tiny = CommandLineRun.of("data", "check", TinyData.write(folder.resolve("d")).toString());
        assertThat(tiny.out()).contains("no set that Bitlift knows");
        CommandLineRun none = CommandLineRun.of("data", "check", folder.resolve("none").toString());
        assertThat(none.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(none.err().lines()).hasSize(1);
        assertThat(CommandLineRun.of("data", "fetch", "mnits").err()).contains("did you mean mnist?");
    }

    @Test
    void demoKeepsOutOfForeignFolders() throws IOException {
        Files.createFile(folder.resolve("thesis.tex"));
        CommandLineRun run = CommandLineRun.of("demo", "--quiet", "--out", folder.toString());
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.err()).contains("thesis.tex");
    }

    @Test
    void numbersHaveTheSameDigitsOnEveryJavaRelease() {
        // Double.toString(8.41e21) is 8.409999999999999E21 before Java 19.
        assertThat(Json.line(Json.object().put("lr", 8.41e21))).isEqualTo("{\"lr\":8.41E21}");
        assertThat(Json.text(Json.object().put("lr", 8.41e21))).contains("8.41E21");
    }

    @Test
    void nearestNamesAreFound() {
        assertThat(Nearest.to("Soft_Treshold", List.of("relu", "soft-threshold"))).contains("soft-threshold");
        assertThat(Nearest.to("xyzxyz", List.of("relu", "box"))).isEmpty();
        assertThat(Nearest.distance("kitten", "sitting")).isEqualTo(3);
    }

    @Test
    void resamplingKeepsTheMean() {
        GreyImage small = Resampling.resize(new GreyImage(4, 2, new float[] {0, 1, 0, 1, 1, 0, 1, 0}), 2, 1);
        assertThat(small.pixels()).containsExactly(0.5f, 0.5f);
        GreyImage large = Resampling.resize(new GreyImage(1, 1, new float[] {0.25f}), 3, 2);
        assertThat(large.pixels()).containsOnly(0.25f);
    }
}

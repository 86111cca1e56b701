package io.github.bitlift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.bitlift.reproduce.Experiment;
import io.github.bitlift.reproduce.Experiments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every experiment at its tiny scale, with the claims that it makes there; and what the command refuses. */
class ReproduceCommandTest {
    @TempDir
    private Path folder;

    static List<String> names() {
        return Experiments.all().stream().map(Experiment::name).toList();
    }

    @ParameterizedTest
    @MethodSource("names")
    void claimsHoldAtTheTinyScale(String name) throws IOException {
        Path out = folder.resolve("report");
        Path json = folder.resolve("report.json");
        CommandLineRun run = CommandLineRun.of(
                "reproduce", name, "--scale", "tiny", "--out", out.toString(), "--json", json.toString());
        assertThat(run.out()).doesNotContain("FAILS").contains("holds  ");
        assertThat(run.code()).isZero();
        JsonNode report = Json.read(json);
        assertThat(report).isEqualTo(Json.read(out.resolve("report.json")));
        assertThat(report.get("claims")).isNotEmpty().allMatch(claim -> claim.get("holds").asBoolean());
        assertThat(report.get("tables")).isNotEmpty();
        assertThat(report.get("comparisons")).isNotEmpty();
        assertThat(report.get("differences")).isNotEmpty();
        assertThat(report.get("digests")).isNotEmpty().allMatch(digest -> digest.asText().matches("[0-9a-f]{64}"));
        String text = Files.readString(out.resolve("report.md"));
        assertThat(report.get("figures")).isNotEmpty().allSatisfy(figure -> {
            assertThat(out.resolve(figure.get("file").asText())).isNotEmptyFile();
            assertThat(text).contains("](" + figure.get("file").asText() + ")");
        });
    }

    @Test
    void allAreListed() {
        CommandLineRun run = CommandLineRun.of("reproduce", "--list");
        assertThat(run.code()).isZero();
        assertThat(run.out().lines()).hasSize(names().size());
        assertThat(run.out()).contains(names());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "reproduce | which experiment? expected table2",
        "reproduce denoize | reproduce 'denoize': unknown (did you mean denoise?)",
        "reproduce denoise --scale smal | --scale 'smal': unknown (did you mean small?)",
        "reproduce denoise --seed x | --seed",
        "reproduce denoise --backend cpu --device 0 | --device 0",
        "reproduce denoise tiny | unexpected argument tiny",
        "reproduce denoise --out '' | --out",
    })
    void badInputIsOneLine(String command, String expected) {
        CommandLineRun run = CommandLineRun.of(command.replace("''", "").split(" ", -1));
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.err()).contains(expected);
    }

    @Test
    void aFolderWithOtherThingsIsLeftAlone() throws IOException {
        Files.writeString(folder.resolve("mine.txt"), "mine");
        CommandLineRun run = CommandLineRun.of("reproduce", "denoise", "--scale", "tiny", "--out", folder.toString());
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.err()).contains("holds other files");
        assertThat(folder).isDirectoryContaining(path -> path.endsWith("mine.txt"));
        assertThat(Files.list(folder)).hasSize(1);
    }

    @Test
    void anotherExperimentsFolderIsLeftAlone() {
        new ReproduceFolder(folder, "inpaint", "tiny", 1).prepare();
        CommandLineRun run = CommandLineRun.of("reproduce", "denoise", "--scale", "tiny", "--out", folder.toString());
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.err()).contains("holds another experiment", "inpaint");
    }

    @Test
    void nothingCanBeResumedWhereNothingIs() {
        CommandLineRun run = CommandLineRun.of(
                "reproduce", "denoise", "--scale", "tiny", "--resume", "--out", folder.toString());
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.err()).contains("has nothing to resume");
    }
}

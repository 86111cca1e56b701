package io.github.bitlift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.bitlift.reproduce.Experiment;
import io.github.bitlift.reproduce.Experiments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

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
        "reproduce denoise --list | reproduce denoise: expected a name or --list",
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

    @ParameterizedTest
    @ValueSource(strings = {"sparse-autoencoder", "sparse-denoising"})
    void aRunThroughTheLibraryGoesOnWhereItWasInterrupted(String name) throws IOException {
        String[] whole = {"reproduce", name, "--scale", "tiny", "--no-pictures", "--out", folder.resolve("whole").toString()};
        String[] cut = {"reproduce", name, "--scale", "tiny", "--no-pictures", "--out", folder.resolve("cut").toString(), ""};
        assertThat(CommandLineRun.of(whole).code()).isZero();
        List<Long> kept = new ArrayList<>();
        CommandLineRun interrupted = CommandLineRun.interrupted(step -> {
            kept.add(step);
            if (isOneEpochIntoTheSecondRun(kept)) {
                throw new IllegalStateException("interrupted");
            }
        }, Arrays.copyOf(cut, cut.length - 1));
        assertThat(interrupted.code()).isEqualTo(ExitCode.FAULT);
        assertThat(interrupted.err()).contains("interrupted");
        cut[cut.length - 1] = "--resume";
        List<Long> taken = new ArrayList<>();
        CommandLineRun resumed = CommandLineRun.interrupted(taken::add, cut);
        assertThat(resumed.code()).isZero();
        assertThat(resumed.err()).contains(": 3 of 3 epochs are done", ": 1 of 3 epochs are done");
        assertThat(taken.get(0)).as("the first run isn't taken again, nor the second's first epoch")
                .isGreaterThan(kept.get(kept.size() - 1));
        JsonNode first = Json.read(folder.resolve("whole").resolve("report.json"));
        JsonNode second = Json.read(folder.resolve("cut").resolve("report.json"));
        assertThat(second.get("digests")).isEqualTo(first.get("digests"));
        assertThat(second.get("claims")).isEqualTo(first.get("claims"));
        assertThat(second.get("differences").toString()).contains("zeros in the code grow with training, from 40 % at",
                "; 6 batches were taken");
        assertThat(withoutTimes(second)).isEqualTo(withoutTimes(first));
        CommandLineRun again = CommandLineRun.interrupted(step -> {
            throw new IllegalStateException("a step was taken");
        }, cut);
        assertThat(again.code()).as("a finished report is written anew").isZero();
    }

    /** Checkpoints after the first epoch and after the last are certain; those between depend on how long they take. */
    private static boolean isOneEpochIntoTheSecondRun(List<Long> kept) {
        int last = kept.size() - 1;
        return last > 0 && kept.get(last) < kept.get(last - 1);
    }

    /** The rows of the tables; the last column is seconds. */
    private static List<List<JsonNode>> withoutTimes(JsonNode report) {
        List<List<JsonNode>> rows = new ArrayList<>();
        for (JsonNode table : report.get("tables")) {
            for (JsonNode row : table.get("rows")) {
                List<JsonNode> cells = new ArrayList<>();
                row.forEach(cells::add);
                rows.add(cells.subList(0, cells.size() - 1));
            }
        }
        return rows;
    }

    @Test
    void aDamagedCheckpointIsRefusedInOneLine() throws IOException {
        String out = folder.resolve("report").toString();
        String[] args = {"reproduce", "sparse-autoencoder", "--scale", "tiny", "--no-pictures", "--quiet", "--out", out, ""};
        CommandLineRun.interrupted(step -> {
            throw new IllegalStateException("interrupted");
        }, Arrays.copyOf(args, args.length - 1));
        Path checkpoint = folder.resolve("report").resolve("LBN-D.checkpoint.safetensors");
        byte[] bytes = Files.readAllBytes(checkpoint);
        bytes[bytes.length / 2] ^= 1;
        Files.write(checkpoint, bytes);
        args[args.length - 1] = "--resume";
        CommandLineRun run = CommandLineRun.of(args);
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.err()).contains(checkpoint.toString(), "digest mismatch").hasLineCount(1);
        assertThat(CommandLineRun.interrupted(step -> {
            throw new IllegalStateException("begun anew");
        }, Arrays.copyOf(args, args.length - 1)).err()).contains("begun anew");
    }

    @Test
    void whatKeepsNoRunsSaysThatThereIsNothingToResume() {
        String[] args = {"reproduce", "table2", "--scale", "tiny", "--no-pictures", "--out", folder.toString()};
        assertThat(CommandLineRun.of(args).err()).doesNotContain("resume");
        String[] resumed = Arrays.copyOf(args, args.length + 1);
        resumed[args.length] = "--resume";
        CommandLineRun run = CommandLineRun.of(resumed);
        assertThat(run.code()).isZero();
        assertThat(run.err().lines().filter(line -> line.contains("--resume: table2"))).hasSize(1);
    }

    @Test
    void nothingCanBeResumedWhereNothingIs() {
        CommandLineRun run = CommandLineRun.of(
                "reproduce", "denoise", "--scale", "tiny", "--resume", "--out", folder.toString());
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.err()).contains("has nothing to resume");
    }
}

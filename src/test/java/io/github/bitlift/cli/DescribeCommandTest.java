package io.github.bitlift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class DescribeCommandTest {
    @TempDir
    private Path folder;

    static List<String> names() {
        return Architectures.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyArchitectureIsDescribed(String name) throws IOException {
        Path json = folder.resolve("report.json");
        Path png = folder.resolve("blocks.png");
        CommandLineRun run = CommandLineRun.of("describe", name, "--json", json.toString(), "--png", png.toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out()).startsWith(name + ": ").contains("N(y) = K u + d");
        assertThat(ImageIO.read(png.toFile()).getWidth()).isGreaterThan(600);
        JsonNode report = Json.read(json);
        long count = 0;
        Set<String> named = new HashSet<>();
        for (JsonNode shape : report.get("theta")) {
            count += shape.get("rows").asLong() * shape.get("columns").asLong();
            named.add(shape.get("name").asText());
        }
        assertThat(report.get("parameters").asLong()).isEqualTo(count);
        assertThat(used(report)).as("every parameter is used, and no other").isEqualTo(named);
    }

    private static Set<String> used(JsonNode report) {
        Set<String> used = new HashSet<>();
        for (String operator : new String[] {"K", "M", "V", "W"}) {
            for (JsonNode block : report.get(operator).get("blocks")) {
                assertThat(block.get("rows")).isEqualTo(report.get(operator).get("row_sizes").get(block.get("row").asInt()));
                assertThat(block.get("columns"))
                        .isEqualTo(report.get(operator).get("column_sizes").get(block.get("column").asInt()));
                block.get("depends_on").forEach(name -> used.add(name.asText()));
            }
        }
        report.get("z").forEach(layer -> layer.get("b").get("depends_on").forEach(name -> used.add(name.asText())));
        report.get("d").get("depends_on").forEach(name -> used.add(name.asText()));
        return used;
    }

    /** As the framework paper prints them, but for the 2 in −2τ₁L₁*, which its recursion asks for. */
    @Test
    void theBlocksAreThePapers() throws IOException {
        Path json = folder.resolve("report.json");
        CommandLineRun.of("describe", "primal-dual", "--widths", "5,6,7", "--layers", "2", "--json", json.toString());
        StringBuilder blocks = new StringBuilder();
        for (JsonNode block : Json.read(json).get("W").get("blocks")) {
            blocks.append(block.get("row").asInt()).append(block.get("column").asInt()).append(' ')
                    .append(block.get("formula").asText()).append('\n');
        }
        assertThat(blocks).hasToString("""
                00 H*
                11 γ₁L₁
                20 τ₁H*
                21 I − τ₁H*H
                22 −2τ₁L₁*
                32 I
                33 γ₂L₂
                40 τ₂H*
                42 τ₂L₂*
                43 I − τ₂H*H
                44 −2τ₂L₂*
                """);
    }

    @Test
    void listsWhatThereIs() {
        CommandLineRun run = CommandLineRun.of("describe");
        assertThat(run.code()).isZero();
        assertThat(run.out().lines().map(line -> line.split(" ")[0])).containsExactlyElementsOf(Architectures.names());
    }

    @Test
    void theListIsWrittenAsJsonToo() throws IOException {
        Path json = folder.resolve("list.json");
        CommandLineRun run = CommandLineRun.of("describe", "--json", json.toString());
        assertThat(run.code()).isZero();
        JsonNode list = Json.read(json).get("architectures");
        assertThat(list).extracting(each -> each.get("name").asText()).containsExactlyElementsOf(Architectures.names());
        assertThat(list).allSatisfy(each -> assertThat(run.out()).contains(each.get("text").asText()));
        assertThat(list.get(0).get("widths").toString()).isEqualTo("[\"input\",\"output\"]");
    }

    /** Whatever isn't refused does something, but for steps that are parameters and nothing else. */
    @ParameterizedTest
    @MethodSource("names")
    void anOptionChangesTheDescriptionOrIsRefused(String name) throws IOException {
        String plain = CommandLineRun.of("describe", name).out();
        for (String option : new String[] {"--layers 4", "--activation tanh", "--lambda 0.3", "--step 0.25", "--shared"}) {
            CommandLineRun run = CommandLineRun.of(("describe " + name + " " + option).split(" "));
            if (run.code() == ExitCode.BAD_INPUT) {
                assertThat(run.err().lines()).hasSize(1);
                assertThat(run.err()).startsWith("bitlift: " + option + ": " + name + " ").contains("expected");
                assertThat(run.out()).isEmpty();
            } else if (!option.startsWith("--step") || name.equals("lista")) {
                assertThat(run.code()).isZero();
                assertThat(run.out()).as("%s %s", name, option).isNotEqualTo(plain);
            }
        }
    }

    /** As in the bundle, whose Java is made without it. */
    @Test
    void withoutJavasGraphicsAPictureIsRefusedInOneLine() throws IOException, InterruptedException {
        String modules = "--limit-modules=java.base,java.logging,java.management,jdk.management,jdk.unsupported";
        Path png = folder.resolve("blocks.png");
        CommandLineRun refused = ChildJvm.run(folder, modules, List.of(), "describe", "lista", "--png", png.toString());
        assertThat(refused.err()).startsWith("bitlift: --png " + png + ": ").contains("java.desktop").hasLineCount(1);
        assertThat(refused.code()).isEqualTo(ExitCode.FAULT);
        assertThat(refused.out()).isEmpty();
        assertThat(png).doesNotExist();
        CommandLineRun train = ChildJvm.run(folder, modules, List.of(), "train", "--out", folder.resolve("run").toString());
        assertThat(train.err()).startsWith("bitlift: train: ").contains("--no-pictures").hasLineCount(1);
        assertThat(train.code()).isEqualTo(ExitCode.FAULT);
        assertThat(folder.resolve("run")).doesNotExist();
        Path json = folder.resolve("report.json");
        CommandLineRun done = ChildJvm.run(folder, modules, List.of(), "describe", "lista", "--json", json.toString());
        assertThat(done.err()).isEmpty();
        assertThat(done.code()).isZero();
        assertThat(json).isNotEmptyFile();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "describe listta | listta | lista",
        "describe lista --widths 3,4 | --widths 3,4 | measurement,signal,code",
        "describe mlp --widths 3,4 | --widths 3,4: | input,hidden",
        "describe resnet --widths 3,0,2 | --widths 0 | at least 1",
        "describe resnet --layers 0 | --layers 0 | 1 to 1000",
        "describe perceptron --widths 3,99999 | --widths 99999 | at most",
        "describe undercomplete-autoencoder --widths 5,5 | code of width 5 | 1 to 4",
        "describe mlp --widths 4,5,2 --activation group-soft-threshold | block row 0 of W | multiple",
        "describe lista --lambda 0 | --lambda 0 | > 0",
        "describe lista --step -1 | --step -1 | > 0",
        "describe mlp --png / | is a folder | file",
        "describe --png blocks.png | --png: which architecture | perceptron",
        "describe --widths 3,4 --json x.json | --widths: which architecture | perceptron",
        "describe --shared | --shared: which architecture | perceptron",
        "describe mlp --shared | --shared: mlp | with lista, primal-dual or dual-forward-backward",
        "describe lista --activation tanh | --activation tanh: lista brings its own | perceptron",
        "describe heaviside --lambda 0.1 | --lambda 0.1: heaviside has no | soft-threshold",
        "describe primal-dual --widths 5,6,7 --layers 1000 --png blocks.png | pixels, expected | fewer layers",
        "describe mlp --activation thanh | --activation 'thanh' | tanh"
    })
    void badUseIsOneLine(String command, String what, String expected) throws IOException {
        CommandLineRun run = CommandLineRun.of(command.split(" "));
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.err()).contains(what.trim(), expected.trim());
        assertThat(run.out()).isEmpty();
        try (var files = Files.list(folder)) {
            assertThat(files).isEmpty();
        }
    }
}

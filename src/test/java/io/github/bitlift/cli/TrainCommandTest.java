package io.github.bitlift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.bitlift.io.FloatTable;
import io.github.bitlift.io.GreyImage;
import io.github.bitlift.io.Npy;
import io.github.bitlift.io.Png;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainCommandTest {
    private static final String BCD = "--steps 6";
    private static final String ISGM = "--batch 4 --inner 3 --steps 7";
    private static final String BACKPROP = "--strategy backprop --batch 5 --steps 7";
    private static final String NORMS = "--optimizer proximal-gradient --step-size norms --steps 12";
    private static final String BACKTRACKING = "--optimizer proximal-gradient --step-size backtracking --steps 4";

    @TempDir
    private Path folder;

    private Path data;

    @BeforeEach
    void writeData() throws IOException {
        data = TinyData.write(folder.resolve("data"));
    }

    @Test
    void leavesWhatItPromises() throws IOException {
        Path json = folder.resolve("report.json");
        CommandLineRun run = train("a", "--steps 5 --log-every 2 --json " + json);
        assertThat(run.code()).isZero();
        JsonNode report = Json.read(json);
        for (String field : List.of("digest", "backend", "threads", "steps", "seconds", "objective", "psnr_train",
                "psnr_val", "psnr_input", "psnr_input_train")) {
            assertThat(report.has(field)).as(field).isTrue();
        }
        assertThat(report.get("steps").asInt()).isEqualTo(5);
        assertThat(run.out()).contains(report.get("digest").asText());
        assertThat(rows("a")).extracting(row -> row.split(",")[0]).containsExactly("step", "0", "2", "4", "5");
        assertThat(rows("a").get(0)).startsWith("step,objective,data,penalty_1,mse_train,psnr_train,psnr_val,nonzero_1");
        for (String name : List.of("model.safetensors", "manifest.json", "curves.png", "samples.png", "report.json")) {
            assertThat(folder.resolve("a").resolve(name)).isNotEmptyFile();
        }
        assertThat(Json.read(folder.resolve("a/manifest.json")).get("digest")).isEqualTo(report.get("digest"));
    }

    @ParameterizedTest
    @ValueSource(strings = {BCD, ISGM, BACKPROP})
    void givesTheSameBitsOnEveryBackend(String options) throws IOException {
        assertThat(train("reference", options + " --backend reference").code()).isZero();
        assertThat(train("cpu1", options + " --backend cpu --threads 1").code()).isZero();
        assertThat(train("cpu2", options + " --backend cpu --threads 2").code()).isZero();
        assertThat(digest("cpu1")).isEqualTo(digest("reference"));
        assertThat(digest("cpu2")).isEqualTo(digest("reference"));
        assertThat(rowsWithoutRates("cpu2")).isEqualTo(rowsWithoutRates("reference"));
    }

    @ParameterizedTest
    @ValueSource(strings = {BCD, ISGM, BACKPROP, NORMS, BACKTRACKING})
    void resumesToTheSameBits(String options) throws IOException {
        assertThat(train("whole", options).code()).isZero();
        for (int stop : new int[] {1, 3}) {
            String name = "stopped-" + stop;
            CommandLineRun stopped = CommandLineRun.interrupted(
                    step -> {
                        if (step == stop) {
                            throw new Interruption();
                        }
                    },
                    args(name, options + " --checkpoint-every 0"));
            assertThat(stopped.code()).isEqualTo(ExitCode.FAULT);
            Files.writeString(metrics(name), Files.readString(metrics(name)) + "4,0.1,torn");
            assertThat(resume(name, "").code()).isZero();
            assertThat(digest(name)).isEqualTo(digest("whole"));
            assertThat(rowsWithoutRates(name)).isEqualTo(rowsWithoutRates("whole"));
        }
    }

    @Test
    void resumesBeforeTheFirstCheckpointAndGoesFurther() throws IOException {
        train("whole", ISGM);
        train("a", "--batch 4 --inner 3 --steps 2");
        Files.delete(folder.resolve("a/checkpoint.safetensors"));
        assertThat(resume("a", "--steps 7").code()).isZero();
        assertThat(digest("a")).isEqualTo(digest("whole"));
        assertThat(resume("b", "--task denoise --data " + data + " --widths 784,16,784 " + ISGM).code()).isZero();
        assertThat(digest("b")).isEqualTo(digest("whole"));
    }

    @Test
    void survivesBeingKilled() throws IOException, InterruptedException {
        String options = "--steps 30 --log-every 1 --checkpoint-every 0";
        assertThat(train("whole", options).code()).isZero();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Djava.awt.headless=true", "-cp",
                System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(args("killed", options)));
        Process process = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile()).start();
        while (process.isAlive() && !(Files.exists(metrics("killed")) && rows("killed").size() > 4)) {
            process.waitFor(1, TimeUnit.MILLISECONDS);
        }
        process.destroyForcibly().waitFor();
        assertThat(folder.resolve("killed/checkpoint.safetensors")).exists();
        assertThat(resume("killed", "").code()).isZero();
        assertThat(digest("killed")).isEqualTo(digest("whole"));
        assertThat(rowsWithoutRates("killed")).isEqualTo(rowsWithoutRates("whole"));
    }

    @Test
    void refusesToResumeWhatItCannot() throws IOException {
        train("a", BCD);
        assertUnchanged("a", "--lr 0.1", "--lr 0.1: the run in");
        assertUnchanged("a", "--widths 784,20,784", "--widths");
        assertUnchanged("a", "--steps 2", "at step 6 already");
        assertUnchanged("a", "--batch 4", "--batch 4: the run in");
        assertUnchanged("a", "--init " + folder.resolve("a/model.safetensors"), "has none; expected the same, no --init");
        train("b", "--steps 6 --lr 0.01");
        Path checkpoint = folder.resolve("a/checkpoint.safetensors");
        byte[] own = Files.readAllBytes(checkpoint);
        Files.copy(folder.resolve("b/checkpoint.safetensors"), checkpoint,
                StandardCopyOption.REPLACE_EXISTING);
        assertUnchanged("a", "", "other options");
        for (int at : new int[] {3, 40, 90, own.length / 2, own.length - 1}) {
            byte[] damaged = own.clone();
            damaged[at] ^= 4;
            Files.write(checkpoint, damaged);
            assertUnchanged("a", "", "digest mismatch");
        }
        Files.write(checkpoint, own);
        Path run = folder.resolve("a/run.json");
        Files.writeString(run, Files.readString(run).replace("\"lambda\" : 0.02", "\"lambda\" : 0.03"));
        assertUnchanged("a", "", "digest mismatch");
    }

    @Test
    void refusesACheckpointOfAnotherArchitecture() throws IOException {
        train("a", BCD);
        CommandLineRun.of(argsOf("b", "784,20,784", "--steps 1"));
        Files.copy(folder.resolve("b/checkpoint.safetensors"), folder.resolve("a/checkpoint.safetensors"),
                StandardCopyOption.REPLACE_EXISTING);
        assertUnchanged("a", "", "another architecture");
    }

    @Test
    void overwritesOnlyWhenTold() throws IOException {
        train("a", "--steps 1");
        CommandLineRun refused = train("a", "--steps 2");
        assertThat(refused.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(refused.err().lines()).hasSize(1);
        assertThat(refused.err()).contains("--resume, --overwrite, or another --out");
        assertThat(train("a", "--steps 2 --overwrite").code()).isZero();
        assertThat(rows("a")).hasSize(4);
    }

    @Test
    void startsFromGivenWeights() throws IOException {
        train("a", "--steps 3");
        Path model = folder.resolve("a/model.safetensors");
        CommandLineRun run = CommandLineRun.of("train", "--quiet", "--data", data.toString(), "--out",
                folder.resolve("b").toString(), "--steps", "0", "--init", model.toString());
        assertThat(run.code()).isZero();
        assertThat(digest("b")).isEqualTo(digest("a"));
        assertThat(folder.resolve("b/model.safetensors")).hasSameBinaryContentAs(model);
    }

    @Test
    void restoresPicturesAndTables() throws IOException {
        train("a", "--steps 3");
        Path model = folder.resolve("a/model.safetensors");
        Path picture = folder.resolve("digit.png");
        Png.write(picture, new GreyImage(28, 28, new float[784]));
        Path table = folder.resolve("table.npy");
        Npy.write(table, new FloatTable(2, 784, new float[2 * 784]));
        Path out = folder.resolve("restored");
        CommandLineRun run = CommandLineRun.of("restore", model.toString(), picture.toString(), table.toString(),
                "--out", out.toString(), "--quiet", "--degrade", "denoise", "--backend", "cpu", "--threads", "2", "--json",
                folder.resolve("restore.json").toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        JsonNode report = Json.read(folder.resolve("restore.json"));
        assertThat(report.get("backend").asText()).isEqualTo("cpu");
        assertThat(report.get("threads").asInt()).isEqualTo(2);
        assertThat(report.get("device").isNull()).isTrue();
        assertThat(report.get("backend_description").asText()).startsWith("2 threads");
        assertThat(Png.read(out.resolve("digit-restored.png")).width()).isEqualTo(28);
        assertThat(Npy.read(out.resolve("table-restored.npy")).rows()).isEqualTo(2);
        assertThat(out.resolve("sheet.png")).isNotEmptyFile();
        Png.write(picture, new GreyImage(30, 20, new float[600]));
        CommandLineRun wrong = CommandLineRun.of("restore", model.toString(), picture.toString());
        assertThat(wrong.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(wrong.err()).contains("30 x 20 pixels; expected 28 x 28");
        assertThat(CommandLineRun.of("restore", model.toString(), picture.toString(), "--resize", "--quiet", "--out",
                out.toString()).code()).isZero();
        Path manifest = folder.resolve("a/manifest.json");
        Files.writeString(manifest, Files.readString(manifest).replace(digest("a"), "0".repeat(64)));
        CommandLineRun other = CommandLineRun.of("restore", model.toString(), table.toString(), "--quiet");
        assertThat(other.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(other.err()).contains("digest mismatch");
    }

    @Test
    void trainsOnPairsOfDifferentWidths() throws IOException {
        float[] inputs = new float[40 * 3];
        float[] targets = new float[40 * 2];
        for (int i = 0; i < 40; i++) {
            inputs[3 * i] = i / 40f;
            targets[2 * i] = 1 - i / 40f;
        }
        Path x = folder.resolve("x.npy");
        Path y = folder.resolve("y.npy");
        Npy.write(x, new FloatTable(40, 3, inputs));
        Npy.write(y, new FloatTable(40, 2, targets));
        CommandLineRun run = CommandLineRun.of("train", "--quiet", "--inputs", x.toString(), "--targets", y.toString(),
                "--widths", "3,5,4,2", "--activation", "relu", "--steps", "4", "--out", folder.resolve("p").toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        JsonNode report = Json.read(folder.resolve("p/report.json"));
        assertThat(report.get("psnr_input").isNull()).isTrue();
        assertThat(report.get("options").get("images").asInt()).isEqualTo(36);
        assertThat(report.get("options").get("validation").asInt()).isEqualTo(4);
        assertThat(folder.resolve("p/samples.png")).doesNotExist();
    }

    private static final class Interruption extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private void assertUnchanged(String name, String options, String expected) throws IOException {
        List<String> before = contents(name);
        CommandLineRun run = resume(name, options);
        assertThat(run.err()).contains(expected);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(contents(name)).isEqualTo(before);
    }

    private List<String> contents(String name) throws IOException {
        List<String> contents = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder.resolve(name))) {
            for (Path file : files.sorted().toList()) {
                contents.add(file + " " + Arrays.hashCode(Files.readAllBytes(file)) + " "
                        + Files.getLastModifiedTime(file));
            }
        }
        return contents;
    }

    private CommandLineRun train(String name, String options) {
        return CommandLineRun.of(args(name, options));
    }

    private CommandLineRun resume(String name, String options) {
        List<String> args = new ArrayList<>(
                List.of("train", "--quiet", "--resume", "--out", folder.resolve(name).toString()));
        args.addAll(options.isEmpty() ? List.of() : List.of(options.split(" ")));
        return CommandLineRun.of(args.toArray(String[]::new));
    }

    private String[] args(String name, String options) {
        return argsOf(name, "784,16,784", options);
    }

    private String[] argsOf(String name, String widths, String options) {
        List<String> args = new ArrayList<>(List.of("train", "--quiet", "--data", data.toString(), "--widths", widths,
                "--out", folder.resolve(name).toString()));
        args.addAll(List.of(options.split(" ")));
        return args.toArray(String[]::new);
    }

    private Path metrics(String name) {
        return folder.resolve(name).resolve("metrics.csv");
    }

    private List<String> rows(String name) throws IOException {
        return Files.readAllLines(metrics(name));
    }

    private List<String> rowsWithoutRates(String name) throws IOException {
        return rows(name).stream().map(row -> row.substring(0, row.lastIndexOf(','))).toList();
    }

    private String digest(String name) {
        return Json.read(folder.resolve(name).resolve("report.json")).get("digest").asText();
    }
}

package io.github.bitlift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.bitlift.data.DataSet;
import io.github.bitlift.data.Split;
import io.github.bitlift.io.GreyImage;
import io.github.bitlift.io.Png;
import io.github.bitlift.io.Safetensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClassifyCommandTest {
    private static final Path BUNDLE = Home.bundledData();
    private static final String ISGM = "--batch 4 --inner 3 --steps 7";
    private static final String BACKPROP = "--strategy backprop --batch 5 --steps 7";

    @TempDir
    private Path folder;

    @Test
    void learnsDigitsAndSaysWhatTheModelItselfGives() throws IOException {
        CommandLineRun run = CommandLineRun.of("train", "--quiet", "--task", "classify", "--data", "mnist5k", "--images",
                "1000", "--inner", "5", "--lr", "0.001", "--epochs", "3", "--widths", "784,24,10", "--out", path("a"));
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        JsonNode report = Json.read(folder.resolve("a/report.json"));
        assertThat(report.get("options").get("solver").asText()).isEqualTo("isgm");
        assertThat(report.get("options").get("activation").asText()).isEqualTo("relu");
        int[][] counts = oracle(Safetensors.read(folder.resolve("a/model.safetensors")));
        int right = 0;
        for (int k = 0; k < 10; k++) {
            right += counts[k][k];
        }
        assertThat(right).isGreaterThan(350); // of 500; chance would be 50
        assertThat(report.get("accuracy_val").asDouble()).isEqualTo(right / 500.0);
        assertThat(report.get("confusion")).isEqualTo(Json.MAPPER.valueToTree(counts));
        assertThat(run.out()).contains("validation " + ClassMetrics.percent(right / 500.0));
        assertThat(folder.resolve("a/confusion.png")).isNotEmptyFile();
        assertThat(folder.resolve("a/samples.png")).doesNotExist();
        agrees(right, counts);
    }

    /** {@code classify} on the IDX files of the validation images. */
    private void agrees(int right, int[][] counts) {
        Path json = folder.resolve("classified.json");
        CommandLineRun run = classify("a", BUNDLE.resolve("t10k-images-idx3-ubyte.gz").toString(), "--labels",
                BUNDLE.resolve("t10k-labels-idx1-ubyte.gz").toString(), "--json", json.toString(), "--confusion",
                path("confusion.png"));
        assertThat(run.err()).isEmpty();
        assertThat(run.out().lines()).hasSize(500 + 1 + 11);
        assertThat(run.out()).contains("accuracy " + ClassMetrics.percent(right / 500.0) + ", " + right + " of 500");
        assertThat(run.out().lines().filter(line -> line.contains("wrong: it is"))).hasSize(500 - right);
        JsonNode report = Json.read(json);
        assertThat(report.get("images")).hasSize(500);
        assertThat(report.get("images").get(0).get("scores")).hasSize(10);
        assertThat(report.get("images").get(0).get("label").asInt()).isEqualTo(7);
        assertThat(report.get("confusion")).isEqualTo(Json.MAPPER.valueToTree(counts));
        assertThat(folder.resolve("confusion.png")).isNotEmptyFile();
    }

    /** The model in binary64: centred pixels, one hidden layer of ReLUs, the largest output. */
    private static int[][] oracle(Safetensors model) {
        DataSet test = DataSet.load(BUNDLE, Split.TEST);
        float[] mean = model.tensors().get("input.mean").values();
        int[][] counts = new int[10][10];
        for (int i = 0; i < test.count(); i++) {
            double[] u = new double[784];
            for (int k = 0; k < 784; k++) {
                u[k] = test.images()[784 * i + k] - mean[k];
            }
            double[] hidden = layer(model, 0, u);
            double[] out = layer(model, 1, Arrays.stream(hidden).map(v -> Math.max(v, 0)).toArray());
            int best = 0;
            for (int k = 1; k < 10; k++) {
                best = out[k] > out[best] ? k : best;
            }
            counts[test.labels()[i]][best]++;
        }
        return counts;
    }

    private static double[] layer(Safetensors model, int j, double[] u) {
        float[] weight = model.tensors().get("layers." + j + ".weight").values();
        float[] bias = model.tensors().get("layers." + j + ".bias").values();
        double[] v = new double[bias.length];
        for (int row = 0; row < v.length; row++) {
            v[row] = bias[row];
            for (int k = 0; k < u.length; k++) {
                v[row] += (double) weight[row * u.length + k] * u[k];
            }
        }
        return v;
    }

    @ParameterizedTest
    @ValueSource(strings = {ISGM, BACKPROP})
    void resumesToTheSameBitsOnAnyBackend(String options) throws IOException {
        assertThat(train("whole", options + " --backend reference").err()).isEmpty();
        assertThat(rows("whole").get(0)).isEqualTo("step,objective,data,penalty_1,penalty_2,mse_train,accuracy_train,"
                + "accuracy_val,nonzero_1,nonzero_2,linear_1,linear_2,residual_theta,residual_z,steps_per_s");
        CommandLineRun stopped = CommandLineRun.interrupted(
                step -> {
                    if (step == 3) {
                        throw new IllegalStateException("stop");
                    }
                },
                args("stopped", options + " --backend cpu --threads 2 --checkpoint-every 0"));
        assertThat(stopped.code()).isEqualTo(ExitCode.FAULT);
        assertThat(CommandLineRun.of("train", "--quiet", "--resume", "--data", path("data"), "--out", path("stopped"))
                .err()).isEmpty();
        assertThat(Json.read(folder.resolve("stopped/report.json")).get("digest"))
                .isEqualTo(Json.read(folder.resolve("whole/report.json")).get("digest"));
        assertThat(rowsWithoutRates("stopped")).isEqualTo(rowsWithoutRates("whole"));
    }

    @Test
    void takesPictures() throws IOException {
        train("a", "--steps 1");
        Path picture = folder.resolve("digit.png");
        Png.write(picture, new GreyImage(28, 28, new float[784]));
        CommandLineRun run = classify("a", picture.toString());
        assertThat(run.code()).isZero();
        assertThat(run.out()).matches("\\S+digit.png: \\d, score -?\\d\\.\\d{3}\\R");
        Png.write(picture, new GreyImage(30, 20, new float[600]));
        refused("30 x 20 pixels; expected 28 x 28", picture.toString());
        assertThat(classify("a", picture.toString(), "--resize").code()).isZero();
    }

    @Test
    void refusesWhatDoesNotFit() throws IOException {
        train("a", "--steps 1");
        String images = folder.resolve("data/t10k-images-idx3-ubyte").toString();
        String labels = path("labels-idx1-ubyte");
        writeLabels(labels, 1, 2, 3);
        refused("3 labels for 4 images; expected as many labels as images", images, "--labels", labels);
        writeLabels(labels, 1, 2, 3, 10);
        refused("label 10 at index 3; expected 0 to 9", images, "--labels", labels);
        refused("--summary: expected with --labels", images, "--summary");
        refused("--confusion: expected with --labels", images, "--confusion", path("c.png"));
        refused("no such file", path("missing.png"));
        refused("magic 0x00000801; expected 0x00000803", folder.resolve("data/t10k-labels-idx1-ubyte").toString());
        CommandLineRun.of("train", "--quiet", "--data", path("data"), "--widths", "784,4,784", "--steps", "0", "--out",
                path("restorer"));
        CommandLineRun run = classify("restorer", images);
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.err()).contains("tells no classes apart; expected a model of bitlift train --task classify");
    }

    @Test
    void refusesToTrainWithoutAllClasses() throws IOException {
        CommandLineRun run = train("a", "--images 9");
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.err()).contains("no image of class 9 among the first 9; expected images of all classes, 0 to 9");
        assertThat(folder.resolve("a")).doesNotExist();
    }

    private void refused(String expected, String... args) {
        CommandLineRun run = classify("a", args);
        assertThat(run.err()).contains(expected);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
    }

    private static void writeLabels(String path, int... labels) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(8 + labels.length).putInt(0x801).putInt(labels.length);
        for (int label : labels) {
            bytes.put((byte) label);
        }
        Files.write(Path.of(path), bytes.array());
    }

    private CommandLineRun classify(String model, String... args) {
        List<String> all = new ArrayList<>(
                List.of("classify", "--quiet", folder.resolve(model).resolve("model.safetensors").toString()));
        all.addAll(List.of(args));
        return CommandLineRun.of(all.toArray(String[]::new));
    }

    private CommandLineRun train(String name, String options) throws IOException {
        return CommandLineRun.of(args(name, options));
    }

    private String[] args(String name, String options) throws IOException {
        TinyData.write(folder.resolve("data"));
        List<String> args = new ArrayList<>(List.of("train", "--quiet", "--task", "classify", "--data", path("data"),
                "--widths", "784,12,8,10", "--out", path(name)));
        args.addAll(List.of(options.split(" ")));
        return args.toArray(String[]::new);
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    private List<String> rows(String name) throws IOException {
        return Files.readAllLines(folder.resolve(name).resolve("metrics.csv"));
    }

    private List<String> rowsWithoutRates(String name) throws IOException {
        return rows(name).stream().map(row -> row.substring(0, row.lastIndexOf(','))).toList();
    }
}

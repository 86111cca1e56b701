package io.github.bitlift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.io.FloatTable;
import io.github.bitlift.io.Npy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every architecture through {@code train}, {@code --resume} and {@code restore}. */
class TrainArchitecturesTest {
    private static final int SAMPLES = 12;
    private static final int FEATURES = 9;

    @TempDir
    private Path folder;

    @BeforeEach
    void writeData() {
        float[] x = new float[SAMPLES * FEATURES];
        float[] y = new float[x.length];
        Random random = new Random(91);
        for (int i = 0; i < x.length; i++) {
            x[i] = random.nextFloat();
            y[i] = x[i] + 0.1f * (float) random.nextGaussian();
        }
        Npy.write(folder.resolve("y.npy"), new FloatTable(SAMPLES, FEATURES, y));
        Npy.write(folder.resolve("x.npy"), new FloatTable(SAMPLES, FEATURES, x));
    }

    static Stream<Arguments> methods() {
        return Architectures.trainable().stream()
                .flatMap(name -> Stream.of("bregman", "backprop").map(strategy -> Arguments.of(name, strategy)));
    }

    @ParameterizedTest
    @MethodSource("methods")
    void trainsToTheSameBitsResumesAndRestores(String name, String strategy) {
        Path whole = train("whole", name, strategy, "--backend", "cpu", "--threads", "2", "--steps", "6");
        Path reference = train("reference", name, strategy, "--backend", "reference", "--steps", "6");
        assertThat(digest(whole)).isEqualTo(digest(reference));

        Path parts = train("parts", name, strategy, "--backend", "cpu", "--threads", "1", "--steps", "2");
        CommandLineRun rest = CommandLineRun.of("train", "--resume", "--out", parts.toString(), "--steps", "6",
                "--task", "pairs", "--no-pictures", "--backend", "cpu");
        assertThat(rest.err()).doesNotContain("bitlift: ");
        assertThat(rest.code()).isZero();
        assertThat(digest(parts)).isEqualTo(digest(whole));

        CommandLineRun restored = CommandLineRun.of("restore", whole.resolve("model.safetensors").toString(),
                folder.resolve("y.npy").toString(), "--out", folder.resolve("restored").toString(), "--backend", "cpu");
        assertThat(restored.err()).isEmpty();
        assertThat(restored.code()).isZero();
        assertThat(Npy.read(folder.resolve("restored/y-restored.npy")).columns()).isEqualTo(FEATURES);
    }

    /** What mini-batch methods and options of chains do on every architecture that admits them. */
    static Stream<Arguments> others() {
        List<String> chains = List.of("perceptron", "lista", "dual-forward-backward", "undercomplete-autoencoder");
        return Architectures.trainable().stream().filter(name -> !name.equals("mlp")).flatMap(name -> Stream.of(
                "bregman --batch 5 --inner 2", "bregman --solver averaging --batch 6 --inner 2 --optimizer proximal-gradient",
                "mac-qp --solver isgm --inner 2", "classical --step-size backtracking --optimizer proximal-gradient --mu 0.3",
                "bregman --parameter-regulariser nuclear --parameter-weight 0.01", "contrastive --passes 2 --inner 2",
                "bregman --learn-threshold", "bregman --learn-threshold --shared --batch 5 --inner 2")
                .filter(options -> chains.contains(name) || !options.startsWith("contrastive"))
                .filter(options -> name.equals("lista") || !options.contains("threshold"))
                .map(options -> Arguments.of(name, options)));
    }

    @ParameterizedTest
    @MethodSource("others")
    void otherMethodsTrainToTheSameBitsAndGoOnFromTheirModels(String name, String options) {
        String[] words = options.split(" ");
        List<String> more = new ArrayList<>(Arrays.asList(words).subList(1, words.length));
        more.addAll(List.of("--steps", "3", "--backend", "cpu"));
        Path whole = train("whole", name, words[0], more.toArray(String[]::new));
        more.set(more.size() - 1, "reference");
        assertThat(digest(train("reference", name, words[0], more.toArray(String[]::new)))).isEqualTo(digest(whole));
        more.addAll(List.of("--init", whole.resolve("model.safetensors").toString()));
        assertThat(digest(train("further", name, words[0], more.toArray(String[]::new)))).isNotEqualTo(digest(whole));
    }

    private Path train(String out, String name, String strategy, String... more) {
        Path run = folder.resolve(out);
        List<String> arguments = new ArrayList<>(List.of(
                "train", "--task", "pairs", "--inputs", folder.resolve("y.npy").toString(), "--targets",
                folder.resolve("x.npy").toString(), "--architecture", name, "--strategy", strategy, "--lr", "0.01",
                "--no-pictures", "--quiet", "--out", run.toString()));
        if (name.equals("mlp")) {
            arguments.addAll(List.of("--widths", "9,5,9"));
        }
        if (name.equals("convolutional-autoencoder")) {
            arguments.addAll(List.of("--widths", "3,3,1,4,5"));
        }
        arguments.addAll(Arrays.asList(more));
        CommandLineRun done = CommandLineRun.of(arguments.toArray(String[]::new));
        assertThat(done.err()).isEmpty();
        assertThat(done.code()).isZero();
        return run;
    }

    private static String digest(Path run) {
        return Json.read(run.resolve("manifest.json")).get("digest").asText();
    }

    /** The objective falls: gradients and steps fit each other for every architecture. */
    @ParameterizedTest
    @MethodSource("methods")
    void theObjectiveFalls(String name, String strategy) {
        Path one = train("one", name, strategy, "--backend", "cpu", "--steps", "1");
        Path more = train("more", name, strategy, "--backend", "cpu", "--steps", "40");
        assertThat(objective(more)).isLessThan(objective(one));
    }

    private static double objective(Path run) {
        return Json.read(run.resolve("report.json")).get("objective").asDouble();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--architecture heaviside | heaviside | perceptron",
        "--architecture resnet --widths 9,4 | --widths 9,4 | state,inner,output",
        "--architecture resnet --widths 8,4,9 | maps 8 to 9 | 9 to 9",
        "--architecture lista --activation relu | brings its own | --lambda",
        "--architecture primal-dual --step-size norms | --architecture primal-dual: --step-size norms | chains of affine layers",
        "--architecture primal-dual --widths 9,9,4 --init-z input | --init-z input | forward or gaussian",
        "--architecture resnet --init-weights near-identity | --architecture resnet: --init-weights near-identity | mlp",
        "--architecture resnet --strategy contrastive | --architecture resnet: --strategy contrastive | lista",
        "--architecture lista --strategy fenchel | --architecture lista: --strategy fenchel: layer 1 has activation identity | relu",
        "--architecture lista --solver bcd-exact | --architecture lista: --solver bcd-exact | mlp",
        "--architecture lista --learn-threshold --strategy classical | layer 2 learns its threshold | fixed one",
        "--architecture primal-dual --learn-threshold | learns its threshold with L | lista",
        "--learn-threshold | not with --architecture mlp | lista",
        "--architecture shallow --mu 1,2 --widths 9,1,9 | --mu: 2 values | expected one, as there is one hidden layer",
        "--architecture resnet --mu 1,2 | --mu: 2 values | expected one for all hidden layers, or 3",
        "--architecture resnet --widths 9,5,9 --activation group-soft-threshold | block row 0 of W | multiple of",
        "--architecture lista --layers 0 | --layers 0 | 1 to 1000",
        "--architecture lista --step 0 | --step 0 | > 0",
        "--architecture convolutional-autoencoder | height 1 with padding 1 | the kernel's 4",
        "--architecture convolutional-autoencoder --widths 3,3,2,4,5 | maps 18 to 18 | 9 to 9",
        "--architecture convolutional-autoencoder --widths 3,3,1,5 | channels [1] | at least one convolution",
        "--architecture convolutional-autoencoder --widths 9,4 | --widths 9,4 | height,width,channels",
        "--architecture convolutional-autoencoder --widths 3,3,1,4,5 --activation softmax | couples | single numbers",
        "--stop-loss 0 | --stop-loss 0 | > 0"
    })
    void badUseIsOneLine(String options, String what, String expected) {
        List<String> arguments = new ArrayList<>(List.of(
                "train", "--task", "pairs", "--inputs", folder.resolve("y.npy").toString(), "--targets",
                folder.resolve("x.npy").toString(), "--out", folder.resolve("bad").toString()));
        arguments.addAll(Arrays.asList(options.trim().split(" ")));
        CommandLineRun run = CommandLineRun.of(arguments.toArray(String[]::new));
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.err()).contains(what.trim(), expected.trim());
        assertThat(Files.exists(folder.resolve("bad"))).isFalse();
    }

    @Test
    void aModelOfOtherParametersIsRefused() {
        Path lista = train("lista", "lista", "backprop", "--steps", "1");
        Path other = train("other", "resnet", "backprop", "--steps", "1");
        copy(other.resolve("model.safetensors"), lista.resolve("model.safetensors"));
        CommandLineRun run = CommandLineRun.of("restore", lista.resolve("model.safetensors").toString(),
                folder.resolve("y.npy").toString(), "--out", folder.resolve("restored").toString(), "--backend", "cpu");
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.err()).contains("L.1");
    }

    @Test
    void weightsOfAnotherArchitectureAreNoStart() {
        Path other = train("other", "resnet", "backprop", "--steps", "1");
        CommandLineRun run = CommandLineRun.of("train", "--task", "pairs", "--inputs", folder.resolve("y.npy").toString(),
                "--targets", folder.resolve("x.npy").toString(), "--architecture", "lista", "--init",
                other.resolve("model.safetensors").toString(), "--out", folder.resolve("bad").toString());
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.err()).contains("L.1");
        assertThat(Files.exists(folder.resolve("bad"))).isFalse();
    }

    private static void copy(Path from, Path to) {
        try {
            Files.copy(from, to, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        } catch (java.io.IOException problem) {
            throw new java.io.UncheckedIOException(problem);
        }
    }
}

package io.github.bitlift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.io.FloatTable;
import io.github.bitlift.io.Npy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever is wrong with options and files: exit 2, exactly one line, nothing left behind. */
class BadInputTest {
    @TempDir
    private Path folder;

    private Path data;

    @BeforeEach
    void writeData() throws IOException {
        data = TinyData.write(folder.resolve("data"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--lambda -1 | --lambda -1: expected a finite number > 0",
        "--lambda 0 | --lambda 0",
        "--lambda NaN | --lambda NaN",
        "--lambda 1e-60 | --lambda 1.0E-60",
        "--lambda 1e60 | finite",
        "--mu 0 | --mu 0",
        "--mu 0.1,-2 | --mu -2",
        "--mu 0.1,0.2 | 2 values; expected one for all hidden layers, or 6",
        "--lr NaN | --lr NaN",
        "--lr 0 | --lr 0",
        "--lr -3 | --lr -3",
        "--lr Infinity | --lr Infinity",
        "--lr-auxiliary 0 | --lr-auxiliary 0",
        "--momentum 1 | --momentum 1: expected at least 0 and less than 1",
        "--tau 0 | --tau 0",
        "--images 13 | 13 images asked for, of which there are 12",
        "--images 0 | --images 0",
        "--validation 5 | 5 images asked for, of which there are 4",
        "--batch 13 | --batch 13: expected 1 to 12",
        "--batch 0 | --batch 0",
        "--batch 4 --solver bcd | --batch 4",
        "--optimizer adm | did you mean adam?",
        "--solver bdc | did you mean bcd?",
        "--activation rellu | did you mean relu?",
        "--step-size norm | did you mean norms?",
        "--init-z inptu | did you mean input?",
        "--task denoize | did you mean denoise?",
        "--backend cpuu | did you mean cpu?",
        "--backend reference --threads 2 | expected --threads 1",
        "--threads 0 | --threads 0",
        "--strategy fenchel | --strategy fenchel: layer 1 has activation soft-threshold",
        "--strategy contrastive --solver bcd | --solver bcd: --strategy contrastive",
        "--passes 0 | --passes 0",
        "--sparsity 0 | --sparsity 0",
        "--sparsity 1 --sparse-layer 7 | --sparse-layer 7: expected 1 to 6",
        "--sparse-layer 2 | --sparse-layer 2: expected with --sparsity",
        "--sparsity 1 --activation tanh | --sparsity: no prox map of tanh",
        "--sparsity 1 --strategy contrastive | --strategy contrastive: its difference of energies",
        "--sparsity 1 --step-size backtracking --optimizer proximal-gradient | --step-size backtracking: not defined",
        "--parameter-regulariser l2 | --parameter-regulariser 'l2'",
        "--parameter-weight -1 | --parameter-weight -1",
        "--strategy bregmann | did you mean bregman?",
        "--architecture resnet --layers 99999999 | --layers 99999999: expected 1 to 1000",
        "--architecture lista --layers 0 | --layers 0: expected 1 to 1000",
        "--architecture mpl | did you mean mlp?",
        "--lamda 1 | did you mean --lambda?",
        "--steps many | --steps",
        "--steps 5 --epochs 1 | expected one of them",
        "--steps -1 | --steps -1",
        "--epochs 9223372036854775807 --batch 4 | --epochs 9223372036854775807: expected at most 3074457345618258602",
        "--widths 784,784 | at least one hidden layer",
        "--widths 784,16,10 | expected 784 first and 784 last",
        "--widths 784,0,784 | --widths 0",
        "--architecture convolutional-autoencoder --widths 28,28,1,100000000,9 | 19600000000 numbers come out of the last convolution",
        "--widths 784,16,784 --init-z input | --init-z input",
        "--activation group-soft-threshold --group 5 | group",
        "--activation box --lower 2 --upper 1 | box",
        "--step-size backtracking | --step-size backtracking",
        "--step-size norms --strategy backprop | --step-size norms",
        "--task pairs | expected --inputs X.npy and --targets Y.npy",
        "--inputs a.npy --task denoise | --task denoise",
        "--init missing.safetensors | no such file",
        "--resume --overwrite | expected one of them",
        "--resume | has no run to resume",
    })
    void refusesOptions(String options, String expected) throws IOException {
        assertRefused(expected, options.split(" "));
    }

    @Test
    void refusesUnknownCommands() {
        CommandLineRun run = CommandLineRun.of("trian");
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.err()).contains("did you mean train?");
    }

    @Test
    void namesTheBackendThatIsNotThere() throws IOException {
        CommandLineRun run = train("--backend", "opencl");
        assertThat(run.code()).isEqualTo(ExitCode.FAULT);
        assertThat(run.err()).startsWith("bitlift: --backend opencl: not part of this version");
        assertThat(run.err().lines()).hasSize(1);
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void refusesDamagedImages() throws IOException {
        Path images = data.resolve("train-images-idx3-ubyte");
        byte[] sound = Files.readAllBytes(images);
        Files.write(images, Arrays.copyOf(sound, sound.length - 1));
        assertRefused("train-images-idx3-ubyte");
        Files.write(images, Arrays.copyOf(sound, sound.length + 1));
        assertRefused("train-images-idx3-ubyte");
        byte[] magic = sound.clone();
        magic[3] = 1;
        Files.write(images, magic);
        assertRefused("train-images-idx3-ubyte");
        Files.delete(images);
        assertRefused("train-images-idx3-ubyte");
    }

    @Test
    void refusesBadTables() throws IOException {
        Path x = folder.resolve("x.npy");
        Path y = folder.resolve("y.npy");
        Npy.write(x, new FloatTable(3, 2, new float[] {1, 2, 3, Float.NaN, 5, 6}));
        Npy.write(y, new FloatTable(3, 2, new float[6]));
        String[] pairs = {"--task", "pairs", "--inputs", x.toString(), "--targets", y.toString()};
        assertFails("x.npy", pairs);
        Npy.write(x, new FloatTable(3, 2, new float[] {1, 2, 3, Float.POSITIVE_INFINITY, 5, 6}));
        assertFails("x.npy", pairs);
        Npy.write(x, new FloatTable(2, 2, new float[4]));
        assertFails("3 samples for the 2", pairs);
    }

    @Test
    void refusesALyingModel() throws IOException {
        Path model = folder.resolve("model.safetensors");
        byte[] json = "{\"layers.0.weight\":{\"dtype\":\"F32\",\"shape\":[9999,9999],\"data_offsets\":[0,16]}}"
                .getBytes(StandardCharsets.UTF_8);
        Files.write(model, ByteBuffer.allocate(8 + json.length + 16).order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length).put(json).array());
        assertRefused("model.safetensors", "--init", model.toString());
        CommandLineRun restore = CommandLineRun.of("restore", model.toString(), "x.png");
        assertThat(restore.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(restore.err().lines()).hasSize(1);
    }

    @Test
    void refusesAnOutputThatCannotBeWritten() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        CommandLineRun run = CommandLineRun.of("train", "--data", data.toString(), "--out", file + "/out", "--steps", "0");
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.err()).contains("is not a folder");
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("nowhere"));
        run = CommandLineRun.of("train", "--data", data.toString(), "--out", link.toString(), "--steps", "0");
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.err()).contains("link is not a folder").hasLineCount(1);
        assertRefused("cannot be written", "--json", folder + "/nowhere/report.json");
        assertRefused("is a folder", "--json", folder.toString());
    }

    @Test
    void reportsAFullDisk() {
        Assumptions.assumeTrue(Files.exists(Path.of("/dev/full")), "this system has no /dev/full");
        CommandLineRun run = train("--widths", "784,4,784", "--steps", "1", "--json", "/dev/full");
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.err()).contains("/dev/full: cannot be written");
        assertThat(run.err().lines()).hasSize(1);
    }

    private void assertRefused(String expected, String... options) throws IOException {
        List<String> all = new ArrayList<>(List.of("--data", data.toString()));
        all.addAll(List.of(options));
        if (List.of(options).contains("pairs")) {
            all.subList(0, 2).clear();
        }
        assertFails(expected, all.toArray(String[]::new));
    }

    private void assertFails(String expected, String... options) {
        List<String> args = new ArrayList<>(List.of("train", "--quiet", "--out", folder.resolve("out").toString()));
        args.addAll(List.of(options));
        CommandLineRun run = CommandLineRun.of(args.toArray(String[]::new));
        assertThat(run.err()).startsWith("bitlift: ").contains(expected);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.out()).isEmpty();
        assertThat(folder.resolve("out")).doesNotExist();
    }

    private CommandLineRun train(String... options) {
        List<String> args = new ArrayList<>(
                List.of("train", "--quiet", "--data", data.toString(), "--out", folder.resolve("out").toString()));
        args.addAll(List.of(options));
        return CommandLineRun.of(args.toArray(String[]::new));
    }
}

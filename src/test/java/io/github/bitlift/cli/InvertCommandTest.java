package io.github.bitlift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.bitlift.emulator.Emulator;
import io.github.bitlift.io.FloatTable;
import io.github.bitlift.io.GreyImage;
import io.github.bitlift.io.Npy;
import io.github.bitlift.io.Png;
import io.github.bitlift.io.Psnr;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InvertCommandTest {
    private static final int SIDE = TinyData.SIDE;
    private static final int PIXELS = SIDE * SIDE;
    private static final int CODE = 200;

    @TempDir
    private Path folder;

    @BeforeEach
    void trainAndDraw() throws IOException {
        CommandLineRun run = CommandLineRun.of("train", "--quiet", "--task", "denoise", "--data",
                TinyData.write(folder.resolve("data")).toString(), "--widths", PIXELS + ",300," + CODE + "," + PIXELS,
                "--activation", "relu", "--steps", "2", "--no-pictures", "--out", folder.resolve("m").toString());
        assertThat(run.err()).isEmpty();
        Files.createDirectories(folder.resolve("pictures"));
        for (int i = 0; i < 3; i++) {
            Png.write(folder.resolve("pictures/" + i + ".png"), new GreyImage(SIDE, SIDE, picture(i)));
        }
    }

    private static float[] picture(int i) {
        float[] x = new float[PIXELS];
        for (int k = 0; k < PIXELS; k++) {
            x[k] = k / SIDE > 5 + i && k / SIDE < 20 && k % SIDE > 8 && k % SIDE < 18 - i ? 1f : 0f;
        }
        return x;
    }

    private CommandLineRun invert(String out, String... more) {
        String[] first = {"invert", "--model", folder.resolve("m/model.safetensors").toString(), "--backend", "cpu", "--out",
            folder.resolve(out).toString(), "--json", folder.resolve(out + ".json").toString()};
        String[] all = Arrays.copyOf(first, first.length + more.length);
        System.arraycopy(more, 0, all, first.length, more.length);
        return CommandLineRun.of(all);
    }

    private JsonNode report(String out) {
        return Json.read(folder.resolve(out + ".json"));
    }

    @Test
    void picturesComeBackFromTheirCodes() {
        CommandLineRun run = invert("a", "--image", folder.resolve("pictures").toString(), "--rho", "0.002", "--noise", "0.001",
                "--iterations", "60", "--quiet");
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out().lines()).hasSize(3).allMatch(line -> line.contains("objective") && line.contains("decoder"));
        FloatTable found = Npy.read(folder.resolve("a/inverted.npy"));
        assertThat(found.rows()).isEqualTo(3);
        assertThat(folder.resolve("a/sheet.png")).isNotEmptyFile();
        JsonNode report = report("a");
        assertThat(report.get("layers").asInt()).isEqualTo(2);
        for (int i = 0; i < 3; i++) {
            JsonNode image = report.get("images").get(i);
            float[] own = Arrays.copyOfRange(found.values(), i * PIXELS, (i + 1) * PIXELS);
            assertThat(image.get("psnr").asDouble()).isEqualTo(Psnr.of(Psnr.mse(own, picture(i))));
            assertThat(image.get("psnr").asDouble()).isGreaterThan(Psnr.of(Psnr.mse(new float[PIXELS], picture(i))) + 2);
            assertThat(image.get("penalties")).hasSize(2);
            assertThat(Png.read(folder.resolve("a/" + i + "-inverted.png")).width()).isEqualTo(SIDE);
        }
    }

    @Test
    void batchesMakeNoDifferenceAndProgressIsToldElsewhere() throws IOException {
        String pictures = folder.resolve("pictures").toString();
        invert("a", "--image", pictures, "--iterations", "7", "--noise", "0.1");
        invert("b", "--image", pictures, "--iterations", "7", "--noise", "0.1", "--batch", "2");
        invert("c", "--image", pictures, "--iterations", "7", "--noise", "0.1", "--seed", "2");
        assertThat(folder.resolve("a/inverted.npy")).hasSameBinaryContentAs(folder.resolve("b/inverted.npy"));
        assertThat(report("a").get("digest")).isEqualTo(report("b").get("digest")).isNotEqualTo(report("c").get("digest"));
        assertThat(Files.mismatch(folder.resolve("a/inverted.npy"), folder.resolve("c/inverted.npy"))).isNotEqualTo(-1);
    }

    @Test
    void codesAreTakenAsTheyAre() {
        float[] codes = new float[2 * CODE];
        Arrays.fill(codes, 0, CODE, 0.5f);
        Npy.write(folder.resolve("codes.npy"), new FloatTable(2, CODE, codes));
        CommandLineRun run = invert("a", "--code", folder.resolve("codes.npy").toString(), "--iterations", "5");
        assertThat(run.code()).isZero();
        assertThat(report("a").get("images")).hasSize(2);
        assertThat(report("a").get("images").get(0).get("psnr").isNull()).isTrue();
        assertThat(report("a").get("images").get(1).get("image").asText()).isEqualTo("codes-1");
        invert("one", "--code", folder.resolve("codes.npy").toString(), "--iterations", "5", "--layers", "2");
        assertThat(folder.resolve("one/inverted.npy")).hasSameBinaryContentAs(folder.resolve("a/inverted.npy"));
    }

    @Test
    void moreImagesThanTheDeviceHoldsAreRefusedAndFewerFit() throws Exception {
        Npy.write(folder.resolve("many.npy"), new FloatTable(200, PIXELS, new float[200 * PIXELS]));
        String[] args = {"invert", "--model", folder.resolve("m/model.safetensors").toString(), "--backend", "cuda", "--device",
            "emulated", "--image", folder.resolve("many.npy").toString(), "--iterations", "1", "--inner", "1", "--quiet", "--out",
            folder.resolve("out").toString(), "--batch", "200"};
        CommandLineRun run = onSmallDevice(args);
        assertThat(run.err())
                .startsWith("bitlift: inverting 200 images at once, of 28 x 28, takes more memory than cuda has, where ")
                .endsWith(" are free; expected a --batch below 200" + System.lineSeparator()).hasLineCount(1);
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(folder.resolve("out")).doesNotExist();
        args[8] = folder.resolve("pictures").toString();
        run = onSmallDevice(args);
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
    }

    private CommandLineRun onSmallDevice(String... args) throws Exception {
        return ChildJvm.run(folder, "-Xmx512m", List.of("bitlift.emulator=" + Emulator.build()),
                Map.of("BITLIFT_EMULATOR_MEMORY", Integer.toString(5 << 19)), args);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        " | expected either --code or --image",
        "--code c.npy --check-every 2000000 | at most 1000",
        "--code c.npy --image p.png | expected either --code or --image",
        "--code short.npy | short.npy: 5 numbers per sample; expected 200, the model's code",
        "--code nan.npy | NaN",
        "--code c.npy --noise 0.1 | --noise 0.1: expected with --image",
        "--code c.npy --seed 2 | --seed 2: expected with --noise",
        "--code c.npy --resize | --resize: expected with --image",
        "--image small.png | 3 x 2 pixels; expected 28 x 28",
        "--image empty | holds no pictures",
        "--image pictures --rho 0 | --rho 0: expected a finite number > 0",
        "--image pictures --rho x | --rho",
        "--image pictures --rho 1e-40 | --rho 1.0E-40: expected a larger number, as the step 1/(8 rho) is no longer finite",
        "--image pictures --iterations 16777217 | --iterations 16777217: expected a whole number of at most 16777216",
        "--image pictures --inner 16777217 | --inner 16777217: expected a whole number of at most 16777216",
        "--image pictures --tau-x 1 | --tau-x: expected --tau-x and --tau-z together",
        "--image pictures --tau-x 100 --tau-z 2 | steps tau-x 100.0 and tau-z 2.0 with rho 0.07: 1/tau-x = 0.0100000 is below",
        "--image pictures --height 28 --width 27 | 756 pixels; expected 784, the model's inputs",
        "--image pictures --height 28 | --height: expected --height and --width together",
        "--image pictures --layers 4 | --layers 4: expected at most 3",
        "--image pictures --layers 1 --inner 3 | --inner 3: a single layer",
        "--image pictures --iterations 0 | --iterations 0",
        "--image pictures --tolerance -1 | --tolerance",
    })
    void badInputIsOneLine(String options, String expected) throws IOException {
        Files.createDirectories(folder.resolve("empty"));
        Npy.write(folder.resolve("c.npy"), new FloatTable(1, CODE, new float[CODE]));
        Npy.write(folder.resolve("short.npy"), new FloatTable(1, 5, new float[5]));
        float[] nan = new float[CODE];
        nan[3] = Float.NaN;
        Npy.write(folder.resolve("nan.npy"), new FloatTable(1, CODE, nan));
        Png.write(folder.resolve("small.png"), new GreyImage(3, 2, new float[6]));
        String[] words = options == null ? new String[0] : options.split(" ");
        for (int i = 0; i < words.length; i++) {
            words[i] = words[i].matches(".*\\.(npy|png)|empty|pictures") ? folder.resolve(words[i]).toString() : words[i];
        }
        CommandLineRun run = invert("bad", words);
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.err()).contains(expected);
        assertThat(folder.resolve("bad")).doesNotExist();
        assertThat(folder.resolve("bad.json")).doesNotExist();
    }

    @Test
    void placesAndFilesAreLookedAtBeforeAnyWork() throws IOException {
        String pictures = folder.resolve("pictures").toString();
        Path out = folder.resolve("bad");
        refused("bad: is given as --out and as --json", "--image", pictures, "--out", out, "--json", out);
        refused("sheet.png: is given as a result in --out and as --json", "--image", pictures, "--out", folder, "--json",
                folder.resolve("sheet.png"));
        Files.createDirectories(folder.resolve("taken/inverted.npy"));
        Path codes = folder.resolve("codes");
        Files.createDirectories(codes);
        Npy.write(codes.resolve("inverted.npy"), new FloatTable(1, CODE, new float[CODE]));
        refused("inverted.npy: is read, and a result in --out would overwrite it; expected another --out",
                "--code", codes.resolve("inverted.npy"), "--out", codes);
        refused("inverted.npy: is a folder", "--image", pictures, "--out", folder.resolve("taken"));
        assertThat(folder.resolve("taken")).isDirectoryNotContaining("glob:**.png");
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("nowhere"));
        refused("link: cannot be made", "--image", pictures, "--out", link);
        refused("nowhere: cannot be read: no such file", "--code", folder.resolve("nowhere"), "--out", out);
        Path manifest = folder.resolve("m/manifest.json");
        Files.writeString(manifest, "{}");
        refused("manifest.json: image_rows is missing; expected a whole number", "--image", pictures, "--out", out);
        assertThat(out).doesNotExist();
        assertThat(folder.resolve("sheet.png")).doesNotExist();
    }

    @Test
    void whatIsNoChainIsRefused() {
        CommandLineRun.of("train", "--quiet", "--data", folder.resolve("data").toString(), "--architecture", "resnet", "--layers",
                "1", "--steps", "0", "--no-pictures", "--backend", "cpu", "--out", folder.resolve("r").toString());
        CommandLineRun run = CommandLineRun.of("invert", "--model", folder.resolve("r/model.safetensors").toString(), "--image",
                folder.resolve("pictures").toString(), "--out", folder.resolve("bad").toString(), "--quiet");
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.err()).contains("r/model.safetensors: inversion: ").containsOnlyOnce("; expected a chain of layers")
                .doesNotContain("expected such").hasLineCount(1);
    }

    /** One line, though the backend would have a remark of its own. */
    private void refused(String expected, Object... options) {
        List<String> all = new ArrayList<>(List.of("invert", "--model", folder.resolve("m/model.safetensors").toString()));
        Stream.of(options).map(Object::toString).forEach(all::add);
        CommandLineRun run = CommandLineRun.of(all.toArray(String[]::new));
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.err()).contains(expected).hasLineCount(1);
    }
}

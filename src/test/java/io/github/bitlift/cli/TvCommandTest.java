package io.github.bitlift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.bitlift.emulator.Emulator;
import io.github.bitlift.io.FloatImages;
import io.github.bitlift.io.GreyImage;
import io.github.bitlift.io.Npy;
import io.github.bitlift.io.Png;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TvCommandTest {
    private static final int HEIGHT = 12;
    private static final int WIDTH = 15;

    @TempDir
    private Path folder;

    private static float[] squares(int count, double noise) {
        Random random = new Random(5);
        float[] values = new float[count * HEIGHT * WIDTH];
        for (int i = 0; i < values.length; i++) {
            int pixel = i % (HEIGHT * WIDTH);
            boolean inside = pixel / WIDTH >= 3 && pixel / WIDTH < 9 && pixel % WIDTH >= 4 && pixel % WIDTH < 11;
            values[i] = (inside ? 0.75f : 0.25f) + (float) (noise * random.nextGaussian());
        }
        return values;
    }

    private Path array(String name, int count, boolean single, double noise) {
        Path path = folder.resolve(name);
        Npy.write(path, new FloatImages(count, HEIGHT, WIDTH, single, squares(count, noise)));
        return path;
    }

    private CommandLineRun tv(Object... args) {
        List<String> all = new ArrayList<>(List.of("tv"));
        Arrays.stream(args).map(Object::toString).forEach(all::add);
        return CommandLineRun.of(all.toArray(String[]::new));
    }

    @Test
    void arraysBecomeSmoother() throws IOException {
        Path noisy = array("noisy.npy", 3, false, 0.1);
        Path truth = array("truth.npy", 3, false, 0);
        Path out = folder.resolve("out.npy");
        Path json = folder.resolve("tv.json");
        Path sheet = folder.resolve("sheet.png");
        CommandLineRun run = tv(noisy, "--lambda", "0.15", "--out", out, "--truth", truth, "--json", json, "--sheet", sheet,
                "--quiet");
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("3 images of 12 x 15", "stopped on gap (3)", "PSNR: input 2", "digest ");
        JsonNode report = Json.read(json);
        assertThat(report.get("psnr_result").asDouble()).isGreaterThan(report.get("psnr_input").asDouble() + 5);
        assertThat(report.get("outcomes")).hasSize(3).allSatisfy(outcome -> {
            assertThat(outcome.get("stopped").asText()).isEqualTo("gap");
            assertThat(outcome.get("gap").asDouble()).isBetween(0.0, 1e-6);
            assertThat(outcome.get("iterations").asInt()).isBetween(10, 1000);
        });
        assertThat(report.get("memory").get("backend_peak_bytes").asLong())
                .isLessThanOrEqualTo(report.get("memory").get("stated_bytes").asLong()).isPositive();
        FloatImages result = Npy.readImages(out);
        assertThat(result.count()).isEqualTo(3);
        assertThat(ImageIO.read(sheet.toFile()).getWidth()).isGreaterThan(3 * WIDTH);
    }

    @ParameterizedTest
    @CsvSource({"reference,adaptive", "cpu,adaptive", "cpu,fixed", "cpu,accelerated"})
    void theBitsDependNeitherOnBackendNorOnParts(String backend, String rule) throws IOException {
        Path noisy = array("noisy.npy", 9, false, 0.1);
        Path plain = folder.resolve("plain.npy");
        Path other = folder.resolve("other.npy");
        Path json = folder.resolve("tv.json");
        tv(noisy, "--lambda", "0.1", "--rule", rule, "--iterations", "75", "--out", plain, "--backend", "cpu", "--threads", "2");
        // Two images at a time: 9 in and out, and for each of the two 2 copies and 4 arrays and a state; on cpu each of two
        // threads has 10 planes in whole vectors of 16, with room for a row and a vector on both sides, and 3 sums.
        long scratch = backend.equals("cpu") ? 2 * (4 * 10 * (192 + 2 * (16 + 16)) + 3 * 8) : 0;
        long bytes = 4L * HEIGHT * WIDTH * (18 + 2 * 6) + 2 * 32 + scratch;
        CommandLineRun run = tv(noisy, "--lambda", "0.1", "--rule", rule, "--iterations", "75", "--out", other, "--backend",
                backend, "--threads", backend.equals("cpu") ? 2 : 1, "--memory-limit", bytes, "--json", json);
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(Json.read(json).get("memory").get("at_once").asInt()).isEqualTo(2);
        assertThat(Json.read(json).get("memory").get("stated_bytes").asLong()).isEqualTo(bytes);
        assertThat(Files.readAllBytes(other)).isEqualTo(Files.readAllBytes(plain));
    }

    @Test
    void oneImageStaysOne() {
        Path noisy = array("noisy.npy", 1, true, 0.1);
        Path out = folder.resolve("out.npy");
        CommandLineRun run = tv(noisy, "--lambda", "0.1", "--anisotropic", "--gap", "0", "--iterations", "33", "--out", out);
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("one image of 12 x 15, 33 iterations", "stopped on count");
        assertThat(Npy.readImages(out).single()).isTrue();
    }

    @Test
    void noWeightGivesTheInput() throws IOException {
        Path noisy = array("noisy.npy", 2, false, 0.1);
        Path out = folder.resolve("out.npy");
        assertThat(tv(noisy, "--lambda", "0", "--out", out).code()).isZero();
        assertThat(Files.readAllBytes(out)).isEqualTo(Files.readAllBytes(noisy));
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 16})
    void picturesKeepTheirDepth(int bits) throws IOException {
        Path noisy = folder.resolve("noisy.png");
        GreyImage image = new GreyImage(WIDTH, HEIGHT, squares(1, 0.05));
        if (bits == 16) {
            Png.write16(noisy, image);
        } else {
            Png.write(noisy, image);
        }
        Path out = folder.resolve("out.png");
        CommandLineRun run = tv(noisy, "--lambda", "0.1", "--out", out, "--sheet", folder.resolve("sheet.png"));
        assertThat(run.code()).as(run.err()).isZero();
        BufferedImage result = ImageIO.read(out.toFile());
        assertThat(result.getColorModel().getComponentSize(0)).isEqualTo(bits);
        assertThat(Png.readGrey(out).bits()).isEqualTo(bits);
        assertThat(Png.readGrey(out).image().pixels()[0]).isBetween(0.2f, 0.35f);
        // lambda 0: every level comes back.
        assertThat(tv(noisy, "--lambda", "0", "--out", out).code()).isZero();
        assertThat(Png.readGrey(out).image().pixels()).isEqualTo(Png.readGrey(noisy).image().pixels());
    }

    private void refused(CommandLineRun run, String... parts) {
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.err()).contains(parts);
        assertThat(folder.resolve("out.npy")).doesNotExist();
    }

    @Test
    void whatCannotBeRightIsRefused() throws IOException {
        Path noisy = array("noisy.npy", 2, false, 0.1);
        Path out = folder.resolve("out.npy");
        refused(tv(noisy, "--out", out), "--lambda");
        refused(tv(noisy, "--lambda", "-1", "--out", out), "--lambda -1", "at least 0");
        refused(tv(noisy, "--lambda", "NaN", "--out", out), "--lambda NaN");
        refused(tv(noisy, "--lambda", "1e-25", "--out", out), "--tau and --lambda", "expected at most 1");
        refused(tv(noisy, "--lambda", "1", "--out", out, "--rule", "adaptiv"), "did you mean adaptive");
        refused(tv(noisy, "--lambda", "1", "--out", out, "--tau", "0"), "--tau 0");
        refused(tv(noisy, "--lambda", "1", "--out", out, "--gap", "-1"), "--gap -1");
        refused(tv(noisy, "--lambda", "1", "--out", out, "--iterations", "99999999"), "--iterations 99999999", "16777216");
        refused(tv(noisy, "--lambda", "1", "--out", folder.resolve("out.png")), "out.png", "ends in .npy");
        refused(tv(noisy, "--lambda", "1", "--out", folder.resolve("none/out.npy")), "existing, writable folder");
        refused(tv(noisy, "--lambda", "1", "--out", out, "--truth", array("t.npy", 1, true, 0)),
                "t.npy: one image of 12 x 15; expected 2 images of 12 x 15");
        refused(tv(noisy, "--lambda", "1", "--out", out, "--memory-limit", "2k", "--backend", "cpu"),
                "--memory-limit 2.0 KiB", "larger limit, or fewer images");
        float[] holes = squares(2, 0);
        holes[HEIGHT * WIDTH + WIDTH + 3] = Float.NaN;
        Path bad = folder.resolve("bad.npy");
        Npy.write(bad, new FloatImages(2, HEIGHT, WIDTH, false, holes));
        refused(tv(bad, "--lambda", "1", "--out", out), "bad.npy: NaN in image 1, row 1, column 3");
        Arrays.fill(holes, 3e38f);
        holes[3] = -3e38f;
        Npy.write(bad, new FloatImages(2, HEIGHT, WIDTH, false, holes));
        refused(tv(bad, "--lambda", "1", "--out", out, "--backend", "cpu"), "bad.npy: image 0", "no longer finite", "smaller magnitude");
        BufferedImage red = new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB);
        red.setRGB(1, 1, 0xff0000);
        Path colour = folder.resolve("colour.png");
        ImageIO.write(red, "png", colour.toFile());
        refused(tv(colour, "--lambda", "1", "--out", folder.resolve("o.png")), "has colours (pixel in row 1, column 1)");
    }

    /** Zeros that take no room on the disk. */
    private Path zeros(int side) throws IOException {
        Path path = folder.resolve("zeros.npy");
        String shape = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + side + ", " + side + "), }";
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 118, 0});
            file.writeBytes(String.format("%-117s\n", shape));
            file.setLength(128 + 4L * side * side);
        }
        return path;
    }

    private CommandLineRun child(String heap, Map<String, String> environment, Path in, String... more) throws Exception {
        List<String> args = new ArrayList<>(List.of("tv", in.toString(), "--lambda", "0.1", "--iterations", "2", "--quiet", "--out",
                folder.resolve("out.npy").toString()));
        args.addAll(List.of(more));
        return ChildJvm.run(folder, heap, List.of("bitlift.emulator=" + Emulator.build()), environment,
                args.toArray(String[]::new));
    }

    private static int possible(CommandLineRun run) {
        return Integer.parseInt(run.err().replaceAll("(?s).*an image of at most (\\d+) x \\1\\b.*", "$1"));
    }

    /** One is told before anything is allocated, one when the heap is full, one when the file is read. */
    @ParameterizedTest
    @CsvSource({
        "-Xmx64m, 1500, zeros.npy: one image of 1500 x 1500 on a Java heap of 64.0 MiB",
        "-Xmx64m, 930, zeros.npy: not enough memory on a Java heap of 64.0 MiB",
        "-Xmx64m, 5000, zeros.npy: not enough memory on a Java heap of 64.0 MiB"
    })
    void anImageTooLargeForTheHeapIsToldHowLargeItMayBe(String heap, int side, String expected) throws Exception {
        CommandLineRun run = child(heap, Map.of(), zeros(side), "--backend", "cpu");
        refused(run, expected, "or a larger BITLIFT_MEMORY");
        int possible = possible(run);
        assertThat(possible).isBetween(800, side - 1);
        run = child(heap, Map.of(), zeros(possible), "--backend", "cpu");
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
    }

    @Test
    void anImageTooLargeForTheDeviceIsToldHowLargeItMayBe() throws Exception {
        Map<String, String> small = Map.of("BITLIFT_EMULATOR_MEMORY", Integer.toString(4 << 20));
        String[] device = {"--backend", "cuda", "--device", "emulated"};
        CommandLineRun run = child("-Xmx256m", small, zeros(500), device);
        refused(run, "zeros.npy: one image of 500 x 500, of which one takes 6.7 MiB on cuda, 28.0 bytes per pixel, where 4.0 MiB",
                "or --backend cpu");
        int possible = possible(run);
        assertThat(28L * possible * possible).isBetween(4L << 19, 4L << 20);
        Path json = folder.resolve("tv.json");
        run = child("-Xmx256m", small, zeros(possible), "--backend", "cuda", "--device", "emulated", "--json", json.toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        JsonNode memory = Json.read(json).get("memory");
        assertThat(memory.get("heap_bytes").asLong() + memory.get("backend_peak_bytes").asLong())
                .isEqualTo(memory.get("stated_bytes").asLong());
        Files.delete(folder.resolve("out.npy"));
        assertThat(possible(child("-Xmx256m", small, zeros(possible + 1), device))).isEqualTo(possible);
    }

    @Test
    void whatIsReadIsNotOverwrittenByMistake() throws IOException {
        Path noisy = array("noisy.npy", 1, false, 0.1);
        Path truth = array("truth.npy", 1, false, 0);
        Path out = folder.resolve("out.npy");
        byte[] before = Files.readAllBytes(noisy);
        refused(tv(noisy, "--lambda", "1", "--out", out, "--json", noisy), "noisy.npy: is given as IN and as --json");
        refused(tv(noisy, "--lambda", "1", "--out", out, "--sheet", noisy), "noisy.npy: is given as IN and as --sheet");
        refused(tv(noisy, "--lambda", "1", "--out", truth, "--truth", truth), "truth.npy: is given as --truth and as --out");
        refused(tv(noisy, "--lambda", "1", "--out", out, "--truth", truth, "--sheet", truth), "--truth and as --sheet");
        refused(tv(noisy, "--lambda", "1", "--out", out, "--truth", truth, "--json", truth), "--truth and as --json");
        refused(tv("", "--lambda", "1", "--out", out), "bitlift: '': is not a regular file");
        assertThat(Files.readAllBytes(noisy)).isEqualTo(before);
        assertThat(tv(noisy, "--lambda", "1", "--out", noisy).code()).as("in place").isZero();
    }

    @Test
    void twoResultsInOneFileAreRefused() throws IOException {
        Path noisy = array("noisy.npy", 1, false, 0.1);
        Path out = folder.resolve("out.npy");
        CommandLineRun run = CommandLineRun.of(
                "tv", noisy.toString(), "--lambda", "0.1", "--out", out.toString(), "--json", out.toString());
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.err()).contains("--out and as --json").hasLineCount(1);
        assertThat(out).doesNotExist();
    }
}

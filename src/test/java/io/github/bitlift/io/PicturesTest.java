package io.github.bitlift.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.bitlift.data.DataSet;
import io.github.bitlift.data.Split;
import io.github.bitlift.io.ImageSheet.Column;
import io.github.bitlift.io.ImageSheet.Tile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PicturesTest {

    @TempDir
    Path folder;

    private static BufferedImage open(Path file) throws IOException {
        return ImageIO.read(file.toFile());
    }

    private static ImageSheet sheet() {
        DataSet digits = DataSet.load(
                Path.of(System.getProperty("bitlift.home", ""), "validation", "data", "mnist5k"), Split.TEST, 4);
        Random random = new Random(1);
        ImageSheet sheet = new ImageSheet("Denoising, σ = 0.15: MNIST validation images", 28, 28, 0.5f, List.of(
                Column.grey("input"), Column.grey("target"), Column.grey("lifted"), Column.grey("back-propagation"),
                Column.error("error: lifted"), Column.error("error: back-propagation")));
        for (int i = 0; i < 4; i++) {
            float[] target = Arrays.copyOfRange(digits.images(), i * 784, (i + 1) * 784);
            float[][] noisy = new float[3][784];
            float[][] error = new float[3][784];
            for (int k = 0; k < 3; k++) {
                for (int p = 0; p < 784; p++) {
                    error[k][p] = (float) random.nextGaussian() * (k == 0 ? 0.15f : 0.04f * (k + target[p] * 3));
                    noisy[k][p] = target[p] + error[k][p];
                }
            }
            sheet.row(new Tile(noisy[0], "16.5 dB"), new Tile(target, ""), new Tile(noisy[1], "19.2 dB"),
                    new Tile(noisy[2], "18.4 dB"), new Tile(error[1], ""), new Tile(error[2], ""));
        }
        return sheet;
    }

    private static List<Curves.Panel> panels() {
        double[] steps = IntStream.rangeClosed(0, 200).mapToDouble(i -> i).toArray();
        double[] objective = Arrays.stream(steps).map(t -> 45 * Math.exp(-t / 60) + 3.2).toArray();
        double[] train = Arrays.stream(steps).map(t -> 20.4 - 9 * Math.exp(-t / 40)).toArray();
        double[] validation = Arrays.stream(steps).map(t -> 19.1 - 8.5 * Math.exp(-t / 35)).toArray();
        return List.of(
                new Curves.Panel("Objective", "step", "objective per image", true,
                        List.of(Curves.Series.line("lifted", steps, objective))),
                new Curves.Panel("Restoration", "step", "PSNR (dB)", false, List.of(
                        Curves.Series.line("train", steps, train), Curves.Series.line("validation", steps, validation),
                        Curves.Series.level("degraded input", 0, 200, 16.5))));
    }

    @Test
    void sheetsShowEveryPixelFourfold() throws IOException {
        float[] pixels = new float[784];
        pixels[0] = 1;
        pixels[27 * 28 + 3] = 0.5f;
        new ImageSheet("", 28, 28, 1, List.of(Column.grey("a"))).row(new Tile(pixels, ""))
                .write(folder.resolve("s.png"));
        BufferedImage image = open(folder.resolve("s.png"));
        int top = 24 + 15 + 4;
        assertThat(image.getWidth()).isEqualTo(24 + 112 + 24);
        assertThat(image.getHeight()).isEqualTo(top + 112 + 24);
        assertThat(image.getRGB(24, top)).isEqualTo(0xffffffff);
        assertThat(image.getRGB(27, top + 3)).isEqualTo(0xffffffff);
        assertThat(image.getRGB(28, top)).isEqualTo(0xff000000);
        assertThat(image.getRGB(24 + 15, top + 111)).isEqualTo(0xff808080);
        assertThat(image.getRGB(24 + 16, top + 111)).isEqualTo(0xff000000);
    }

    @Test
    void sheetsAreDeterministicAndHaveErrorColours() throws IOException {
        sheet().write(folder.resolve("a.png"));
        sheet().write(folder.resolve("b.png"));
        assertThat(folder.resolve("a.png")).hasSameBinaryContentAs(folder.resolve("b.png"));
        BufferedImage image = open(folder.resolve("a.png"));
        long coloured = IntStream.range(0, image.getWidth() * image.getHeight())
                .map(i -> image.getRGB(i % image.getWidth(), i / image.getWidth()))
                .filter(rgb -> Math.abs((rgb >> 16 & 255) - (rgb & 255)) > 60).count();
        assertThat(coloured).isGreaterThan(1_000);
    }

    @Test
    void sheetsRefuseWhatDoesNotFit() {
        ImageSheet sheet = new ImageSheet("t", 2, 2, 1, List.of(Column.grey("a")));
        assertThatThrownBy(() -> sheet.row()).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0 tiles for 1 columns");
        assertThatThrownBy(() -> sheet.row(new Tile(new float[3], "")))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("3 pixels; expected 4");
        assertThatThrownBy(() -> new ImageSheet("t", 2, 2, Float.NaN, List.of(Column.grey("a"))))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("NaN");
        Refusal.of(folder, () -> sheet.write(folder.resolve("none/s.png")), "does not exist");
    }

    @Test
    void theColourMapRisesInLightness() {
        assertThat(ColorMap.rgb(0)).isZero();
        assertThat(ColorMap.rgb(1)).isEqualTo(0xffffff);
        assertThat(ColorMap.rgb(Double.NaN)).isZero();
        assertThat(ColorMap.rgb(7)).isEqualTo(0xffffff);
        double before = -1;
        for (int i = 0; i <= 64; i++) {
            int rgb = ColorMap.rgb(i / 64.0);
            double luminance = 0.2126 * linear(rgb >> 16) + 0.7152 * linear(rgb >> 8) + 0.0722 * linear(rgb);
            assertThat(luminance).isGreaterThan(before);
            before = luminance;
        }
    }

    private static double linear(int channel) {
        return Math.pow((channel & 255) / 255d, 2.2);
    }

    @Test
    void curvesAreDrawn() throws IOException {
        Curves.write(folder.resolve("curves.png"), panels());
        BufferedImage image = open(folder.resolve("curves.png"));
        assertThat(image.getWidth()).isEqualTo(2 * 640);
        assertThat(image.getHeight()).isEqualTo(400);
        long blue = IntStream.range(0, image.getWidth() * image.getHeight())
                .filter(i -> (image.getRGB(i % image.getWidth(), i / image.getWidth()) & 0xffffff) == 0x0072b2).count();
        assertThat(blue).isGreaterThan(500);
    }

    @Test
    void curvesSurviveOddData() {
        double nan = Double.NaN;
        List<Curves.Series> odd = List.of(
                Curves.Series.line("nothing", new double[0], new double[0]),
                Curves.Series.line("one point", new double[] {0}, new double[] {3}),
                Curves.Series.level("level", 0, 0, 3),
                Curves.Series.line("gaps", new double[] {0, 1, 2, 3}, new double[] {-1, nan, 0, 1e-30}),
                Curves.Series.line("never", new double[] {0, 1}, new double[] {nan, Double.POSITIVE_INFINITY}));
        for (Curves.Series series : odd) {
            for (boolean logarithmic : new boolean[] {false, true}) {
                Path file = folder.resolve("odd.png");
                Curves.write(file, List.of(new Curves.Panel("t", "x", "y", logarithmic, List.of(series))));
                assertThat(file).isNotEmptyFile();
            }
        }
        assertThatThrownBy(() -> Curves.write(folder.resolve("x.png"), List.of()))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("no panels");
        assertThatThrownBy(() -> Curves.Series.line("s", new double[1], new double[2]))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("1 x for 2 y");
    }

    /** {@code -Dbitlift.pictures=FOLDER} keeps them, for whoever changes how they look. */
    @Test
    void picturesCanBeKeptForLooking() throws IOException {
        String keep = System.getProperty("bitlift.pictures", folder.toString());
        Path place = Files.createDirectories(Path.of(keep));
        sheet().write(place.resolve("samples.png"));
        Curves.write(place.resolve("curves.png"), panels());
        assertThat(place.resolve("samples.png")).isNotEmptyFile();
        assertThat(place.resolve("curves.png")).isNotEmptyFile();
    }
}

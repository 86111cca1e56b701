package io.github.bitlift.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PngTest {

    @TempDir
    Path folder;

    private Path drawn(int type, String format, int... argb) throws IOException {
        BufferedImage image = new BufferedImage(argb.length, 1, type);
        for (int x = 0; x < argb.length; x++) {
            image.setRGB(x, 0, argb[x]);
        }
        Path file = folder.resolve("drawn." + format);
        assertThat(ImageIO.write(image, format, file.toFile())).isTrue();
        return file;
    }

    @Test
    void allGreyLevelsComeBack() {
        float[] pixels = new float[256];
        for (int i = 0; i < 256; i++) {
            pixels[i] = i / 255f;
        }
        Path file = folder.resolve("grey.png");
        Png.write(file, new GreyImage(32, 8, pixels));
        GreyImage read = Png.read(file);
        assertThat(read.width()).isEqualTo(32);
        assertThat(read.height()).isEqualTo(8);
        assertThat(read.pixels()).containsExactly(pixels);
    }

    @Test
    void valuesOutsideAreClamped() {
        Path file = folder.resolve("grey.png");
        Png.write(file, new GreyImage(7, 1, new float[] {-1, 2, Float.NaN, Float.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY, 0.5f, 0.499f}));
        assertThat(Png.read(file).pixels()).containsExactly(0, 1, 0, 1, 0, 128 / 255f, 127 / 255f);
    }

    @ParameterizedTest
    @ValueSource(ints = {BufferedImage.TYPE_INT_RGB, BufferedImage.TYPE_3BYTE_BGR, BufferedImage.TYPE_INT_ARGB})
    void coloursBecomeTheirLuma(int type) throws IOException {
        Path file = drawn(type, "png", 0xffff0000, 0xff00ff00, 0xff0000ff, 0xff4d4d4d);
        assertThat(Png.read(file).pixels()).containsExactly(0.2126f, 0.7152f, 0.0722f, 0x4d / 255f);
    }

    @Test
    void transparencyLiesOnBlack() throws IOException {
        Path file = drawn(BufferedImage.TYPE_INT_ARGB, "png", 0x00ffffff, 0x33ffffff);
        assertThat(Png.read(file).pixels()).containsExactly(0, 0.2f);
    }

    @Test
    void palettesAndSixteenBitsAreRead() throws IOException {
        Path palette = drawn(BufferedImage.TYPE_BYTE_BINARY, "png", 0xff000000, 0xffffffff);
        assertThat(Png.read(palette).pixels()).containsExactly(0, 1);
        BufferedImage deep = new BufferedImage(2, 1, BufferedImage.TYPE_USHORT_GRAY);
        deep.getRaster().setSample(1, 0, 0, 257);
        ImageIO.write(deep, "png", folder.resolve("deep.png").toFile());
        assertThat(Png.read(folder.resolve("deep.png")).pixels()).containsExactly(0, (float) (257 / 65535d));
    }

    @Test
    void jpegIsRead() throws IOException {
        Path file = drawn(BufferedImage.TYPE_INT_RGB, "jpg", 0xff808080, 0xff808080, 0xff808080);
        for (float pixel : Png.read(file).pixels()) {
            assertThat(pixel).isBetween(0.48f, 0.52f);
        }
    }

    @Test
    void otherFilesAreRefused() throws IOException {
        Path text = Files.writeString(folder.resolve("a.png"), "not a picture");
        Refusal.of(folder, () -> Png.read(text), "a.png", "expected a PNG or JPEG picture");
        Path gif = drawn(BufferedImage.TYPE_INT_RGB, "gif", 0);
        Refusal.of(folder, () -> Png.read(gif), "drawn.gif", "expected a PNG or JPEG picture");
        Refusal.of(folder, () -> Png.read(folder.resolve("none.png")), "no such file");
        Refusal.of(folder, () -> Png.read(folder), "is not a regular file");
    }

    @Test
    void damagedPicturesAreRefused() throws IOException {
        Path file = folder.resolve("grey.png");
        Png.write(file, new GreyImage(40, 40, new float[1600]));
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < 40; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            Refusal.of(folder, () -> Png.read(file), "grey.png: ");
        }
        byte[] huge = whole.clone();
        huge[16] = 0x7f;
        Files.write(file, huge);
        Refusal.of(folder, () -> Png.read(file), "grey.png: ");
        huge[16] = 0;
        huge[17] = 0x10;
        huge[21] = 0x10;
        Files.write(file, huge);
        Refusal.of(folder, () -> Png.read(file), "grey.png: ");
    }
}

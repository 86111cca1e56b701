package io.github.bitlift.io;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Reads PNG and JPEG pictures as greyscale and writes greyscale PNGs.
 *
 * <p>A colour becomes its luma, 0.2126 R + 0.7152 G + 0.0722 B, computed on the stored sRGB values (no gamma is undone:
 * networks are trained on stored values too); a grey of 8 bits becomes exactly value / 255f. Transparency is laid over
 * black, the background of MNIST.
 */
public final class Png {

    private static final long MOST_PIXELS = 1L << 26;
    private static final Set<String> FORMATS = Set.of("png", "jpeg");

    private Png() {
    }

    /**
     * Reads a picture of up to 2^26 pixels.
     *
     * @return pixels in [0, 1]
     * @throws InputException if it is no PNG or JPEG, damaged or too large
     */
    public static GreyImage read(Path path) {
        return grey(open(path));
    }

    private static BufferedImage open(Path path) {
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw InputException.in(path, "is not a regular file", "a PNG or JPEG picture");
        }
        try {
            Files.newInputStream(path).close(); // its reasons are clearer than those of the image library
            try (ImageInputStream in = new FileImageInputStream(path.toFile())) {
                return decode(path, in);
            }
        } catch (IOException problem) {
            throw InputException.unreadable(path, problem);
        }
    }

    /**
     * A grey picture and how finely it is stored.
     *
     * @param image pixels in [0, 1]
     * @param bits  per sample, 16 if the file has 16, else 8
     */
    public record Grey(GreyImage image, int bits) {
    }

    /**
     * Reads a grey picture of up to 2^26 pixels. One stored in colours is grey if red, green and blue are the same everywhere.
     *
     * @throws InputException if it is no PNG or JPEG, damaged, too large or coloured
     */
    public static Grey readGrey(Path path) {
        BufferedImage image = open(path);
        for (int i = 0; i < image.getWidth() * image.getHeight(); i++) {
            int x = i % image.getWidth();
            int y = i / image.getWidth();
            if (isColoured(image, x, y)) {
                throw InputException.in(path, "has colours (pixel in row " + y + ", column " + x + ")", "a grey picture");
            }
        }
        return new Grey(grey(image), image.getColorModel().getComponentSize(0) == 16 ? 16 : 8);
    }

    private static boolean isColoured(BufferedImage image, int x, int y) {
        if (image.getColorModel() instanceof ComponentColorModel model) {
            WritableRaster raster = image.getRaster();
            return model.getNumColorComponents() == 3
                    && (raster.getSample(x, y, 0) != raster.getSample(x, y, 1)
                            || raster.getSample(x, y, 1) != raster.getSample(x, y, 2));
        }
        int colour = image.getRGB(x, y);
        return (colour >> 16 & 255) != (colour >> 8 & 255) || (colour >> 8 & 255) != (colour & 255);
    }

    /** Writes 16-bit greyscale: pixels clamped to [0, 1], times 65,535, rounded to the nearest; NaN becomes black. */
    public static void write16(Path path, GreyImage image) {
        BufferedImage target = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_USHORT_GRAY);
        WritableRaster raster = target.getRaster();
        for (int i = 0; i < image.pixels().length; i++) {
            float pixel = image.pixels()[i];
            raster.setSample(i % image.width(), i / image.width(), 0, pixel > 0 ? Math.round(Math.min(pixel, 1f) * 65535f) : 0);
        }
        write(path, target);
    }

    /** Writes 8-bit greyscale: pixels clamped to [0, 1], times 255, rounded to the nearest; NaN becomes black. */
    public static void write(Path path, GreyImage image) {
        BufferedImage target = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_BYTE_GRAY);
        WritableRaster raster = target.getRaster();
        for (int i = 0; i < image.pixels().length; i++) {
            raster.setSample(i % image.width(), i / image.width(), 0, level(image.pixels()[i]));
        }
        write(path, target);
    }

    /** Writes any picture as a PNG. */
    static void write(Path path, BufferedImage image) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            ImageIO.write(image, "png", out);
        } catch (IOException problem) {
            throw new SystemFault("a picture could not be encoded: " + problem.getMessage(), problem);
        }
        AtomicFile.write(path, bytes::writeTo);
    }

    /** The stored level, 0 to 255, of a pixel. */
    static int level(float pixel) {
        return pixel > 0 ? Math.round(Math.min(pixel, 1f) * 255f) : 0;
    }

    private static BufferedImage decode(Path path, ImageInputStream in) throws IOException {
        Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
        ImageReader reader = readers.hasNext() ? readers.next() : null;
        if (reader == null || !FORMATS.contains(reader.getFormatName().toLowerCase(Locale.ROOT))) {
            throw InputException.in(path, "is not a picture that can be read", "a PNG or JPEG picture");
        }
        try {
            reader.setInput(in, true, true);
            long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
            if (pixels > MOST_PIXELS) {
                throw InputException.in(path, reader.getWidth(0) + " x " + reader.getHeight(0) + " pixels",
                        "at most " + MOST_PIXELS + " pixels");
            }
            return reader.read(0);
        } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException problem) {
            throw InputException.in(path, "damaged or unsupported picture (" + problem.getMessage() + ")",
                    "an intact PNG or JPEG picture");
        } finally {
            reader.dispose();
        }
    }

    private static GreyImage grey(BufferedImage image) {
        int width = image.getWidth();
        float[] pixels = new float[width * image.getHeight()];
        ColorModel model = image.getColorModel();
        int space = model.getColorSpace().getType();
        boolean direct = model instanceof ComponentColorModel
                && (space == ColorSpace.TYPE_GRAY || space == ColorSpace.TYPE_RGB);
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = direct ? sampled(image, i % width, i / width) : mixed(image.getRGB(i % width, i / width));
        }
        return new GreyImage(width, image.getHeight(), pixels);
    }

    /** From the stored samples: the library's own conversion would change the values of grey pictures. */
    private static float sampled(BufferedImage image, int x, int y) {
        ColorModel model = image.getColorModel();
        double range = (1L << model.getComponentSize(0)) - 1;
        double value = image.getRaster().getSampleDouble(x, y, 0);
        int colours = model.getNumColorComponents();
        if (colours == 3) {
            value = luma(value, image.getRaster().getSampleDouble(x, y, 1), image.getRaster().getSampleDouble(x, y, 2));
        }
        double opacity = model.hasAlpha() ? image.getRaster().getSampleDouble(x, y, colours) / range : 1;
        return (float) (value / range * opacity);
    }

    private static float mixed(int argb) {
        return (float) (luma(argb >> 16 & 255, argb >> 8 & 255, argb & 255) / 255 * ((argb >>> 24) / 255d));
    }

    /** Whole weights, so that red = green = blue gives that very value. */
    private static double luma(double red, double green, double blue) {
        return (2126 * red + 7152 * green + 722 * blue) / 10_000;
    }
}

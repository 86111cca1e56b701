package io.github.bitlift.cli;

import io.github.bitlift.io.FloatImages;
import io.github.bitlift.io.GreyImage;
import io.github.bitlift.io.InputException;
import io.github.bitlift.io.Npy;
import io.github.bitlift.io.Png;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Images to denoise and where they come from: a picture, scaled to [0, 1], or an {@code .npy} file, taken as it is.
 *
 * @param bits per sample of a picture; 0 for an {@code .npy} file
 */
record TvImages(Path path, FloatImages images, int bits) {

    static TvImages read(Path path) {
        if (isArray(path)) {
            return new TvImages(path, Npy.readImages(path), 0);
        }
        Png.Grey picture = Png.readGrey(path);
        GreyImage image = picture.image();
        return new TvImages(path, new FloatImages(1, image.height(), image.width(), true, image.pixels()), picture.bits());
    }

    /** Whether a file's name says that it is an array, not a picture. */
    static boolean isArray(Path path) {
        return path.toString().endsWith(".npy");
    }

    /** Refuses a name for the result that doesn't say what it will be. */
    void requireSameKind(Path out) {
        String suffix = bits == 0 ? ".npy" : ".png";
        if (!out.toString().endsWith(suffix)) {
            throw InputException.in(out, "is to hold what comes of " + path, "a name that ends in " + suffix);
        }
    }

    /** Refuses a truth of another shape. */
    void requireSameSize(TvImages truth) {
        if (truth.images.count() != images.count() || truth.images.height() != images.height()
                || truth.images.width() != images.width()) {
            throw InputException.in(truth.path, truth.shape(), shape() + " as in " + path);
        }
    }

    /** The number of images and their size. */
    String shape() {
        return (images.count() == 1 ? "one image" : images.count() + " images") + " of " + images.height() + " x "
                + images.width();
    }

    /** Some of the images, one after the other. */
    float[] part(int first, int count) {
        return Arrays.copyOfRange(images.values(), first * images.pixels(), (first + count) * images.pixels());
    }

    /** Writes other values in this kind and shape. */
    void write(Path out, float[] values) {
        if (bits == 0) {
            Npy.write(out, new FloatImages(images.count(), images.height(), images.width(), images.single(), values));
        } else if (bits == 16) {
            Png.write16(out, new GreyImage(images.width(), images.height(), values));
        } else {
            Png.write(out, new GreyImage(images.width(), images.height(), values));
        }
    }
}

package io.github.bitlift.io;

/**
 * A greyscale picture.
 *
 * @param width  in pixels
 * @param height in pixels
 * @param pixels {@code [height, width]}, row-major, 0 for black, 1 for white; not copied
 */
public record GreyImage(int width, int height, float[] pixels) {

    public GreyImage {
        if (width < 1 || height < 1 || (long) width * height != pixels.length) {
            throw new IllegalArgumentException(
                    width + " x " + height + " does not describe " + pixels.length + " pixels");
        }
    }
}

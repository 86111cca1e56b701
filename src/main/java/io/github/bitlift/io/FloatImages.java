package io.github.bitlift.io;

/**
 * Images of one size.
 *
 * @param count  how many, at least 1
 * @param height in pixels
 * @param width  in pixels
 * @param single whether it is one image {@code [height, width]} rather than an array of them
 * @param values {@code [count, height, width]}, row-major; not copied
 */
public record FloatImages(int count, int height, int width, boolean single, float[] values) {

    public FloatImages {
        if (count < 1 || height < 1 || width < 1 || single && count != 1
                || (double) count * height * width != values.length) {
            throw new IllegalArgumentException(
                    "[" + count + ", " + height + ", " + width + "] does not describe " + values.length + " values");
        }
    }

    /** Height times width. */
    public int pixels() {
        return height * width;
    }
}

package io.github.bitlift.cli;

import io.github.bitlift.io.GreyImage;

/** Brings a picture to another size: each new pixel is the mean of the area that it covers. */
final class Resampling {
    private Resampling() {}

    /** The picture at a new size; its proportions may change. */
    static GreyImage resize(GreyImage image, int width, int height) {
        double[] rows = new double[image.width() * height];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < image.width(); x++) {
                int column = x;
                rows[y * image.width() + x] =
                        mean(y, height, image.height(), i -> image.pixels()[i * image.width() + column]);
            }
        }
        float[] pixels = new float[width * height];
        for (int y = 0; y < height; y++) {
            int row = y * image.width();
            for (int x = 0; x < width; x++) {
                pixels[y * width + x] = (float) mean(x, width, image.width(), i -> rows[row + i]);
            }
        }
        return new GreyImage(width, height, pixels);
    }

    private interface Line {
        double at(int index);
    }

    /** The mean of a line of {@code from} numbers over the part that number {@code index} of {@code to} covers. */
    private static double mean(int index, int to, int from, Line line) {
        double start = (double) index * from / to;
        double end = (double) (index + 1) * from / to;
        double sum = 0;
        for (int i = (int) start; i < end && i < from; i++) {
            sum += line.at(i) * (Math.min(end, i + 1) - Math.max(start, i));
        }
        return sum / (end - start);
    }
}

package io.github.bitlift.io;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** {@code samples.png}: inputs, targets, restorations and error maps of the first few pictures of a set. */
public final class SampleSheet {
    /** Pictures on a sheet. */
    public static final int MOST = 8;
    private static final float ERROR_RANGE = 0.5f;

    /**
     * What a method makes of the pictures.
     *
     * @param name of the method
     * @param pixels {@code [count, rows·columns]}, at least as many pictures as are shown
     */
    public record Restoration(String name, float[] pixels) {}

    private SampleSheet() {}

    /**
     * The pictures that are shown.
     *
     * @param inputs {@code [count, rows·columns]}
     * @param targets {@code [count, rows·columns]}
     * @param count at most {@link #MOST} of them are shown
     * @param rows height in pixels
     * @param columns width in pixels
     */
    public record Pictures(float[] inputs, float[] targets, int count, int rows, int columns) {}

    /** Writes a sheet; captions give each picture's PSNR, where it isn't the target itself. */
    public static void write(Path path, String title, Pictures pictures, List<Restoration> restorations) {
        List<ImageSheet.Column> headings = new ArrayList<>();
        headings.add(ImageSheet.Column.grey("input"));
        headings.add(ImageSheet.Column.grey("target"));
        restorations.forEach(restoration -> headings.add(ImageSheet.Column.grey(restoration.name)));
        restorations.forEach(restoration -> headings.add(ImageSheet.Column.error("error: " + restoration.name)));
        ImageSheet sheet = new ImageSheet(title, pictures.columns, pictures.rows, ERROR_RANGE, headings);
        for (int i = 0; i < Math.min(MOST, pictures.count); i++) {
            sheet.row(row(pictures, i, restorations));
        }
        sheet.write(path);
    }

    private static ImageSheet.Tile[] row(Pictures pictures, int index, List<Restoration> restorations) {
        int size = pictures.rows * pictures.columns;
        float[] target = cut(pictures.targets, index, size);
        List<ImageSheet.Tile> tiles = new ArrayList<>();
        tiles.add(judged(cut(pictures.inputs, index, size), target));
        tiles.add(new ImageSheet.Tile(target, ""));
        for (Restoration restoration : restorations) {
            tiles.add(judged(cut(restoration.pixels, index, size), target));
        }
        for (Restoration restoration : restorations) {
            tiles.add(new ImageSheet.Tile(difference(cut(restoration.pixels, index, size), target), ""));
        }
        return tiles.toArray(ImageSheet.Tile[]::new);
    }

    private static ImageSheet.Tile judged(float[] pixels, float[] target) {
        double psnr = Psnr.of(Psnr.mse(pixels, target));
        return new ImageSheet.Tile(pixels, Double.isInfinite(psnr) ? "" : String.format(Locale.ROOT, "%.1f dB", psnr));
    }

    private static float[] cut(float[] all, int index, int size) {
        return Arrays.copyOfRange(all, index * size, (index + 1) * size);
    }

    private static float[] difference(float[] pixels, float[] target) {
        float[] difference = new float[pixels.length];
        for (int i = 0; i < pixels.length; i++) {
            difference[i] = pixels[i] - target[i];
        }
        return difference;
    }
}

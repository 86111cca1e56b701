package io.github.bitlift.cli;

import io.github.bitlift.io.ImageSheet;
import io.github.bitlift.solver.Pairs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** {@code samples.png}: inputs, targets, restorations and error maps of the first few pictures of a set. */
final class SampleSheet {
    /** Pictures on a sheet. */
    static final int MOST = 8;
    private static final float ERROR_RANGE = 0.5f;

    /**
     * What a method makes of the pictures.
     *
     * @param name of the method
     * @param pixels {@code [count, rows·columns]}, at least as many pictures as are shown
     */
    record Restoration(String name, float[] pixels) {}

    private SampleSheet() {}

    /** Writes a sheet; captions give each picture's PSNR. */
    static void write(
            Path path, String title, Pairs pairs, int rows, int columns, List<Restoration> restorations) {
        List<ImageSheet.Column> headings = new ArrayList<>();
        headings.add(ImageSheet.Column.grey("input"));
        headings.add(ImageSheet.Column.grey("target"));
        restorations.forEach(restoration -> headings.add(ImageSheet.Column.grey(restoration.name)));
        restorations.forEach(restoration -> headings.add(ImageSheet.Column.error("error: " + restoration.name)));
        ImageSheet sheet = new ImageSheet(title, columns, rows, ERROR_RANGE, headings);
        for (int i = 0; i < Math.min(MOST, pairs.count()); i++) {
            sheet.row(row(pairs, i, restorations));
        }
        sheet.write(path);
    }

    private static ImageSheet.Tile[] row(Pairs pairs, int index, List<Restoration> restorations) {
        int size = pairs.targetWidth();
        float[] target = cut(pairs.targets(), index, size);
        List<ImageSheet.Tile> tiles = new ArrayList<>();
        tiles.add(judged(cut(pairs.inputs(), index, size), target));
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
        return new ImageSheet.Tile(
                pixels, String.format(Locale.ROOT, "%.1f dB", Psnr.of(Psnr.mse(pixels, target))));
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

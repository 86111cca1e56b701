package io.github.bitlift.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.bitlift.inversion.Inversion.Recovered;
import io.github.bitlift.inversion.Inversion.Stop;
import io.github.bitlift.inversion.ImageVariation;
import io.github.bitlift.io.FloatTable;
import io.github.bitlift.io.GreyImage;
import io.github.bitlift.io.ImageSheet;
import io.github.bitlift.io.InputException;
import io.github.bitlift.io.Npy;
import io.github.bitlift.io.Png;
import io.github.bitlift.io.Psnr;
import io.github.bitlift.numerics.Digest;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What {@code bitlift invert} found.
 *
 * @param names one per image
 * @param truth {@code [images, pixels]}, or null
 * @param decoded what the model's own decoder makes of the same codes, or null
 * @param found one per image
 */
record InvertResults(List<String> names, float[] truth, float[] decoded, List<Recovered> found) {
    private static final int MOST_ON_SHEET = 16;
    private static final String TABLE = "inverted.npy";
    private static final String SHEET = "sheet.png";
    /** The files that a folder gets: a picture per image, the table and the sheet. */
    static List<Path> paths(Path out, List<String> names) {
        List<Path> paths = new ArrayList<>(names.stream().map(name -> picture(out, name)).toList());
        paths.add(out.resolve(TABLE));
        paths.add(out.resolve(SHEET));
        return paths;
    }

    boolean diverged() {
        return found.stream().anyMatch(each -> each.stop() == Stop.DIVERGED);
    }

    /** Pictures, a table and a sheet. */
    void write(Path out, ImageVariation shape) {
        try {
            Files.createDirectories(out);
        } catch (IOException problem) {
            throw InputException.unwritable(out, problem);
        }
        for (int i = 0; i < found.size(); i++) {
            Png.write(picture(out, names.get(i)), new GreyImage(shape.width(), shape.height(), found.get(i).x()));
        }
        Npy.write(out.resolve(TABLE), new FloatTable(found.size(), shape.pixels(), all()));
        sheet(shape).write(out.resolve(SHEET));
    }

    private float[] all() {
        int pixels = found.get(0).x().length;
        float[] all = new float[found.size() * pixels];
        for (int i = 0; i < found.size(); i++) {
            System.arraycopy(found.get(i).x(), 0, all, i * pixels, pixels);
        }
        return all;
    }

    private static Path picture(Path out, String name) {
        return out.resolve(name + "-inverted.png");
    }

    private ImageSheet sheet(ImageVariation shape) {
        List<ImageSheet.Column> columns = new ArrayList<>();
        if (truth != null) {
            columns.add(ImageSheet.Column.grey("truth"));
        }
        if (decoded != null) {
            columns.add(ImageSheet.Column.grey("decoder"));
        }
        columns.add(ImageSheet.Column.grey("inversion"));
        ImageSheet sheet = new ImageSheet("Inverted", shape.width(), shape.height(), 1, columns);
        for (int i = 0; i < Math.min(MOST_ON_SHEET, found.size()); i++) {
            List<ImageSheet.Tile> tiles = new ArrayList<>();
            if (truth != null) {
                tiles.add(new ImageSheet.Tile(own(truth, i), ""));
            }
            if (decoded != null) {
                tiles.add(new ImageSheet.Tile(own(decoded, i), text(psnr(own(decoded, i), i))));
            }
            tiles.add(new ImageSheet.Tile(found.get(i).x(), text(psnr(found.get(i).x(), i))));
            sheet.row(tiles.toArray(ImageSheet.Tile[]::new));
        }
        return sheet;
    }

    private float[] own(float[] all, int i) {
        int pixels = all.length / found.size();
        return Arrays.copyOfRange(all, i * pixels, (i + 1) * pixels);
    }

    /** NaN where no truth is known. */
    private double psnr(float[] x, int i) {
        return truth == null ? Double.NaN : Psnr.of(Psnr.mse(x, own(truth, i)));
    }

    private static String text(double psnr) {
        return Double.isNaN(psnr) ? "" : String.format(Locale.ROOT, "%.2f dB", psnr);
    }

    /** A line per image, and the same as JSON. */
    void report(PrintWriter to, ObjectNode report, Path out) {
        report.put("out", out.toString()).put("digest", Digest.of(all()));
        for (int i = 0; i < found.size(); i++) {
            Recovered each = found.get(i);
            String stop = each.stop().name().toLowerCase(Locale.ROOT);
            double psnr = psnr(each.x(), i);
            double decoder = decoded == null ? Double.NaN : psnr(own(decoded, i), i);
            to.println(String.format(Locale.ROOT, "%s: objective %.6g, TV %.6g, %d iterations (%s)%s%s", picture(out, names.get(i)),
                    each.objective(), each.tv(), each.iterations(), stop,
                    Double.isNaN(psnr) ? "" : ", " + text(psnr), Double.isNaN(decoder) ? "" : ", decoder " + text(decoder)));
            ObjectNode entry = report.withArray("images").addObject();
            entry.put("image", names.get(i)).put("inverted", picture(out, names.get(i)).toString())
                    .put("iterations", each.iterations()).put("stop", stop);
            entry.set("objective", Json.number(each.objective()));
            entry.set("tv", Json.number(each.tv()));
            entry.set("penalties", Json.numbers(each.penalties()));
            entry.set("psnr", Json.number(psnr));
            entry.set("psnr_decoder", Json.number(decoder));
        }
    }
}

package io.github.bitlift.io;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A labelled sheet of small pictures: one row per sample, one column per kind of picture, such as input, target and
 * restorations in grey, and error maps in colour with a colour bar.
 *
 * <pre>{@code
 * new ImageSheet("Denoising, MNIST validation images", 28, 28, 0.5f, List.of(
 *         ImageSheet.Column.grey("input"), ImageSheet.Column.error("error: lifted")))
 *     .row(new ImageSheet.Tile(noisy, "16.5 dB"), new ImageSheet.Tile(difference, ""))
 *     .write(Path.of("samples.png"));
 * }</pre>
 */
public final class ImageSheet {

    private static final int MARGIN = 24;
    private static final int GAP = 10;
    private static final int LINE = 15;
    private static final int GROUP_GAP = 26;
    private static final int TITLE_HEIGHT = 30;
    private static final int BAR = 12;
    private static final int BAR_SPACE = 70;
    private static final int SMALL_TILE = 112;
    private static final int LETTER = 7; // a generous average width, so that lines break alike whatever the typeface
    private static final Color FRAME = new Color(0xd0d7de);

    /**
     * A column of pictures.
     *
     * @param caption above the column; broken into lines where it is wider than a tile
     * @param error   whether its pictures are error maps
     */
    public record Column(String caption, boolean error) {

        /** Grey pictures: 0 is black, 1 is white. */
        public static Column grey(String caption) {
            return new Column(caption, false);
        }

        /** Error maps: magnitudes in colour. */
        public static Column error(String caption) {
            return new Column(caption, true);
        }
    }

    /**
     * A picture in its place.
     *
     * @param pixels  {@code [height, width]}; of an error its magnitude is shown
     * @param caption below the picture, such as its PSNR in dB; may be empty
     */
    public record Tile(float[] pixels, String caption) {
    }

    private final String title;
    private final int width;
    private final int height;
    private final float errorRange;
    private final int scale;
    private final List<Column> columns;
    private final List<List<Tile>> rows = new ArrayList<>();

    /**
     * An empty sheet.
     *
     * @param title      above everything; may be empty
     * @param width      of every picture in pixels; small pictures are enlarged by a whole factor to 112 or less
     * @param height     of every picture in pixels
     * @param errorRange the magnitude at the top of the colour map, above 0; larger errors get the same colour
     * @param columns    from left to right
     */
    public ImageSheet(String title, int width, int height, float errorRange, List<Column> columns) {
        if (width < 1 || height < 1 || columns.isEmpty() || !(errorRange > 0)) {
            throw new IllegalArgumentException(columns.size() + " columns of " + width + " x " + height
                    + " pixels, errors up to " + errorRange);
        }
        this.title = title;
        this.width = width;
        this.height = height;
        this.errorRange = errorRange;
        this.scale = Math.max(1, SMALL_TILE / Math.max(width, height));
        this.columns = List.copyOf(columns);
    }

    /** Adds a row: one tile per column. */
    public ImageSheet row(Tile... tiles) {
        if (tiles.length != columns.size()) {
            throw new IllegalArgumentException(tiles.length + " tiles for " + columns.size() + " columns");
        }
        for (Tile tile : tiles) {
            if (tile.pixels.length != width * height) {
                throw new IllegalArgumentException(tile.pixels.length + " pixels; expected " + width * height);
            }
        }
        rows.add(List.of(tiles));
        return this;
    }

    /** Writes the sheet as a PNG. */
    public void write(Path path) {
        boolean bar = columns.stream().anyMatch(Column::error) && !rows.isEmpty();
        int right = left(columns.size() - 1) + width * scale + (bar ? BAR_SPACE : 0) + MARGIN;
        int wide = Math.max(right, 2 * MARGIN + 9 * title.length());
        int high = top(rows.size()) - GAP + MARGIN;
        Drawing.write(path, wide, high, graphics -> {
            graphics.setFont(Drawing.TITLE);
            graphics.setColor(Drawing.INK);
            graphics.drawString(title, MARGIN, MARGIN + LINE);
            for (int column = 0; column < columns.size(); column++) {
                heading(graphics, column);
                for (int row = 0; row < rows.size(); row++) {
                    tile(graphics, row, column);
                }
            }
            if (bar) {
                bar(graphics, left(columns.size() - 1) + width * scale + GAP + 8, top(0));
            }
        });
    }

    private int left(int column) {
        int x = MARGIN;
        for (int before = 1; before <= column; before++) {
            boolean newGroup = columns.get(before).error && !columns.get(before - 1).error;
            x += width * scale + (newGroup ? GROUP_GAP : GAP);
        }
        return x;
    }

    private int top(int row) {
        int lines = columns.stream().mapToInt(column -> lines(column.caption).size()).max().orElse(1);
        boolean captions = rows.stream().flatMap(List::stream).anyMatch(tile -> !tile.caption.isEmpty());
        int first = MARGIN + (title.isEmpty() ? 0 : TITLE_HEIGHT) + lines * LINE + 4;
        return first + row * (height * scale + GAP + (captions ? LINE + 2 : 0));
    }

    private List<String> lines(String caption) {
        List<String> lines = new ArrayList<>();
        int most = Math.max(8, width * scale / LETTER);
        for (String word : caption.split(" ")) {
            int last = lines.size() - 1;
            if (last >= 0 && lines.get(last).length() + 1 + word.length() <= most) {
                lines.set(last, lines.get(last) + " " + word);
            } else {
                lines.add(word);
            }
        }
        return lines;
    }

    private void heading(Graphics2D graphics, int column) {
        List<String> lines = lines(columns.get(column).caption);
        graphics.setFont(Drawing.TEXT);
        graphics.setColor(Drawing.INK);
        for (int line = 0; line < lines.size(); line++) {
            int baseline = top(0) - 7 - (lines.size() - 1 - line) * LINE;
            Drawing.centred(graphics, lines.get(line), left(column) + width * scale / 2, baseline);
        }
    }

    private void tile(Graphics2D graphics, int row, int column) {
        Tile tile = rows.get(row).get(column);
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < tile.pixels.length; i++) {
            float pixel = tile.pixels[i];
            int colour = columns.get(column).error ? ColorMap.rgb(Math.abs(pixel) / errorRange)
                    : 0x010101 * Png.level(pixel);
            image.setRGB(i % width, i / width, colour);
        }
        graphics.setRenderingHint(
                RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
        graphics.drawImage(image, left(column), top(row), width * scale, height * scale, null);
        graphics.setFont(Drawing.SMALL);
        graphics.setColor(Drawing.FAINT);
        Drawing.centred(graphics, tile.caption, left(column) + width * scale / 2, top(row) + height * scale + LINE - 1);
    }

    /** The colour bar, as high as one tile, with the error in pixel values at its ends and middle. */
    private void bar(Graphics2D graphics, int x, int y) {
        int high = height * scale;
        for (int line = 0; line < high; line++) {
            graphics.setColor(new Color(ColorMap.rgb(1 - (line + 0.5) / high)));
            graphics.fillRect(x, y + line, BAR, 1);
        }
        graphics.setColor(FRAME);
        graphics.drawRect(x, y, BAR - 1, high - 1);
        graphics.setFont(Drawing.SMALL);
        graphics.setColor(Drawing.FAINT);
        graphics.drawString("≥ " + Csv.number(errorRange), x + BAR + 5, y + 9);
        graphics.drawString(Csv.number(errorRange / 2), x + BAR + 5, y + high / 2 + 4);
        graphics.drawString("0", x + BAR + 5, y + high);
    }
}

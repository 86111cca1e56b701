package io.github.bitlift.io;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.nio.file.Path;
import java.util.List;

/**
 * Block matrices under each other, every block in the colour of its kind, with what it says where that fits.
 *
 * <p>Blocks are drawn with the same size unless there are many; their extents stand beside rows and columns.
 */
public final class BlockPicture {
    private static final int MARGIN = 24;
    private static final int LABELS = 150;
    private static final int HEAD = 62;
    private static final int FOOT = 18;
    private static final int TITLE = 40;
    private static final int LEGEND = 34;
    private static final int LARGEST_CELL = 96;
    private static final int SMALLEST_CELL = 5;
    private static final int CANVAS = 1500;
    private static final int READABLE = 30;
    private static final long MOST_PIXELS = 1L << 26;
    private static final int LEAST_WIDTH = 880;
    private static final Color ZERO = new Color(0xf3f4f6);
    private static final Color LINE = new Color(0xd0d5dc);

    /**
     * A kind of block.
     *
     * @param name in the legend
     * @param rgb its colour
     */
    public record Kind(String name, int rgb) {}

    /** A block that isn't zero. */
    public record Cell(int row, int column, Kind kind, String text) {}

    /**
     * A block matrix.
     *
     * @param title above it
     * @param rows labels of the block rows
     * @param columns labels of the block columns
     * @param cells the blocks that aren't zero
     */
    public record Grid(String title, List<String> rows, List<String> columns, List<Cell> cells) {}

    private BlockPicture() {}

    /**
     * Writes a PNG.
     *
     * @throws IllegalArgumentException if there are too many blocks for a picture
     */
    public static void write(Path path, String title, List<Grid> grids, List<Kind> legend) {
        int most = grids.stream().mapToInt(grid -> grid.columns.size()).max().orElse(1);
        int cell = Math.max(SMALLEST_CELL, Math.min(LARGEST_CELL, CANVAS / most));
        int width = Math.max(LEAST_WIDTH, 2 * MARGIN + LABELS + most * cell);
        int height = TITLE + LEGEND + MARGIN
                + grids.stream().mapToInt(grid -> HEAD + FOOT + grid.rows.size() * height(cell)).sum();
        if ((long) width * height > MOST_PIXELS) {
            throw new IllegalArgumentException("a picture of " + width + " x " + height + " pixels, expected at most "
                    + MOST_PIXELS + " pixels, and therefore fewer layers");
        }
        Drawing.write(path, width, height, graphics -> {
            graphics.setFont(Drawing.TITLE);
            graphics.setColor(Drawing.INK);
            graphics.drawString(title, MARGIN, TITLE - 12);
            legend(graphics, legend);
            int top = TITLE + LEGEND;
            for (Grid grid : grids) {
                draw(graphics, grid, cell, top);
                top += HEAD + FOOT + grid.rows.size() * height(cell);
            }
        });
    }

    /** Blocks are wider than high, so that their texts fit. */
    private static int height(int cell) {
        return Math.max(SMALLEST_CELL, cell * 2 / 5);
    }

    private static void legend(Graphics2D graphics, List<Kind> legend) {
        int x = MARGIN;
        graphics.setFont(Drawing.TEXT);
        for (Kind kind : legend) {
            graphics.setColor(new Color(kind.rgb));
            graphics.fillRect(x, TITLE + 2, 14, 14);
            graphics.setColor(Drawing.INK);
            graphics.drawString(kind.name, x + 20, TITLE + 14);
            x += 44 + graphics.getFontMetrics().stringWidth(kind.name);
        }
    }

    private static void draw(Graphics2D graphics, Grid grid, int cell, int top) {
        graphics.setFont(Drawing.TITLE);
        graphics.setColor(Drawing.INK);
        graphics.drawString(grid.title, MARGIN, top + 22);
        int left = MARGIN + LABELS;
        int high = height(cell);
        int first = top + HEAD;
        graphics.setColor(ZERO);
        graphics.fillRect(left, first, grid.columns.size() * cell, grid.rows.size() * high);
        for (Cell block : grid.cells) {
            graphics.setColor(new Color(block.kind.rgb));
            graphics.fillRect(left + block.column * cell, first + block.row * high, cell, high);
        }
        lines(graphics, grid, cell, left, first);
        if (cell >= READABLE) {
            texts(graphics, grid, cell, left, first);
        }
    }

    private static void lines(Graphics2D graphics, Grid grid, int cell, int left, int top) {
        graphics.setColor(LINE);
        graphics.setStroke(new BasicStroke(1));
        int right = left + grid.columns.size() * cell;
        int bottom = top + grid.rows.size() * height(cell);
        for (int row = 0; row <= grid.rows.size(); row++) {
            graphics.drawLine(left, top + row * height(cell), right, top + row * height(cell));
        }
        for (int column = 0; column <= grid.columns.size(); column++) {
            graphics.drawLine(left + column * cell, top, left + column * cell, bottom);
        }
    }

    private static void texts(Graphics2D graphics, Grid grid, int cell, int left, int top) {
        int high = height(cell);
        graphics.setColor(Drawing.FAINT);
        for (int column = 0; column < grid.columns.size(); column++) {
            fitted(graphics, grid.columns.get(column), left + column * cell + cell / 2, top - 6, cell - 4);
        }
        for (int row = 0; row < grid.rows.size(); row++) {
            fitted(graphics, grid.rows.get(row), left - LABELS / 2, top + row * high + high / 2 + 4, LABELS - 12);
        }
        graphics.setColor(Drawing.INK);
        for (Cell block : grid.cells) {
            fitted(graphics, block.text, left + block.column * cell + cell / 2, top + block.row * high + high / 2 + 4,
                    cell - 6);
        }
    }

    /** Centred, in the largest type of up to 12 points that fits, if one of at least 7 does. */
    private static void fitted(Graphics2D graphics, String text, int x, int baseline, int room) {
        for (int size = 12; size >= 7; size--) {
            graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, size));
            if (graphics.getFontMetrics().stringWidth(text) <= room) {
                Drawing.centred(graphics, text, x, baseline);
                return;
            }
        }
    }
}

package io.github.bitlift.io;

import java.awt.Color;
import java.awt.Graphics2D;
import java.nio.file.Path;
import java.util.Arrays;

/** A confusion matrix as a picture: counts in cells that are the darker the larger their share of the true class. */
public final class ConfusionPicture {
    private static final int MARGIN = 24;
    private static final int CELL = 46;
    private static final int LEFT = 70;
    private static final int TOP = 96;
    private static final int LINE = 15;

    private ConfusionPicture() {
    }

    /**
     * Writes it as a PNG.
     *
     * @param title  above everything
     * @param counts {@code [true class][predicted class]}, square
     */
    public static void write(Path path, String title, int[][] counts) {
        int side = counts.length * CELL;
        int wide = Math.max(LEFT + side + MARGIN, 2 * MARGIN + 9 * title.length());
        Drawing.write(path, wide, TOP + side + MARGIN, graphics -> {
            graphics.setColor(Drawing.INK);
            graphics.setFont(Drawing.TITLE);
            graphics.drawString(title, MARGIN, MARGIN + LINE);
            graphics.setFont(Drawing.TEXT);
            Drawing.centred(graphics, "predicted class", LEFT + side / 2, TOP - 26);
            graphics.drawString("true", MARGIN, TOP - 26);
            graphics.drawString("class", MARGIN, TOP - 26 + LINE);
            for (int k = 0; k < counts.length; k++) {
                graphics.setColor(Drawing.INK);
                Drawing.centred(graphics, String.valueOf(k), LEFT + k * CELL + CELL / 2, TOP - 8);
                Drawing.centred(graphics, String.valueOf(k), LEFT - 16, TOP + k * CELL + CELL / 2 + 4);
                row(graphics, counts[k], TOP + k * CELL);
            }
        });
    }

    private static void row(Graphics2D graphics, int[] counts, int y) {
        int all = Math.max(1, Arrays.stream(counts).sum());
        for (int k = 0; k < counts.length; k++) {
            float share = (float) counts[k] / all;
            int x = LEFT + k * CELL;
            Color colour = new Color(ColorMap.rgb(1 - share));
            graphics.setColor(colour);
            graphics.fillRect(x, y, CELL - 1, CELL - 1);
            boolean dark = 2 * colour.getRed() + 5 * colour.getGreen() + colour.getBlue() < 8 * 128;
            graphics.setColor(dark ? Color.WHITE : Drawing.INK);
            Drawing.centred(graphics, String.valueOf(counts[k]), x + CELL / 2, y + CELL / 2 + 4);
        }
    }
}

package io.github.bitlift.io;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.function.Consumer;

/** What all our pictures share: a white canvas, smooth text, one typeface, and an error where Java can't draw text. */
final class Drawing {

    static final Color INK = new Color(0x24292f);
    static final Color FAINT = new Color(0x6e7781);
    static final Font TITLE = new Font(Font.SANS_SERIF, Font.BOLD, 15);
    static final Font TEXT = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
    static final Font SMALL = new Font(Font.SANS_SERIF, Font.PLAIN, 11);

    private Drawing() {
    }

    /** Draws on a white canvas and writes it as a PNG. */
    static void write(Path path, int width, int height, Consumer<Graphics2D> painter) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        try {
            Graphics2D graphics = image.createGraphics();
            graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
            graphics.setColor(Color.WHITE);
            graphics.fillRect(0, 0, width, height);
            painter.accept(graphics);
            graphics.dispose();
            // Without fonts or its graphics library, Java fails in any of these ways.
        } catch (LinkageError | InternalError | NullPointerException problem) {
            throw new SystemFault("Java cannot draw text here (" + problem.getMessage()
                    + "); install fontconfig and fonts-dejavu-core", problem);
        }
        Png.write(path, image);
    }

    static void centred(Graphics2D graphics, String text, int x, int baseline) {
        graphics.drawString(text, x - graphics.getFontMetrics().stringWidth(text) / 2, baseline);
    }
}

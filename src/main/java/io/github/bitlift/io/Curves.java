package io.github.bitlift.io;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Line charts side by side, such as the objective (logarithmic) beside the PSNR in dB, drawn by XChart.
 *
 * <p>Points that are not finite, or not above zero where the axis is logarithmic, are left out.
 */
public final class Curves {

    private static final int WIDTH = 640;
    private static final int HEIGHT = 400;
    private static final int TITLE_HEIGHT = 34;
    private static final Color GRID = new Color(0xe6e9ed);
    /** Told apart by colour-blind eyes too: Okabe and Ito's palette. */
    private static final Color[] COLOURS = {new Color(0x0072b2), new Color(0xd55e00), new Color(0x009e73),
        new Color(0xcc79a7), new Color(0xe69f00), new Color(0x56b4e9), new Color(0x24292f)};

    /**
     * One line.
     *
     * @param name   in the legend
     * @param x      such as steps
     * @param y      as many values as {@code x}
     * @param dashed for references that don't change, such as the PSNR of the input
     */
    public record Series(String name, double[] x, double[] y, boolean dashed) {

        public Series {
            if (x.length != y.length) {
                throw new IllegalArgumentException(name + ": " + x.length + " x for " + y.length + " y");
            }
        }

        /** A solid line. */
        public static Series line(String name, double[] x, double[] y) {
            return new Series(name, x, y, false);
        }

        /** A dashed horizontal line from {@code from} to {@code to}. */
        public static Series level(String name, double from, double to, double y) {
            return new Series(name, new double[] {from, to}, new double[] {y, y}, true);
        }
    }

    /**
     * One chart.
     *
     * @param title       above it
     * @param xTitle      with the unit
     * @param yTitle      with the unit
     * @param logarithmic whether the y axis is
     * @param series      in the order of the legend; names must differ
     */
    public record Panel(String title, String xTitle, String yTitle, boolean logarithmic, List<Series> series) {
    }

    private Curves() {
    }

    /** Writes the panels, from left to right, as one PNG. */
    public static void write(Path path, List<Panel> panels) {
        if (panels.isEmpty()) {
            throw new IllegalArgumentException("no panels to draw");
        }
        Drawing.write(path, WIDTH * panels.size(), HEIGHT, graphics -> {
            for (int i = 0; i < panels.size(); i++) {
                graphics.setFont(Drawing.TITLE);
                graphics.setColor(Drawing.INK);
                Drawing.centred(graphics, panels.get(i).title, i * WIDTH + WIDTH / 2, TITLE_HEIGHT - 8);
                Graphics2D area = (Graphics2D) graphics.create(i * WIDTH, TITLE_HEIGHT, WIDTH, HEIGHT - TITLE_HEIGHT);
                chart(panels.get(i)).paint(area, WIDTH, HEIGHT - TITLE_HEIGHT);
                area.dispose();
            }
        });
    }

    private static XYChart chart(Panel panel) {
        XYChart chart = new XYChartBuilder().width(WIDTH).height(HEIGHT - TITLE_HEIGHT)
                .xAxisTitle(panel.xTitle).yAxisTitle(panel.yTitle).build();
        style(chart.getStyler());
        if (panel.logarithmic) {
            chart.setCustomYAxisTickLabelsFormatter(Curves::power);
        }
        double[] steps = panel.series.stream().flatMapToDouble(series -> Arrays.stream(shown(series, panel.logarithmic))
                .mapToDouble(i -> series.x[i])).sorted().toArray();
        if (steps.length > 0 && steps[0] < steps[steps.length - 1]) {
            // A little room on the right; without it XChart labels equally spaced points rather than round numbers.
            chart.getStyler().setXAxisMin(steps[0]);
            chart.getStyler().setXAxisMax(steps[steps.length - 1] + (steps[steps.length - 1] - steps[0]) / 64);
        }
        for (int i = 0; i < panel.series.size(); i++) {
            add(chart, panel.series.get(i), panel.logarithmic, COLOURS[i % COLOURS.length]);
        }
        return chart;
    }

    /** A label of the logarithmic axis, which XChart sees as a linear one of exponents: its own shows decades alone. */
    private static String power(double exponent) {
        return Csv.number(new BigDecimal(Math.pow(10, exponent)).round(new MathContext(3)).doubleValue());
    }

    private static void add(XYChart chart, Series series, boolean logarithmic, Color colour) {
        int[] shown = shown(series, logarithmic);
        if (shown.length == 0) {
            return;
        }
        XYSeries line = chart.addSeries(series.name, Arrays.stream(shown).mapToDouble(i -> series.x[i]).toArray(),
                Arrays.stream(shown).mapToDouble(i -> logarithmic ? Math.log10(series.y[i]) : series.y[i]).toArray());
        line.setLineColor(series.dashed ? Drawing.FAINT : colour);
        line.setMarkerColor(colour);
        line.setMarker(shown.length == 1 ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
        line.setLineStyle(series.dashed
                ? new BasicStroke(1.6f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, new float[] {6, 5}, 0)
                : new BasicStroke(2.2f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    }

    private static int[] shown(Series series, boolean logarithmic) {
        return IntStream.range(0, series.x.length)
                .filter(i -> Double.isFinite(series.x[i]) && Double.isFinite(series.y[i]))
                .filter(i -> !logarithmic || series.y[i] > 0).toArray();
    }

    private static void style(XYStyler styler) {
        styler.setChartBackgroundColor(Color.WHITE).setPlotBackgroundColor(Color.WHITE).setPlotBorderVisible(false)
                .setChartFontColor(Drawing.INK).setChartTitleVisible(false).setChartPadding(10)
                .setLegendFont(Drawing.TEXT).setLegendBorderColor(Color.WHITE)
                .setLegendPosition(Styler.LegendPosition.OutsideS).setLegendLayout(Styler.LegendLayout.Horizontal)
                .setAntiAlias(true);
        styler.setAxisTitleFont(Drawing.TEXT).setAxisTickLabelsFont(Drawing.SMALL)
                .setAxisTickLabelsColor(Drawing.FAINT).setPlotGridLinesColor(GRID)
                .setPlotGridLinesStroke(new BasicStroke(1)).setAxisTicksMarksVisible(false)
                .setAxisTicksLineVisible(false).setXAxisTickMarkSpacingHint(80).setYAxisTickMarkSpacingHint(48)
                .setLocale(Locale.ROOT);
        styler.setMarkerSize(6);
    }
}

package io.github.bitlift.peers;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** All ratios as dots on lines from least to most, over a logarithmic axis, one row for each comparison. */
final class ResultsPlot {
    private static final int WIDTH = 1000;
    private static final int ROW = 24;
    private static final int MARGIN = 130;
    private static final double APART = 0.22;
    private static final Color GRID = new Color(0xe6e9ed);
    private static final Color INK = new Color(0x24292f);
    /** Told apart by colour-blind eyes too: Okabe and Ito's palette. */
    private static final Color[] COLOURS = {new Color(0x0072b2), new Color(0xd55e00), new Color(0x009e73)};

    private final List<String> levels;
    private final Map<Integer, String> labels = new HashMap<>();
    private final List<List<ResultRow>> rowsOfLevel = new ArrayList<>();
    private final List<List<Double>> placesOfLevel = new ArrayList<>();
    /** Rows are whole numbers, so that XChart's ticks meet them. */
    private int place;

    private ResultsPlot(List<String> levels) {
        this.levels = levels;
        levels.forEach(level -> {
            rowsOfLevel.add(new ArrayList<>());
            placesOfLevel.add(new ArrayList<>());
        });
    }

    static void write(Path file, List<String> levels, Map<ResultsPage.Group, Collection<Map<String, ResultRow>>> groups) {
        ResultsPlot plot = new ResultsPlot(levels);
        groups.forEach(plot::add);
        try {
            BitmapEncoder.saveBitmap(plot.chart(), file.toString(), BitmapEncoder.BitmapFormat.PNG);
        } catch (IOException problem) {
            throw new UncheckedIOException(file + " can't be written", problem);
        }
    }

    /** A heading, and one group from top to bottom. */
    private void add(ResultsPage.Group group, Collection<Map<String, ResultRow>> byKey) {
        place--;
        labels.put(place, group.title().toUpperCase(Locale.ROOT));
        for (Map<String, ResultRow> byLevel : byKey) {
            place--;
            labels.put(place, byLevel.values().iterator().next().label());
            for (int i = 0; i < levels.size(); i++) {
                if (byLevel.containsKey(levels.get(i))) {
                    rowsOfLevel.get(i).add(byLevel.get(levels.get(i)));
                    placesOfLevel.get(i).add(place + APART * ((levels.size() - 1) / 2.0 - i));
                }
            }
        }
    }

    private XYChart chart() {
        XYChart chart = new XYChartBuilder().width(WIDTH).height(MARGIN + ROW * (1 - place))
                .xAxisTitle("their time / ours: Bitlift is faster to the right of 1").build();
        style(chart.getStyler());
        double least = Math.floor(log(extreme(true)));
        double most = Math.ceil(log(extreme(false)));
        chart.getStyler().setXAxisMin(least).setXAxisMax(most).setYAxisMin(place - 1.0).setYAxisMax(0.0);
        chart.setCustomXAxisTickLabelsFormatter(ResultsPlot::powerOfTwo);
        chart.setCustomYAxisTickLabelsFormatter(this::label);
        XYSeries even = chart.addSeries("as fast", new double[] {0, 0}, new double[] {place - 1, 0});
        line(even, INK, 1.2f);
        for (int i = 0; i < levels.size(); i++) {
            addLevel(chart, i);
        }
        return chart;
    }

    private void addLevel(XYChart chart, int level) {
        List<ResultRow> rows = rowsOfLevel.get(level);
        double[] places = placesOfLevel.get(level).stream().mapToDouble(Double::doubleValue).toArray();
        for (int i = 0; i < rows.size(); i++) {
            Spread ratio = rows.get(i).ratio();
            XYSeries whisker = chart.addSeries(levels.get(level) + " " + i,
                    new double[] {log(ratio.least()), log(ratio.most())}, new double[] {places[i], places[i]});
            line(whisker, COLOURS[level], 1.6f);
        }
        XYSeries dots = chart.addSeries("Bitlift with " + levels.get(level),
                rows.stream().mapToDouble(row -> log(row.ratio().median())).toArray(), places);
        dots.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
        dots.setMarker(SeriesMarkers.CIRCLE).setMarkerColor(COLOURS[level]);
    }

    private static void line(XYSeries series, Color colour, float width) {
        series.setMarker(SeriesMarkers.NONE);
        series.setLineColor(colour).setLineStyle(new BasicStroke(width)).setShowInLegend(false);
    }

    private double extreme(boolean least) {
        return rowsOfLevel.stream().flatMap(List::stream)
                .mapToDouble(row -> least ? row.ratio().least() : row.ratio().most())
                .reduce(1, least ? Math::min : Math::max);
    }

    /** The label of a row. XChart takes fewer ticks where two have the same label, so gaps get different numbers of spaces. */
    private String label(double tick) {
        int row = (int) Math.rint(tick);
        return labels.getOrDefault(row, " ".repeat(1 + Math.abs(row)));
    }

    /** The label of a tick, which XChart sees as an exponent. */
    private static String powerOfTwo(double exponent) {
        int whole = (int) Math.rint(exponent);
        if (Math.abs(exponent - whole) > 1e-6) {
            return " ";
        }
        return whole < 0 ? "1/" + (1 << -whole) : Integer.toString(1 << whole);
    }

    private static double log(double value) {
        return Math.log(value) / Math.log(2);
    }

    private static void style(XYStyler styler) {
        styler.setChartBackgroundColor(Color.WHITE).setPlotBackgroundColor(Color.WHITE).setPlotBorderVisible(false)
                .setChartFontColor(INK).setLegendPosition(Styler.LegendPosition.OutsideS)
                .setLegendLayout(Styler.LegendLayout.Horizontal).setLegendBorderColor(Color.WHITE)
                .setChartTitleVisible(false).setAntiAlias(true);
        Font text = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
        styler.setAxisTitleFont(text).setAxisTickLabelsFont(text).setAxisTickLabelsColor(INK).setPlotGridLinesColor(GRID)
                .setPlotGridLinesStroke(new BasicStroke(1)).setAxisTicksMarksVisible(false).setAxisTicksLineVisible(false)
                .setYAxisLabelAlignment(AxesChartStyler.TextAlignment.Right).setYAxisTickMarkSpacingHint(ROW - 4).setXAxisTickMarkSpacingHint(40);
        styler.setMarkerSize(8);
    }
}

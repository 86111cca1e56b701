package io.github.bitlift.reproduce;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.io.Curves;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * All layers at once against one layer after the other, from given auxiliary variables (framework paper, §7.1, Tables 2
 * and 3). The loop does the same products, one launch each, so that its cost is linear in the number of layers.
 *
 * @param name of the experiment
 * @param gradient whether the gradient in θ is taken, else z = σ(W u + b)
 * @param paper the paper's speed-ups by number of layers
 */
record Vectorisation(String name, boolean gradient, Map<Integer, Double> paper) implements Experiment {

    /** Table 2. */
    static Vectorisation forward() {
        return new Vectorisation("table2", false, Map.of(
                1, 0.43, 2, 0.67, 4, 1.47, 8, 3.28, 16, 6.92, 32, 12.76, 64, 24.64, 128, 54.16));
    }

    /** Table 3. */
    static Vectorisation backward() {
        return new Vectorisation("table3", true, Map.of(
                1, 0.87, 2, 1.06, 4, 1.54, 8, 2.41, 16, 20.7, 32, 79.37, 64, 288.79, 128, 1062.07));
    }

    @Override
    public String title() {
        return (gradient ? "the gradient" : "the forward pass") + " of all layers at once against layer by layer";
    }

    @Override
    public String source() {
        return "framework paper, §7.1, Table " + (gradient ? 3 : 2);
    }

    /** Times of another process would not compare. */
    @Override
    public boolean canBeResumed() {
        return false;
    }

    /**
     * The sizes that are timed.
     *
     * @param width of every layer
     * @param samples per layer
     */
    private record Shape(int width, int samples) {
        @Override
        public String toString() {
            return width + " wide, " + samples + (samples == 1 ? " sample" : " samples");
        }
    }

    private static List<Shape> shapes(Scale scale) {
        return scale.choose(
                List.of(new Shape(16, 3)), List.of(new Shape(32, 1), new Shape(64, 16), new Shape(256, 64)),
                List.of(new Shape(32, 1), new Shape(64, 16), new Shape(784, 100)));
    }

    private static List<Integer> layers(Scale scale) {
        return scale == Scale.TINY ? List.of(1, 2, 4, 8) : List.of(1, 2, 4, 8, 16, 32, 64, 128);
    }

    @Override
    public Cost cost(Scale scale) {
        double most = 0;
        double operations = 0;
        int deepest = layers(scale).get(layers(scale).size() - 1);
        for (Shape shape : shapes(scale)) {
            double product = 2.0 * shape.width() * shape.width() * shape.samples();
            operations += 2 * deepest * 2 * product * (gradient ? 2 : 1) * Paired.RUNS;
            most = Math.max(most, deepest * Float.BYTES
                    * (2.0 * shape.width() * (shape.width() + 1) + 4.0 * shape.width() * shape.samples()));
        }
        return new Cost("1 to " + deepest + " layers, " + String.join("; ", shapes(scale).stream()
                .map(Shape::toString).toList()), operations, most);
    }

    /**
     * What was found for one number of layers.
     *
     * @param layers how many
     * @param times of both forms
     * @param equal whether all bits are
     */
    private record Point(int layers, Paired times, boolean equal) {}

    @Override
    public Report run(Setting setting) {
        Report report = new Report();
        List<Curves.Panel> panels = new ArrayList<>();
        boolean equal = true;
        for (Shape shape : shapes(setting.scale())) {
            List<Point> points = new ArrayList<>();
            for (int layers : layers(setting.scale())) {
                setting.progress().accept(shape + ", " + layers + " layers");
                points.add(point(setting, shape, layers, report));
            }
            equal &= points.stream().allMatch(Point::equal);
            report.table(table(shape, points));
            compare(report, shape, points.get(points.size() - 1));
            panels.add(panel(shape, points));
        }
        report.claim("all layers at once give the bits of layer by layer, for every number of layers", equal);
        report.figures(setting.curves("times.png", "Least time per pass over the number of layers", panels));
        differences(report, setting.backend());
        return report;
    }

    private Point point(Setting setting, Shape shape, int layers, Report report) {
        boolean quick = setting.scale() == Scale.TINY;
        try (Layers problem = new Layers(
                setting.backend(), layers, shape.width(), shape.samples(), gradient, setting.seed())) {
            String atOnce = problem.digestAtOnce();
            report.digest(shape + ", " + layers + " layers", atOnce);
            boolean equal = atOnce.equals(problem.digestOneByOne());
            return new Point(layers, Paired.of(
                    problem::atOnce, problem::oneByOne, setting.backend()::synchronise, quick), equal);
        }
    }

    private Report.Table table(Shape shape, List<Point> points) {
        List<List<Object>> rows = new ArrayList<>();
        for (Point point : points) {
            Paired times = point.times();
            rows.add(List.of(
                    point.layers(), 1e3 * times.first(), 1e3 * times.second(), times.median(), times.lower(),
                    times.upper(), times.ofLeast(), paper.get(point.layers()), point.equal() ? "equal" : "DIFFER"));
        }
        return new Report.Table("Layers " + shape, List.of(
                "layers", "at once (least, ms)", "layer by layer (least, ms)", "speed-up (median of turns)",
                "lower quartile", "upper quartile", "of least times", "paper's speed-up", "bits"), rows);
    }

    private void compare(Report report, Shape shape, Point deepest) {
        report.compare(
                "speed-up at " + deepest.layers() + " layers, " + shape, Double.toString(paper.get(deepest.layers())),
                String.format(Locale.ROOT, "%.2f (quartiles %.2f and %.2f; of least times %.2f)", deepest.times().median(),
                        deepest.times().lower(), deepest.times().upper(), deepest.times().ofLeast()));
    }

    private static Curves.Panel panel(Shape shape, List<Point> points) {
        return new Curves.Panel("Layers " + shape, "layers", "ms", true, List.of(
                series("at once", points, point -> 1e3 * point.times().first()),
                series("layer by layer", points, point -> 1e3 * point.times().second())));
    }

    private static Curves.Series series(String name, List<Point> points, ToDoubleFunction<Point> value) {
        return Curves.Series.line(
                name, points.stream().mapToDouble(Point::layers).toArray(), points.stream().mapToDouble(value).toArray());
    }

    private void differences(Report report, Backend backend) {
        report.differs("The paper doesn't say how wide its layers are nor how many samples they get, so several sizes are"
                + " timed here: the fewer the operations of a layer, the more there is to gain.");
        report.differs("The paper's figures are PyTorch's on an Apple M1 GPU, where each small operation costs a launch"
                + " from Python. A launch costs far less here, and on a processor large layers keep it busy one by one.");
        report.differs("Both forms are timed in turns; the speed-up is the median of the ratios turn by turn, their quartiles"
                + " say how much the machine was disturbed. Times are the least of all turns.");
        if (gradient) {
            report.differs("The paper's layer-by-layer gradient grows with the square of the number of layers (2.4-fold at"
                    + " 8, 1062-fold at 128), which is the cost of its loop, not of the mathematics; the loop here is"
                    + " linear, so speed-ups are those of vectorising alone.");
        }
        if (backend.isEmulated()) {
            report.differs("An emulator stood in for the device: times mean nothing.");
        }
    }
}

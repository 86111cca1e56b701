package io.github.bitlift.reproduce;

import io.github.bitlift.inversion.ErrorEstimate;
import io.github.bitlift.inversion.Inversion.Recovered;
import io.github.bitlift.inversion.Inversion.Start;
import io.github.bitlift.inversion.ImageVariation;
import io.github.bitlift.io.Curves;
import io.github.bitlift.io.ImageSheet;
import io.github.bitlift.io.Psnr;
import io.github.bitlift.numerics.Digest;
import io.github.bitlift.numerics.Philox;
import io.github.bitlift.numerics.Reduction;
import io.github.bitlift.prox.Relu;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Inversion of a ReLU perceptron with random weights (slides; framework paper, §6.1): the error stays below the estimate for
 * every level of noise and falls with it at the rate that the estimate promises; and a picture recovered from noisy outputs.
 */
final class PerceptronInversion implements Experiment {
    private static final double[] DELTAS = {0.5, 0.2, 0.1, 0.05, 0.02, 0.01};
    private static final float ALPHA = 0.015f;
    /** Where outputs don't tell pixels apart, x moves by at most ρ‖∇ᵀz‖/‖W‖² in a step: larger ρ first get it there sooner. */
    private static final float[] CONTINUATION = {100, 10, 1};
    private static final long STREAM = 2100;
    private static final double RATE_WITHIN = 0.1;

    /** What the second half of the iterations may change in the error. */
    private static final double SETTLED = 0.05;

    /**
     * How much of everything.
     *
     * @param side of the square picture
     * @param outputs of the perceptron
     * @param iterations of each inversion
     */
    private record Sizes(int side, int outputs, int iterations) {
        int pixels() {
            return side * side;
        }
    }

    /**
     * One level of noise.
     *
     * @param delta δ, from the data
     * @param rho √2 δ/‖v†‖
     * @param halfway the error after half the iterations
     * @param error D(x_ρ, x†), or more
     * @param divergence 2 J_Ψ
     * @param estimate of D
     */
    private record Point(double delta, double rho, double halfway, double error, double divergence, double estimate) {}

    @Override
    public String name() {
        return "perceptron";
    }

    @Override
    public String title() {
        return "inversion of a ReLU perceptron: error and estimate over the noise, and a picture";
    }

    @Override
    public String source() {
        return "framework paper, §6.1, and slides, Inversion with theoretical guarantees";
    }

    private static Sizes sizes(Scale scale) {
        return scale.choose(new Sizes(12, 128, 4000), new Sizes(32, 384, 6000), new Sizes(64, 512, 20_000));
    }

    @Override
    public Cost cost(Scale scale) {
        Sizes sizes = sizes(scale);
        double each = (double) sizes.iterations() * sizes.pixels() * sizes.outputs() * 4;
        int inversions = DELTAS.length + CONTINUATION.length;
        return new Cost(
                inversions + " inversions of " + sizes.iterations() + " iterations, " + sizes.side() + " x "
                        + sizes.side() + " pixels to " + sizes.outputs() + " outputs",
                inversions * each, Float.BYTES * (double) sizes.pixels() * (sizes.outputs() + 8));
    }

    @Override
    public Report run(Setting setting) {
        Sizes sizes = sizes(setting.scale());
        ImageVariation tv = new ImageVariation(sizes.side(), sizes.side(), true);
        RandomPerceptron network = RandomPerceptron.normal(sizes.pixels(), sizes.outputs(), setting.seed());
        float[] picture = picture(sizes.side());
        Report report = new Report();
        setting.progress().accept("the picture's source element");
        KnownSource source = KnownSource.of(network, picture, tv);
        reconstruct(report, setting, sizes.iterations(), network, tv, source);
        List<Point> points = new ArrayList<>();
        for (double delta : DELTAS) {
            points.add(point(setting, sizes.iterations(), network, tv, source, delta, report));
        }
        judge(report, setting, source, points);
        differences(report, setting.scale());
        return report;
    }

    /** A rectangle: simple enough for 512 outputs to tell 64 x 64 pixels. */
    private static float[] picture(int side) {
        float[] x = new float[side * side];
        for (int k = 0; k < x.length; k++) {
            int i = k / side;
            int j = k % side;
            boolean block = i >= side / 4 && i < 3 * side / 4 && j >= side / 3 && j < 5 * side / 6;
            x[k] = block ? 1f : 0f;
        }
        return x;
    }

    private static void reconstruct(
            Report report, Setting setting, int iterations, RandomPerceptron network, ImageVariation tv,
            KnownSource source) {
        setting.progress().accept("a picture from noisy outputs");
        float[] picture = source.x();
        float[] clean = network.output(picture);
        double delta = ALPHA * source.norm() / Math.sqrt(2);
        float[] noisy = noisy(clean, delta, setting.seed());
        Recovered found = null;
        for (float factor : CONTINUATION) {
            Start start = found == null ? Start.ZERO : new Start(found.x(), found.z());
            found = network.invert(setting.backend(), noisy, tv, factor * ALPHA, iterations, start);
        }
        double psnr = Psnr.of(Psnr.mse(found.x(), picture));
        report.digest("reconstruction", Digest.of(found.x()));
        double flat = Psnr.of(Psnr.mse(new float[picture.length], picture));
        report.claim(
                text("alpha %s: the picture comes back from %d noisy outputs (delta %.3g) for %d pixels, %.2f dB, at least 20 dB"
                        + " (black: %.2f dB)", ALPHA, noisy.length, delta, picture.length, psnr, flat),
                psnr >= 20);
        report.compare("reconstruction, alpha 0.015", "looks like the truth", text("%.2f dB", psnr));
        if (setting.pictures()) {
            new ImageSheet("Inversion of a ReLU perceptron", tv.width(), tv.height(), 0.5f, List.of(
                    ImageSheet.Column.grey("truth"), ImageSheet.Column.grey("reconstruction"),
                    ImageSheet.Column.error("error")))
                    .row(new ImageSheet.Tile(picture, ""), new ImageSheet.Tile(found.x(), text("%.1f dB", psnr)),
                            new ImageSheet.Tile(difference(found.x(), picture), ""))
                    .write(setting.out().resolve("reconstruction.png"));
            report.figures(List.of(new Report.Figure("reconstruction.png", "Truth and reconstruction")));
        }
        report.figures(setting.curves("data.png", "The data: all outputs, clean and noisy", List.of(new Curves.Panel(
                "Outputs of the perceptron", "output", "value", false,
                List.of(indexed("noisy", noisy), indexed("clean", clean))))));
    }

    private static Curves.Series indexed(String name, float[] values) {
        double[] x = new double[values.length];
        double[] y = new double[values.length];
        for (int i = 0; i < x.length; i++) {
            x[i] = i;
            y[i] = values[i];
        }
        return Curves.Series.line(name, x, y);
    }

    private static float[] difference(float[] a, float[] b) {
        float[] d = new float[a.length];
        for (int i = 0; i < d.length; i++) {
            d[i] = a[i] - b[i];
        }
        return d;
    }

    private static Point point(
            Setting setting, int iterations, RandomPerceptron network, ImageVariation tv, KnownSource source,
            double wanted, Report report) {
        setting.progress().accept("delta " + wanted);
        float[] noisy = noisy(network.output(source.x()), wanted, setting.seed());
        double squared = new Relu().penalty(
                noisy, 0, network.preactivation(source.x()), 0, noisy.length, new Reduction());
        double delta = Math.sqrt(squared);
        float rho = (float) (Math.sqrt(2) * delta / source.norm());
        int half = iterations / 2;
        Recovered halfway = network.invert(
                setting.backend(), noisy, tv, rho, half, new Start(source.x(), source.z()));
        Recovered found = network.invert(
                setting.backend(), noisy, tv, rho, iterations - half, new Start(halfway.x(), halfway.z()));
        report.digest(text("delta %.3g", wanted), Digest.of(found.x()));
        double divergence = ErrorEstimate.twiceBurbeaRao(new Relu(), noisy, rho, source.v());
        return new Point(
                delta, rho, distance(tv, halfway, source), distance(tv, found, source), divergence, ErrorEstimate.bound(squared, rho, source.norm(), 1, divergence));
    }

    private static double distance(ImageVariation tv, Recovered found, KnownSource source) {
        return ErrorEstimate.symmetricDistance(tv, found.x(), found.z(), source.x(), source.z());
    }

    /** Noise in a random direction on the outputs that aren't 0, so long that B_Ψ(y^δ, W x† + b) is δ². */
    private static float[] noisy(float[] output, double delta, long seed) {
        Philox random = new Philox(seed, STREAM + 1);
        double squares = 0;
        for (int i = 0; i < output.length; i++) {
            squares += output[i] > 0 ? (double) random.normal(i) * random.normal(i) : 0;
        }
        float[] noisy = output.clone();
        for (int i = 0; i < output.length; i++) {
            if (output[i] > 0) {
                float value = (float) (output[i] + Math.sqrt(2 / squares) * delta * random.normal(i));
                noisy[i] = value > 0 ? value : 0f;
            }
        }
        return noisy;
    }

    private static void judge(Report report, Setting setting, KnownSource source, List<Point> points) {
        List<List<Object>> rows = new ArrayList<>();
        points.forEach(point -> rows.add(List.of(
                point.delta, point.rho, point.halfway, point.error, point.estimate, point.error / point.estimate, point.divergence)));
        report.table(new Report.Table("Error and estimate", List.of(
                "delta", "rho", "error D after half the iterations", "error D", "estimate", "their ratio", "2 J"), rows));
        report.table(new Report.Table("The source element", List.of("norm of v", "largest entry of W*v - grad* z"),
                List.of(List.of(source.norm(), source.defect()))));
        report.claim(
                text("the picture has a source element: W*v is a subgradient of TV up to %.2g, less than 1e-6",
                        source.defect()), source.defect() < 1e-6);
        report.claim("the Burbea-Rao divergence vanishes for every delta",
                points.stream().allMatch(point -> point.divergence == 0));
        double drift = points.stream().mapToDouble(point -> Math.abs(point.halfway / point.error - 1)).max().orElseThrow();
        report.claim(
                text("iterations have converged: after half of them the error is within %.2g %% of its end for every delta, at most"
                        + " %.0f %%", 100 * drift, 100 * SETTLED), drift <= SETTLED);
        report.claim("the error is at most the estimate for every delta",
                points.stream().allMatch(point -> point.error <= point.estimate));
        double rate = Rate.of(column(points, Point::delta), column(points, Point::error));
        report.claim(text("the error falls as delta to the power of %.3f, within 10 %% of 1", rate),
                Math.abs(rate - 1) <= RATE_WITHIN);
        report.compare("rate of the error in delta", "1 (an upper bound, 2 sqrt(2) ||v|| delta)", text("%.3f", rate));
        double[] logarithms = column(points, point -> Math.log10(point.delta));
        report.figures(setting.curves("rate.png", "Error and estimate over the noise, both axes logarithmic", List.of(
                new Curves.Panel("Error over noise", "log10 of delta", "Bregman distance", true, List.of(
                        Curves.Series.line("error", logarithms, column(points, Point::error)),
                        Curves.Series.line("estimate", logarithms, column(points, Point::estimate)))))));
    }

    private static double[] column(List<Point> points, ToDoubleFunction<Point> value) {
        return points.stream().mapToDouble(value).toArray();
    }

    private static void differences(Report report, Scale scale) {
        if (scale != Scale.PAPER) {
            Sizes sizes = sizes(scale);
            report.differs(text("%d x %d pixels and %d outputs, not 64 x 64 and 512.", sizes.side(), sizes.side(),
                    sizes.outputs()));
        }
        report.differs("The slides show their picture without numbers; this one is a rectangle, and the noise is such that alpha"
                + " = sqrt(2) delta/||v||, the estimate's choice, gives their 0.015.");
        report.differs("The slides give the estimate without an experiment. Here a source element of the picture is computed in"
                + " binary64, which exists as the picture is simple and there are outputs enough; noise lies on the"
                + " outputs that aren't 0.");
        report.differs("Steps: tau-z = ||W||^2/(160 rho^2) and tau-x to go with it. With 1/(8 rho) and rho of a millionth of"
                + " ||W||^2, convergence takes far more iterations. The picture is recovered with 100 alpha, 10 alpha and alpha,"
                + " one starting from the other, and the sweep starts at the truth: the problem is convex, so the start doesn't"
                + " matter for where it ends.");
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}

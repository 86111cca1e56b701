package io.github.bitlift.reproduce;

import io.github.bitlift.io.Curves;
import io.github.bitlift.numerics.Digest;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.linsol.LinearSolverDense;

/**
 * A sum of 25 one-dimensional ReLU perceptrons that stands for {@code K(u) = u (⅔u)^{3u}}, inverted by coordinate descent on
 *
 * <pre>
 * ½|f − Σ c_j u_j|² + Σ B_Ψ(u_j, u₀ + b_j) + α/2·|u₀|²
 * </pre>
 *
 * (slides, Inversion of neural networks). So small that it is done on the host, in binary64.
 */
final class ShallowInversion implements Experiment {
    private static final int M = 25;
    private static final double H = 3.0 / 50;
    private static final double ALPHA = 1e-4;
    private static final double END = M * H;
    private static final int GRID = 301;

    @Override
    public String name() {
        return "shallow-1d";
    }

    @Override
    public String title() {
        return "inversion of a sum of one-dimensional perceptrons by coordinate descent";
    }

    @Override
    public String source() {
        return "slides, Inversion of neural networks, K(u) = u (2u/3)^(3u)";
    }

    private static int points(Scale scale) {
        return scale.choose(16, 61, 301);
    }

    private static int iterations(Scale scale) {
        return scale.choose(20_000, 50_000, 200_000);
    }

    @Override
    public Cost cost(Scale scale) {
        return new Cost(
                points(scale) + " inversions of " + iterations(scale) + " sweeps on the host",
                10.0 * M * points(scale) * iterations(scale), 0);
    }

    static double function(double u) {
        return u == 0 ? 0 : u * StrictMath.pow(2 * u / 3, 3 * u);
    }

    /** b_j, j from 0. */
    private static double bias(int j) {
        return -j * H;
    }

    private static double network(double[] c, double u) {
        double sum = 0;
        for (int j = 0; j < M; j++) {
            sum += c[j] * Math.max(0, u + bias(j));
        }
        return sum;
    }

    /** c by least squares on a grid. */
    private static double[] coefficients() {
        DMatrixRMaj a = new DMatrixRMaj(GRID, M);
        DMatrixRMaj f = new DMatrixRMaj(GRID, 1);
        for (int i = 0; i < GRID; i++) {
            double u = END * i / (GRID - 1);
            f.set(i, 0, function(u));
            for (int j = 0; j < M; j++) {
                a.set(i, j, Math.max(0, u + bias(j)));
            }
        }
        LinearSolverDense<DMatrixRMaj> solver = LinearSolverFactory_DDRM.leastSquares(GRID, M);
        solver.setA(a);
        DMatrixRMaj c = new DMatrixRMaj(M, 1);
        solver.solve(f, c);
        return c.data;
    }

    /** The slides' descent: each u_l exactly, u₀ by a proximal gradient step of 1/‖w‖², from zeros. */
    static double invert(double[] c, double f, int sweeps) {
        double[] u = new double[M];
        double u0 = 0;
        double sum = 0;
        for (int k = 0; k < sweeps; k++) {
            double gradient = 0;
            for (int l = 0; l < M; l++) {
                double v = u0 + bias(l);
                double others = sum - c[l] * u[l];
                double next = Math.max(0, (c[l] * (f - others) + v) / (1 + c[l] * c[l]));
                sum = others + c[l] * next;
                u[l] = next;
                gradient += Math.max(0, v) - next;
            }
            u0 = (u0 - gradient / M) / (1 + ALPHA / M);
        }
        return u0;
    }

    @Override
    public Report run(Setting setting) {
        double[] c = coefficients();
        int points = points(setting.scale());
        int sweeps = iterations(setting.scale());
        setting.progress().accept(points + " inversions");
        double[] truth = IntStream.range(0, points).mapToDouble(i -> END * i / (points - 1)).toArray();
        double[] found = IntStream.range(0, points).mapToDouble(i -> invert(c, function(truth[i]), sweeps)).toArray();
        double[] values = IntStream.range(0, points).mapToDouble(i -> function(truth[i])).toArray();
        double[] approximated = IntStream.range(0, points).mapToDouble(i -> network(c, truth[i])).toArray();
        double[] back = IntStream.range(0, points).mapToDouble(i -> network(c, found[i])).toArray();
        double fit = largest(values, approximated);
        double error = largest(truth, found);
        double misfit = largest(values, back);
        Report report = new Report();
        report.digest("recovered", Digest.of(rounded(found)));
        report.table(new Report.Table("Largest errors on [0, 1.5]",
                List.of("N(u) - K(u)", "recovered u - u", "N(recovered u) - K(u)"),
                List.of(List.of(fit, error, misfit))));
        report.claim(text("N is K up to %.2g, less than 0.01", fit), fit < 0.01);
        report.claim(text("every u is recovered up to %.2g, less than 0.05", error), error < 0.05);
        report.claim(text("N at what is recovered is the data up to %.2g, less than 0.01", misfit), misfit < 0.01);
        report.compare("recovered u over u", "on the diagonal, as far as the slides' plot shows", text("within %.2g", error));
        report.differs("The slides don't say on which interval, nor how many sweeps: all of [0, 1.5], " + sweeps + " sweeps from"
                + " zeros.");
        report.differs("Done on the host in binary64: 26 unknowns are no work for a device.");
        report.figures(setting.curves("inversion.png", "The function, the network, and what is recovered from K(u)", List.of(
                new Curves.Panel("Function and network", "u", "value", false, List.of(
                        Curves.Series.line("K", truth, values), Curves.Series.line("N", truth, approximated))),
                new Curves.Panel("Inversion", "u", "recovered u", false, List.of(
                        Curves.Series.line("recovered", truth, found), new Curves.Series("u", truth, truth, true))))));
        return report;
    }

    static double largest(double[] a, double[] b) {
        return IntStream.range(0, a.length).mapToDouble(i -> Math.abs(a[i] - b[i])).max().orElse(0);
    }

    static float[] rounded(double[] values) {
        float[] rounded = new float[values.length];
        for (int i = 0; i < rounded.length; i++) {
            rounded[i] = (float) values[i];
        }
        return rounded;
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}

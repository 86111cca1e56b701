package io.github.bitlift.reproduce;

import io.github.bitlift.io.Curves;
import io.github.bitlift.numerics.Digest;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.NormOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;

/**
 * A residual network of 20 layers, {@code u_k = u_{k−1} + W_kᵀ σ(W_k u_{k−1} + b_k)}, that stands for u³ + u, and its inversion by
 * a convex problem (slides, Residual neural networks and Inversion with theoretical guarantees):
 *
 * <pre>
 * min λ/2·|u_20 − f|² + Σ B_Ψ(z_k, W_k u_{k−1} + b_k)  subject to  u_k = u_{k−1} + W_kᵀ z_k
 * </pre>
 *
 * is convex if {@code Q = λKᵀK − ρ⁻¹I − M − Mᵀ} is positive semi-definite. So small that it is done on the host, in binary64.
 *
 * <p>The network is made, not trained: layer k has two units, {@code W_k = (w, −w)}, {@code b_k = −w t (1, 1)}, and adds {@code
 * w²·(max(0, u − t) − max(0, −u − t))}, so the slope beyond ±t grows by the factor 1 + w². As u³ + u is odd and its slope grows
 * with |u|, 20 layers interpolate it in 20 places on either side of 0.
 */
final class ResidualInversion implements Experiment {
    private static final int LAYERS = 20;
    private static final double END = 1.5;
    private static final double LAMBDA = 2;
    private static final double RHO = 1000;

    @Override
    public String name() {
        return "resnet-1d";
    }

    @Override
    public String title() {
        return "inversion of a one-dimensional residual network by a convex problem";
    }

    @Override
    public String source() {
        return "slides, Inversion with theoretical guarantees, 20 layers for u^3 + u";
    }

    private static int points(Scale scale) {
        return scale.choose(13, 61, 301);
    }

    private static int iterations(Scale scale) {
        return scale.choose(20_000, 40_000, 100_000);
    }

    @Override
    public Cost cost(Scale scale) {
        return new Cost(
                2 * points(scale) + " inversions of " + iterations(scale) + " iterations on the host",
                2.0 * points(scale) * iterations(scale) * 20 * LAYERS, 0);
    }

    private static double function(double u) {
        return u * u * u + u;
    }

    /** w and t of each layer. */
    private static double[][] layers() {
        double[] w = new double[LAYERS];
        double[] t = new double[LAYERS];
        double slope = 1;
        for (int k = 0; k < LAYERS; k++) {
            double here = END * k / LAYERS;
            double next = END * (k + 1) / LAYERS;
            double steeper = (function(next) - function(here)) / (next - here);
            w[k] = Math.sqrt(steeper / slope - 1);
            t[k] = forward(w, t, k, here);
            slope = steeper;
        }
        return new double[][] {w, t};
    }

    /** u after the first so many layers. */
    private static double forward(double[] w, double[] t, int count, double u) {
        double value = u;
        for (int k = 0; k < count; k++) {
            value += w[k] * w[k] * (Math.max(0, value - t[k]) - Math.max(0, -value - t[k]));
        }
        return value;
    }

    /** Q's least eigenvalue, for layers that add {@code sign·Wᵀσ}. */
    private static double leastEigenvalue(int sign) {
        DMatrixRMaj q = new DMatrixRMaj(LAYERS + 1, LAYERS + 1);
        for (int k = 0; k < LAYERS; k++) {
            q.set(k, k, 2 * sign);
            q.set(k, k + 1, -sign);
            q.set(k + 1, k, -sign);
        }
        q.add(LAYERS, LAYERS, LAMBDA);
        for (int k = 0; k <= LAYERS; k++) {
            q.add(k, k, -1 / RHO);
        }
        EigenDecomposition_F64<DMatrixRMaj> eigen = DecompositionFactory_DDRM.eig(LAYERS + 1, false, true);
        eigen.decompose(q);
        return IntStream.range(0, LAYERS + 1).mapToDouble(i -> eigen.getEigenvalue(i).getReal()).min().orElseThrow();
    }

    /**
     * The problem in the unknowns y = (u₀, z) alone, u_k following from them.
     *
     * @param a u_20 = ⟨a, y⟩
     * @param b all pre-activations are B y + shift
     * @param shift see b
     * @param step 1/L, L ≥ the curvature of all but Ψ
     */
    private record Reduced(double[] a, double[][] b, double[] shift, double step) {
        static Reduced of(double[] w, double[] t) {
            int units = 2 * LAYERS;
            double[] u = new double[units + 1];
            u[0] = 1;
            double[][] b = new double[units][];
            double[] shift = new double[units];
            for (int k = 0; k < LAYERS; k++) {
                for (int side = 0; side < 2; side++) {
                    double weight = side == 0 ? w[k] : -w[k];
                    b[2 * k + side] = Arrays.stream(u).map(x -> weight * x).toArray();
                    shift[2 * k + side] = -w[k] * t[k];
                }
                u[1 + 2 * k] = w[k];
                u[2 + 2 * k] = -w[k];
            }
            double norm = NormOps_DDRM.normP2(new DMatrixRMaj(b));
            double size = Arrays.stream(u).map(x -> x * x).sum();
            return new Reduced(u, b, shift, 1 / (LAMBDA * size + 1 + norm * norm + 2 * norm));
        }

        private double[] gradient(double[] y, double f) {
            double[] g = new double[y.length];
            double miss = -f;
            for (int i = 0; i < y.length; i++) {
                miss += a[i] * y[i];
            }
            for (int i = 0; i < y.length; i++) {
                g[i] = LAMBDA * miss * a[i];
            }
            for (int r = 0; r < b.length; r++) {
                double v = shift[r];
                // Row r reads u₀ and the units before its layer alone.
                int known = 1 + r / 2 * 2;
                for (int i = 0; i < known; i++) {
                    v += b[r][i] * y[i];
                }
                double residual = Math.max(0, v) - y[r + 1];
                for (int i = 0; i < known; i++) {
                    g[i] += b[r][i] * residual;
                }
                g[r + 1] += y[r + 1] - v;
            }
            return g;
        }

        /** u₀, by accelerated proximal gradients with restarts (O'Donoghue and Candès 2015) from (u₀, 0). */
        double solve(double f, double u0, int iterations) {
            double[] y = new double[a.length];
            y[0] = u0;
            double[] ahead = y;
            double t = 1;
            for (int k = 0; k < iterations; k++) {
                double[] g = gradient(ahead, f);
                double[] next = new double[y.length];
                double uphill = 0;
                for (int i = 0; i < y.length; i++) {
                    double x = ahead[i] - step * g[i];
                    next[i] = i == 0 ? x : Math.max(0, x);
                    uphill += (ahead[i] - next[i]) * (next[i] - y[i]);
                }
                double later = uphill > 0 ? 1 : (1 + Math.sqrt(1 + 4 * t * t)) / 2;
                double momentum = uphill > 0 ? 0 : (t - 1) / later;
                ahead = new double[y.length];
                for (int i = 0; i < y.length; i++) {
                    ahead[i] = next[i] + momentum * (next[i] - y[i]);
                }
                y = next;
                t = later;
            }
            return y[0];
        }
    }

    @Override
    public Report run(Setting setting) {
        double[][] layers = layers();
        Reduced problem = Reduced.of(layers[0], layers[1]);
        int points = points(setting.scale());
        int iterations = iterations(setting.scale());
        setting.progress().accept(points + " inversions, from two starts each");
        double[] truth = IntStream.range(0, points).mapToDouble(i -> END * (2.0 * i / (points - 1) - 1)).toArray();
        double[] values = Arrays.stream(truth).map(ResidualInversion::function).toArray();
        double[] network = Arrays.stream(truth).map(u -> forward(layers[0], layers[1], LAYERS, u)).toArray();
        double[] found = Arrays.stream(values).map(f -> problem.solve(f, 0, iterations)).toArray();
        double[] again = Arrays.stream(values).map(f -> problem.solve(f, -END, iterations)).toArray();
        Report report = new Report();
        report.digest("recovered", Digest.of(ShallowInversion.rounded(found)));
        judge(report, truth, values, network, found, again);
        report.differs("The slides don't show how their network was found: this one is made so as to interpolate u^3 + u in 20"
                + " places on either side of 0, which their form of layer can, and of its 20 layers each has two units.");
        report.differs(text("lambda = %.0f and rho = %.0f, as the slides give none; no further regularisation.", LAMBDA, RHO));
        report.figures(setting.curves("inversion.png", "The function, the network, and what is recovered from u^3 + u", List.of(
                new Curves.Panel("Function and network", "u", "value", false, List.of(
                        Curves.Series.line("u^3 + u", truth, values), Curves.Series.line("N", truth, network))),
                new Curves.Panel("Inversion", "u", "recovered u", false, List.of(
                        Curves.Series.line("recovered", truth, found), new Curves.Series("u", truth, truth, true))))));
        return report;
    }

    private static void judge(
            Report report, double[] truth, double[] values, double[] network, double[] found, double[] again) {
        double fit = ShallowInversion.largest(values, network);
        double error = ShallowInversion.largest(truth, found);
        double apart = ShallowInversion.largest(found, again);
        double plus = leastEigenvalue(1);
        double minus = leastEigenvalue(-1);
        report.table(new Report.Table("Largest errors on [-1.5, 1.5]",
                List.of("N(u) - u^3 - u", "recovered u - u", "from another start"),
                List.of(List.of(fit, error, apart))));
        report.table(new Report.Table("Least eigenvalue of Q", List.of("layers add W* z", "layers subtract W* z"),
                List.of(List.of(plus, minus))));
        report.claim(text("N is u^3 + u up to %.2g, less than 0.02", fit), fit < 0.02);
        report.claim(text("Q is positive semi-definite: its least eigenvalue is %.3g", plus), plus >= 0);
        report.claim(text("for layers that subtract it is not: %.3g", minus), minus < 0);
        report.claim(text("every u is recovered up to %.2g, less than 0.02", error), error < 0.02);
        report.claim(text("another start leads to the same, up to %.2g, less than 0.001", apart), apart < 1e-3);
        report.compare("Q for layers that add", "positive semi-definite", text("least eigenvalue %.3g", plus));
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}

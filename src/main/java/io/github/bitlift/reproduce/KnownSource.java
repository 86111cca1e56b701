package io.github.bitlift.reproduce;

import io.github.bitlift.inversion.ImageVariation;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.decomposition.QRDecomposition;
import org.ejml.interfaces.linsol.LinearSolverDense;

/**
 * A source element v† of a picture x† for a ReLU perceptron: {@code W*v† ∈ ∂TV(x†)}, isotropic, in binary64.
 *
 * <p>A subgradient is ∇ᵀz with z = ∇x†/|∇x†| where that isn't 0 and |z| ≤ 1 elsewhere. The one looked for lies in the range of
 * W_A*, A being outputs well above 0: the estimate's divergence is infinite where v† isn't 0 but the output is. So {@code
 * ½‖(I − QQ*)∇ᵀz‖²} is minimised over such z by accelerated projected gradients (Beck and Teboulle 2009), Q being an orthonormal
 * basis of that range, until it is 0 as far as numbers tell; v† is then the solution of W_A*v = ∇ᵀz. There is one where A is
 * large enough for TV to tell x† from all other pictures with these outputs.
 *
 * @param x x†
 * @param z z, rounded
 * @param v v†
 * @param defect the largest entry of W*v† − ∇ᵀz, beside the 1 that z is bounded by
 */
record KnownSource(float[] x, float[] z, double[] v, double defect) {
    /** Noise and ρ v† stay below it. */
    private static final float WELL_ABOVE = 1f;
    private static final int MOST = 20_000;
    private static final int EVERY = 50;
    private static final double SMALL = 1e-9;

    static KnownSource of(RandomPerceptron network, float[] picture, ImageVariation tv) {
        float[] output = network.output(picture);
        int[] active = IntStream.range(0, output.length).filter(i -> output[i] >= WELL_ABOVE).toArray();
        DMatrixRMaj adjoint = transposed(network.rows(active));
        double[] z = dual(adjoint, tv, wide(picture));
        double[] p = tv.adjoint(z);
        DMatrixRMaj found = new DMatrixRMaj(active.length, 1);
        LinearSolverDense<DMatrixRMaj> solver = LinearSolverFactory_DDRM.leastSquares(picture.length, active.length);
        solver.setA(adjoint.copy());
        solver.solve(DMatrixRMaj.wrap(p.length, 1, p), found);
        double[] v = new double[output.length];
        for (int i = 0; i < active.length; i++) {
            v[active[i]] = found.data[i];
        }
        float[] rounded = new float[z.length];
        for (int i = 0; i < z.length; i++) {
            rounded[i] = (float) z[i];
        }
        return new KnownSource(picture, rounded, v, network.defect(v, tv.adjoint(wide(rounded))));
    }

    private static double[] wide(float[] values) {
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }

    private static DMatrixRMaj transposed(RandomPerceptron part) {
        int outputs = part.bias().length;
        DMatrixRMaj matrix = new DMatrixRMaj(part.inputs(), outputs);
        for (int i = 0; i < outputs; i++) {
            for (int k = 0; k < part.inputs(); k++) {
                matrix.set(k, i, part.weights()[i * part.inputs() + k]);
            }
        }
        return matrix;
    }

    private static double[] dual(DMatrixRMaj adjoint, ImageVariation tv, double[] x) {
        QRDecomposition<DMatrixRMaj> qr = DecompositionFactory_DDRM.qr(adjoint.numRows, adjoint.numCols);
        qr.decompose(adjoint.copy());
        DMatrixRMaj q = qr.getQ(null, true);
        double[] d = tv.gradient(x);
        double[] z = project(new double[d.length], d);
        double[] ahead = z;
        double t = 1;
        for (int k = 0; k < MOST; k++) {
            double[] r = tv.adjoint(ahead);
            takeOut(q, r);
            double[] g = tv.gradient(r);
            for (int i = 0; i < g.length; i++) {
                g[i] = ahead[i] - g[i] / 8;
            }
            double[] next = project(g, d);
            double later = (1 + Math.sqrt(1 + 4 * t * t)) / 2;
            ahead = new double[z.length];
            for (int i = 0; i < z.length; i++) {
                ahead[i] = next[i] + (t - 1) / later * (next[i] - z[i]);
            }
            z = next;
            t = later;
            if (k % EVERY == 0 && isSmall(q, tv.adjoint(z))) {
                break;
            }
        }
        return z;
    }

    /** z = d/|d| where d isn't 0, else the nearest with |z| ≤ 1. */
    private static double[] project(double[] z, double[] d) {
        int pixels = z.length / 2;
        double[] projected = new double[z.length];
        for (int k = 0; k < pixels; k++) {
            double size = Math.hypot(d[k], d[pixels + k]);
            double[] from = size > 0 ? d : z;
            double scale = size > 0 ? size : Math.max(1, Math.hypot(z[k], z[pixels + k]));
            projected[k] = from[k] / scale;
            projected[pixels + k] = from[pixels + k] / scale;
        }
        return projected;
    }

    /** r ← (I − QQ*) r. */
    private static void takeOut(DMatrixRMaj q, double[] r) {
        DMatrixRMaj vector = DMatrixRMaj.wrap(r.length, 1, r);
        DMatrixRMaj inside = new DMatrixRMaj(q.numCols, 1);
        CommonOps_DDRM.multTransA(q, vector, inside);
        CommonOps_DDRM.multAdd(-1, q, inside, vector);
    }

    private static boolean isSmall(DMatrixRMaj q, double[] r) {
        takeOut(q, r);
        for (double value : r) {
            if (Math.abs(value) > SMALL) {
                return false;
            }
        }
        return true;
    }

    /** ‖v†‖. */
    double norm() {
        double squares = 0;
        for (double value : v) {
            squares += value * value;
        }
        return Math.sqrt(squares);
    }
}

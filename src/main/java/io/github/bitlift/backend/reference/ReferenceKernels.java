package io.github.bitlift.backend.reference;

import static io.github.bitlift.backend.HostBuffer.array;
import static io.github.bitlift.backend.HostBuffer.start;

import io.github.bitlift.backend.ColumnSum;
import io.github.bitlift.backend.Copy;
import io.github.bitlift.backend.Elementwise;
import io.github.bitlift.backend.Fold;
import io.github.bitlift.backend.HostSums;
import io.github.bitlift.backend.Kernels;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.PowerIteration;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Reduce;
import io.github.bitlift.backend.TvPdhg;
import io.github.bitlift.backend.Unfold;
import io.github.bitlift.backend.Update;
import io.github.bitlift.numerics.Reduction;

/** The executable specification: one obvious loop per operation. */
final class ReferenceKernels implements Kernels {
    /** Rule 2 of the contract: chains are cut into segments of this many terms. */
    private static final int SEGMENT = 1024;

    private final Reduction sums = new Reduction();
    private final RowOperations rows = new RowOperations(new Maps(), new Rows());

    @Override
    public void product(Product operation) {
        for (Product.Row row : operation.rows()) {
            for (int i = 0; i < row.rows(); i++) {
                float[] sums = new float[row.columns()];
                for (int k = 0; k < sums.length; k++) {
                    sums[k] = element(row.terms().get(0), i, k);
                    for (int t = 1; t < row.terms().size(); t++) {
                        sums[k] = sums[k] + element(row.terms().get(t), i, k);
                    }
                }
                rows.finish(row, i, 1, sums, 0);
            }
        }
    }

    private static float element(Product.Term term, int i, int k) {
        if (term instanceof Product.Scaled scaled) {
            return scaled.factor() * array(scaled.operand())[start(scaled.operand(), i) + k];
        }
        Product.Dense dense = (Product.Dense) term;
        Matrix a = dense.left();
        Matrix b = dense.right();
        return dot(
                dense.depth(),
                array(a), start(a) + (dense.transposeLeft() ? i : i * a.columns()), dense.transposeLeft() ? a.columns() : 1,
                array(b), start(b) + (dense.transposeRight() ? k * b.columns() : k), dense.transposeRight() ? 1 : b.columns());
    }

    /** Σₗ a[aAt + l·aStride]·b[bAt + l·bStride] under rule 2. */
    private static float dot(int depth, float[] a, int aAt, int aStride, float[] b, int bAt, int bStride) {
        float total = 0f;
        for (int segment = 0; segment < depth; segment += SEGMENT) {
            float chain = 0f;
            int end = Math.min(depth, segment + SEGMENT);
            for (int l = segment; l < end; l++) {
                chain = Math.fma(a[aAt + l * aStride], b[bAt + l * bStride], chain);
            }
            total = segment == 0 ? chain : total + chain;
        }
        return total;
    }

    @Override
    public void columnSum(ColumnSum operation) {
        float[] one = {1f};
        for (ColumnSum.Entry entry : operation.entries()) {
            Matrix in = entry.in();
            for (int k = 0; k < in.columns(); k++) {
                float sum = dot(in.rows(), array(in), start(in) + k, in.columns(), one, 0, 0);
                array(entry.out())[start(entry.out()) + k] = entry.scale() * sum;
            }
        }
    }

    @Override
    public void update(Update operation) {
        for (Update.Step step : operation.steps()) {
            for (int i = 0; i < step.x().rows(); i++) {
                rows.step(step, (long) i * step.x().columns(), step.x().columns());
            }
        }
    }

    @Override
    public void elementwise(Elementwise operation) {
        for (int i = 0; i < operation.v().rows(); i++) {
            rows.elementwise(operation, i, 1);
        }
    }

    @Override
    public void reduce(Reduce operation) {
        double[] rowSums = new double[operation.a().rows()];
        for (int i = 0; i < rowSums.length; i++) {
            rowSums[i] = RowOperations.rowSum(operation, i, sums);
        }
        HostSums.set(operation.into(), operation.slot(), Reduction.sum(rowSums, 0, rowSums.length));
    }

    @Override
    public void powerIteration(PowerIteration operation) {
        Matrix a = operation.a();
        Matrix x = operation.x();
        Matrix y = operation.y();
        float[] w = new float[a.columns()];
        for (int iteration = 0; iteration < operation.iterations(); iteration++) {
            apply(a, x, y);
            for (int k = 0; k < w.length; k++) {
                w[k] = dot(a.rows(), array(y), start(y), 1, array(a), start(a) + k, a.columns());
            }
            double n2 = squaredNorm(w, 0, w.length);
            if (n2 > 0 && n2 < Double.POSITIVE_INFINITY) {
                float inverse = (float) (1.0 / Math.sqrt(n2));
                for (int k = 0; k < w.length; k++) {
                    array(x)[start(x) + k] = w[k] * inverse;
                }
            }
        }
        apply(a, x, y);
        double xx = squaredNorm(array(x), start(x), x.columns());
        double norm = xx == 0 ? 0.0 : squaredNorm(array(y), start(y), y.columns()) / xx;
        HostSums.set(operation.norm(), operation.slot(), norm);
        if (operation.step() != null) {
            array(operation.step())[start(operation.step())] =
                    (float) (operation.numerator() / (operation.scale() * norm + operation.shift()));
        }
    }

    private static void apply(Matrix a, Matrix x, Matrix y) {
        for (int i = 0; i < a.rows(); i++) {
            array(y)[start(y) + i] = dot(a.columns(), array(x), start(x), 1, array(a), start(a, i), 1);
        }
    }

    private double squaredNorm(float[] values, int at, int n) {
        return sums.sum(n, k -> (double) values[at + k] * values[at + k]);
    }

    @Override
    public void copy(Copy operation) {
        System.arraycopy(
                array(operation.from()), start(operation.from()),
                array(operation.to()), start(operation.to()),
                (int) operation.from().size());
    }

    @Override
    public void tvPdhg(TvPdhg operation) {
        for (int image = 0; image < operation.x().rows(); image++) {
            new PrimalDual(operation, image).run();
        }
    }

    @Override
    public void unfold(Unfold operation) {
        Patches.unfold(operation);
    }

    @Override
    public void fold(Fold operation) {
        Patches.fold(operation);
    }
}

package io.github.bitlift.solver;

import io.github.bitlift.backend.Matrix;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.SingularValueDecomposition_F64;

/**
 * The prox map of the nuclear norm. It runs on the host, in binary64, rounded to binary32 once per number, on one thread:
 * about 20·n³ operations for an n × n matrix, and a copy to the host and back.
 */
final class SingularValues {
    private SingularValues() {}

    /**
     * {@code out ← U max(S − weight, 0) Vᵀ} for {@code a = U S Vᵀ}.
     *
     * @throws IllegalArgumentException if a holds a number that isn't finite
     */
    static void shrink(Matrix a, Matrix out, double weight) {
        float[] values = a.toArray();
        DMatrixRMaj matrix = new DMatrixRMaj(a.rows(), a.columns());
        for (int i = 0; i < values.length; i++) {
            matrix.data[i] = values[i];
        }
        SingularValueDecomposition_F64<DMatrixRMaj> svd =
                DecompositionFactory_DDRM.svd(a.rows(), a.columns(), true, true, true);
        if (!svd.decompose(matrix)) {
            throw new IllegalArgumentException("nuclear norm: no singular values of a weight matrix " + a.shape()
                    + " that isn't finite; expected a smaller learning rate");
        }
        DMatrixRMaj u = svd.getU(null, false);
        double[] singular = svd.getSingularValues();
        for (int k = 0; k < u.numCols; k++) {
            double kept = Math.max(singular[k] - weight, 0);
            for (int i = 0; i < u.numRows; i++) {
                u.set(i, k, u.get(i, k) * kept);
            }
        }
        DMatrixRMaj shrunk = new DMatrixRMaj(a.rows(), a.columns());
        CommonOps_DDRM.mult(u, svd.getV(null, true), shrunk);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) shrunk.data[i];
        }
        out.write(values);
    }
}

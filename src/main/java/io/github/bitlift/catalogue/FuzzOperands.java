package io.github.bitlift.catalogue;

import io.github.bitlift.backend.Matrix;
import io.github.bitlift.catalogue.Setup.Fill;
import java.util.ArrayList;
import java.util.List;

/**
 * Operands of fuzzed operations. Later operations often take what earlier ones used or wrote, so that a backend that
 * loses the order of operations shows it; within one operation nothing is written that anything else uses.
 */
final class FuzzOperands {
    private static final int REUSED = 40;
    private static final int SLICED = 10;

    private final Setup setup;
    private final Draw draw;
    private final List<Matrix> matrices = new ArrayList<>();
    private final List<Matrix> used = new ArrayList<>();
    private final List<Matrix> written = new ArrayList<>();

    FuzzOperands(Setup setup, Draw draw) {
        this.setup = setup;
        this.draw = draw;
    }

    /** Forgets what the operation before used and wrote. */
    void nextOperation() {
        used.clear();
        written.clear();
    }

    /** A matrix that is only read. */
    Matrix input(int rows, int columns, Fill fill) {
        Matrix matrix = pick(rows, columns, fill, written);
        used.add(matrix);
        return matrix;
    }

    /** A matrix that is written, and perhaps read by the same row or step. */
    Matrix output(int rows, int columns) {
        return output(rows, columns, Fill.NORMAL);
    }

    /** The same with initial values that matter. */
    Matrix output(int rows, int columns, Fill fill) {
        Matrix matrix = pick(rows, columns, fill, used);
        used.add(matrix);
        written.add(matrix);
        return matrix;
    }

    /** A fresh row of numbers that is only read. */
    Matrix numbers(float... values) {
        return setup.set(setup.matrix(1, values.length, Fill.NORMAL), values);
    }

    /** A fresh matrix of these numbers that is written. */
    Matrix written(int rows, int columns, float[] values) {
        Matrix matrix = setup.set(setup.matrix(rows, columns, Fill.NORMAL), values);
        used.add(matrix);
        written.add(matrix);
        return matrix;
    }

    private Matrix pick(int rows, int columns, Fill fill, List<Matrix> taken) {
        List<Matrix> fitting = matrices.stream()
                .filter(each -> each.rows() == rows && each.columns() == columns)
                .filter(each -> taken.stream().noneMatch(other -> other.buffer() == each.buffer()))
                .toList();
        if (!fitting.isEmpty() && draw.chance(REUSED)) {
            return draw.oneOf(fitting);
        }
        Matrix matrix = fresh(rows, columns, fill);
        matrices.add(matrix);
        return matrix;
    }

    private Matrix fresh(int rows, int columns, Fill fill) {
        if (!draw.chance(SLICED)) {
            return setup.matrix(rows, columns, fill);
        }
        int above = draw.below(4);
        return setup.matrix(above + rows + draw.below(4), columns, fill).slice(above, above + rows);
    }
}

package io.github.bitlift.solver;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Buffer;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.PowerIteration;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.numerics.Philox;

/** A step size {@code numerator / (scale·‖A‖² + shift)} from power iterations that start where the last ones ended. */
final class Norms implements AutoCloseable {
    private static final long START = 500;

    private final Sums norm;
    private final Buffer vector;
    private final Buffer scratch;
    private final PowerIteration none;

    /**
     * The norm of one matrix.
     *
     * @param step where the step size goes, or null for the norm alone
     * @param stream tells the starting vectors of a run's norms apart
     */
    Norms(Backend backend, Matrix a, Matrix step, double numerator, double scale, double shift, long stream) {
        this.norm = backend.allocateSums(1);
        this.vector = backend.allocate(a.columns());
        this.scratch = backend.allocate(a.rows());
        float[] start = new float[a.columns()];
        Philox random = new Philox(0, START + stream);
        for (int i = 0; i < start.length; i++) {
            start[i] = random.normal(i);
        }
        vector.write(0, start, 0, start.length);
        Matrix y = Matrix.of(scratch, 1, a.rows());
        this.none = new PowerIteration(a, vector(), y, 0, norm, 0, step, numerator, scale, shift);
    }

    /** Brings the norm and the step size up to date. */
    PowerIteration operation(int iterations) {
        return new PowerIteration(
                none.a(), none.x(), none.y(), iterations, norm, 0, none.step(), none.numerator(), none.scale(),
                none.shift());
    }

    /** ‖A‖² as it was found last. */
    double squared() {
        return norm.get(0);
    }

    /** The vector that makes the next estimate cheap: part of a run's state. */
    Matrix vector() {
        return Matrix.of(vector, 1, Math.toIntExact(vector.length()));
    }

    @Override
    public void close() {
        norm.close();
        vector.close();
        scratch.close();
    }
}

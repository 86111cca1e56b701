package io.github.bitlift.solver;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Buffer;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Update;

/** Scalars c that steps x ← x − c·g read when they run. */
final class Coefficients implements AutoCloseable {
    private static final int EACH = 3;

    private final Buffer buffer;
    private final float[] staged;

    /** So many scalars, all zero. */
    Coefficients(Backend backend, int count) {
        this.buffer = backend.allocate((long) EACH * count);
        this.staged = new float[EACH * count];
    }

    /** {@code x ← fma(−c, g, x)} with scalar {@code index}. */
    Update.Step step(int index, Matrix x, Matrix g) {
        Matrix coefficient = new Matrix(buffer, (long) EACH * index, 1, EACH);
        return new Update.Step(new Update.Gradient(), x, g, null, null, coefficient, null, null);
    }

    /** Sets a scalar, rounded once to binary32; {@link #write} makes it known. */
    void set(int index, double value) {
        staged[EACH * index] = (float) value;
    }

    /** Hands the scalars on to the steps that run from now on. */
    void write() {
        buffer.write(0, staged, 0, staged.length);
    }

    @Override
    public void close() {
        buffer.close();
    }
}

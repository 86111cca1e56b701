package io.github.bitlift.bench;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Buffer;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.numerics.Philox;
import java.util.ArrayList;
import java.util.List;

/** Seeded operands on one backend. Normal variates, since zeros are kinder than data to some machines. */
final class Operands implements AutoCloseable {
    /** A prime, so that rows don't repeat each other. */
    private static final int PERIOD = 65_521;

    private final Backend backend;
    private final float[] variates = new float[PERIOD];
    private final List<Runnable> owned = new ArrayList<>();
    private int made;

    /** None yet. */
    Operands(Backend backend) {
        this.backend = backend;
        new Philox(1, 0).normals(variates);
    }

    /** Normal variates of variance 1, {@code [rows, columns]}. */
    Matrix normal(int rows, int columns) {
        return normal(rows, columns, 1f);
    }

    /** Normal variates times a factor, {@code [rows, columns]}. */
    Matrix normal(int rows, int columns, float factor) {
        float[] scaled = new float[PERIOD];
        for (int i = 0; i < PERIOD; i++) {
            scaled[i] = factor * variates[(i + 7919 * made) % PERIOD];
        }
        made++;
        Matrix matrix = zeros(rows, columns);
        for (long at = 0; at < matrix.size(); at += PERIOD) {
            matrix.buffer().write(at, scaled, 0, (int) Math.min(PERIOD, matrix.size() - at));
        }
        return matrix;
    }

    /** Room for a result {@code [rows, columns]}. */
    Matrix zeros(int rows, int columns) {
        Buffer buffer = backend.allocate((long) rows * columns);
        owned.add(buffer::close);
        return Matrix.of(buffer, rows, columns);
    }

    /** Given numbers {@code [1, n]}. */
    Matrix row(float... values) {
        Matrix matrix = zeros(1, values.length);
        matrix.write(values);
        return matrix;
    }

    /** Slots for reductions. */
    Sums sums(int slots) {
        Sums sums = backend.allocateSums(slots);
        owned.add(sums::close);
        return sums;
    }

    @Override
    public void close() {
        for (int i = owned.size() - 1; i >= 0; i--) {
            owned.get(i).run();
        }
        owned.clear();
    }
}

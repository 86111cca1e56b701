package io.github.bitlift.io;

/**
 * A matrix of binary32 values, samples first.
 *
 * @param rows    samples, at least 1
 * @param columns features, at least 1
 * @param values  {@code [rows, columns]}, row-major; not copied
 */
public record FloatTable(int rows, int columns, float[] values) {

    public FloatTable {
        if (rows < 1 || columns < 1 || (long) rows * columns != values.length) {
            throw new IllegalArgumentException(
                    "[" + rows + ", " + columns + "] does not describe " + values.length + " values");
        }
    }
}

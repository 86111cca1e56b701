package io.github.bitlift.network;

/**
 * A measurement operator H: ℝ^columns → ℝ^rows of an inverse problem (framework paper, eq. 1), known and never learned.
 *
 * @param rows M, the numbers in a measurement
 * @param columns N, the numbers in a signal
 * @param values {@code [rows, columns]}
 */
public record MeasurementOperator(int rows, int columns, float[] values) {

    /** Checks shapes; the array isn't copied. */
    public MeasurementOperator {
        if (rows < 1 || columns < 1 || values.length != (long) rows * columns) {
            throw new IllegalArgumentException("measurement operator [" + rows + ", " + columns + "] from " + values.length
                    + " numbers, expected rows x columns of them");
        }
    }

    /** The identity: denoising. */
    public static MeasurementOperator identity(int n) {
        float[] values = new float[Math.multiplyExact(n, n)];
        for (int i = 0; i < n; i++) {
            values[i * n + i] = 1f;
        }
        return new MeasurementOperator(n, n, values);
    }
}

package io.github.bitlift.backend;

/**
 * A row-major view of a buffer: {@code [rows, columns]}, contiguous, element (i, k) at
 * {@code offset + i·columns + k}.
 *
 * @param buffer where the elements lie
 * @param offset index of the first element
 * @param rows samples for activations, outputs for weights
 * @param columns features for activations, inputs for weights
 */
public record Matrix(Buffer buffer, long offset, int rows, int columns) {

    /** Checks that the view lies within its buffer. */
    public Matrix {
        if (rows < 0 || columns < 0 || offset < 0 || offset + (long) rows * columns > buffer.length()) {
            throw new IllegalArgumentException("matrix [" + rows + ", " + columns + "] at " + offset
                    + ": outside its buffer of " + buffer.length() + " elements");
        }
    }

    /** A view of a whole buffer. */
    public static Matrix of(Buffer buffer, int rows, int columns) {
        return new Matrix(buffer, 0, rows, columns);
    }

    /** The number of elements. */
    public long size() {
        return (long) rows * columns;
    }

    /** Rows {@code from} (inclusive) to {@code to} (exclusive). */
    public Matrix slice(int from, int to) {
        if (from < 0 || to < from || to > rows) {
            throw new IllegalArgumentException("rows " + from + " to " + to + " of " + shape());
        }
        return new Matrix(buffer, offset + (long) from * columns, to - from, columns);
    }

    /**
     * The same elements in other rows: {@code [n, pixels·channels]} as {@code [n·pixels, channels]}.
     *
     * @throws IllegalArgumentException if the number of elements isn't the same
     */
    public Matrix reshape(int newRows, int newColumns) {
        if ((long) newRows * newColumns != size()) {
            throw new IllegalArgumentException(shape() + " as [" + newRows + ", " + newColumns + "]: expected as many elements");
        }
        return new Matrix(buffer, offset, newRows, newColumns);
    }

    /** {@code [rows, columns]}, for messages. */
    public String shape() {
        return "[" + rows + ", " + columns + "]";
    }

    /** Copies all elements from the heap. */
    public void write(float[] source) {
        buffer.write(offset, source, 0, Math.toIntExact(size()));
    }

    /** Copies all elements to a new array. */
    public float[] toArray() {
        float[] values = new float[Math.toIntExact(size())];
        buffer.read(offset, values, 0, values.length);
        return values;
    }

    /** Whether some element belongs to both views. */
    public boolean overlaps(Matrix other) {
        return buffer == other.buffer && size() > 0 && other.size() > 0
                && offset < other.offset + other.size() && other.offset < offset + size();
    }

    Matrix require(String role, int expectedRows, int expectedColumns) {
        if (rows != expectedRows || columns != expectedColumns) {
            throw new IllegalArgumentException(
                    role + " is " + shape() + ", expected [" + expectedRows + ", " + expectedColumns + "]");
        }
        return this;
    }
}

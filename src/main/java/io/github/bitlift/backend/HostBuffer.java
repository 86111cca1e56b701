package io.github.bitlift.backend;

import java.util.Objects;

/** Binary32 storage on the Java heap, for backends that run on the processor. */
public final class HostBuffer implements Buffer {
    private final Memory memory;
    private float[] values;
    private long version;

    /** Allocates on no backend's account. */
    public HostBuffer(long length) {
        this(length, new Memory());
    }

    /**
     * Allocates.
     *
     * @param memory the account that it goes on
     * @throws BackendException if the length exceeds an array's or the heap's, or its bytes the account's limit
     */
    public HostBuffer(long length, Memory memory) {
        this.memory = memory;
        if (length < 0 || length > Integer.MAX_VALUE - 8) {
            throw new BackendException("allocate: " + length + " elements, expected 0 to " + (Integer.MAX_VALUE - 8)
                    + " on the Java heap");
        }
        memory.take(Float.BYTES * length, "a buffer of " + length + " elements");
        try {
            values = new float[(int) length];
        } catch (OutOfMemoryError e) {
            memory.give(Float.BYTES * length);
            throw new NoRoomException("allocate: no room for " + length + " elements (" + 4 * length
                    + " bytes) on the Java heap; fewer images or a larger -Xmx would help", e);
        }
    }

    /**
     * The array under a matrix; element (0, 0) lies at {@link #start}.
     *
     * @throws IllegalArgumentException if the matrix belongs to a backend that isn't on the heap
     */
    public static float[] array(Matrix matrix) {
        if (matrix.buffer() instanceof HostBuffer host) {
            return host.values();
        }
        throw new IllegalArgumentException("operand " + matrix.shape() + " belongs to another backend");
    }

    /** The array under a matrix, or null for none. */
    public static float[] arrayOrNull(Matrix matrix) {
        return matrix == null ? null : array(matrix);
    }

    /** The index of a matrix' first element in its {@link #array}. */
    public static int start(Matrix matrix) {
        return (int) matrix.offset();
    }

    /** The index of a row's first element in a matrix' {@link #array}; 0 for no matrix. */
    public static int start(Matrix matrix, int row) {
        return matrix == null ? 0 : (int) (matrix.offset() + (long) row * matrix.columns());
    }

    /** The buffers that an operation changes, each once. */
    public static HostBuffer[] changedBy(Operation operation) {
        return operation.results().stream().map(Matrix::buffer).distinct()
                .filter(HostBuffer.class::isInstance).map(HostBuffer.class::cast).toArray(HostBuffer[]::new);
    }

    /** A number that never comes back once the contents have changed: what was derived from them goes by it. */
    public long version() {
        return version;
    }

    /** Says that the contents are about to change. */
    public void changes() {
        version++;
    }

    private float[] values() {
        if (values == null) {
            throw new IllegalStateException("buffer is closed");
        }
        return values;
    }

    @Override
    public long length() {
        return values().length;
    }

    @Override
    public void write(long at, float[] source, int from, int count) {
        Objects.checkFromIndexSize(at, count, length());
        changes();
        System.arraycopy(source, from, values, (int) at, count);
    }

    @Override
    public void read(long at, float[] target, int from, int count) {
        Objects.checkFromIndexSize(at, count, length());
        System.arraycopy(values, (int) at, target, from, count);
    }

    @Override
    public void close() {
        if (values != null) {
            memory.give((long) Float.BYTES * values.length);
            values = null;
        }
    }
}

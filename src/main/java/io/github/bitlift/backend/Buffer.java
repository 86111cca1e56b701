package io.github.bitlift.backend;

/**
 * Binary32 storage that belongs to one {@link Backend}; zero when allocated.
 *
 * <p>Reads and writes wait for the programs enqueued before them.
 */
public interface Buffer extends AutoCloseable {

    /** The number of binary32 elements. */
    long length();

    /**
     * Copies {@code count} elements from the heap.
     *
     * @throws IndexOutOfBoundsException if either range lies outside its array
     */
    void write(long at, float[] source, int from, int count);

    /**
     * Copies {@code count} elements to the heap.
     *
     * @throws IndexOutOfBoundsException if either range lies outside its array
     */
    void read(long at, float[] target, int from, int count);

    /** Frees the storage; closing twice does nothing. */
    @Override
    void close();
}

package io.github.bitlift.backend;

/** Operations compiled once by a {@link Backend} and replayed; a replay allocates no array of data on the Java heap. */
public interface Program extends AutoCloseable {

    /** Enqueues all operations in order. Results are seen by {@link Buffer#read} and {@link Sums#get}. */
    void run();

    @Override
    void close();
}

package io.github.bitlift.backend;

/** Binary64 results of reductions, one per slot; zero when allocated. */
public interface Sums extends AutoCloseable {

    /** The number of slots. */
    int length();

    /** Waits for the programs enqueued before and returns one slot. */
    double get(int slot);

    /** Frees the storage; closing twice does nothing. */
    @Override
    void close();
}

package io.github.bitlift.io;

import java.util.Objects;

/**
 * A matrix of binary32 values {@code [count, width]} that is read a few rows at a time, from a file or from what another
 * one gives; it may be larger than memory. One thread at a time reads it.
 *
 * @param count the number of rows
 * @param width numbers per row
 * @param reader where they come from
 */
public record Rows(int count, int width, Reader reader) {

    /** Brings rows. */
    @FunctionalInterface
    public interface Reader {
        /** Copies {@code n} rows from row {@code first} on to {@code to}, where the first one starts at {@code at}. */
        void read(int first, int n, float[] to, int at);
    }

    /**
     * Copies rows.
     *
     * @param first the first one
     * @param n how many
     * @param to where to
     * @param at where in {@code to} the first number goes
     * @throws IndexOutOfBoundsException if there are no such rows or no such places
     * @throws InputException if a file can't be read or holds what it may not hold
     */
    public void read(int first, int n, float[] to, int at) {
        Objects.checkFromIndexSize(first, n, count);
        Objects.checkFromIndexSize(at, (long) n * width, (long) to.length);
        reader.read(first, n, to, at);
    }

    /** Rows {@code from} (inclusive) to {@code until} (exclusive). */
    public Rows slice(int from, int until) {
        Objects.checkFromToIndex(from, until, count);
        return new Rows(until - from, width, (first, n, to, at) -> reader.read(from + first, n, to, at));
    }
}

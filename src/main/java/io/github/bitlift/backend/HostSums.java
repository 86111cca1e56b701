package io.github.bitlift.backend;

/** Reduction results on the Java heap. */
public final class HostSums implements Sums {
    private final double[] values;

    /** Allocates zeroed slots. */
    public HostSums(int slots) {
        values = new double[slots];
    }

    /**
     * Stores a result.
     *
     * @throws IllegalArgumentException if the sums belong to a backend that isn't on the heap
     */
    public static void set(Sums sums, int slot, double value) {
        if (!(sums instanceof HostSums host)) {
            throw new IllegalArgumentException("reduction result belongs to another backend");
        }
        host.values[slot] = value;
    }

    @Override
    public int length() {
        return values.length;
    }

    @Override
    public double get(int slot) {
        return values[slot];
    }

    @Override
    public void close() {
        // Nothing but heap memory.
    }
}

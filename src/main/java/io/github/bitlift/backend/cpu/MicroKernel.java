package io.github.bitlift.backend.cpu;

/**
 * The innermost part of a matrix product: one tile of the result, and the packing of its two factors into panels.
 *
 * <p>A panel of the left factor holds its rows one after the other, {@link #LEFT_STRIDE} floats apart. A panel of the
 * right factor holds {@link #columns()} of its columns, k-major, in a layout of the kernel's own choice over
 * {@link #arrays()} arrays. Places past the edge of a matrix hold anything, and so do the
 * elements computed from them.
 *
 * <p>Every implementation computes each element as one chain of fused multiply-adds over ascending k, so all give the
 * same bits. They hold no state and can be shared among threads.
 */
public interface MicroKernel {
    /**
     * Floats from one row of a left panel to the next. It is a constant, so that all rows of a tile share one address and one
     * check of bounds; and no power of two, so that they don't share sets of the cache.
     */
    int LEFT_STRIDE = Sgemm.SEGMENT + 16;

    /** Name by which this kernel can be chosen. */
    String name();

    /** Rows of one tile. */
    int rows();

    /** Columns of one tile. */
    int columns();

    /** How many arrays hold a panel of the right factor. */
    int arrays();

    /** Length of each array of a panel of the right factor that is {@code depth} deep. */
    int arrayLength(int depth);

    /**
     * Packs rows of a left factor whose columns are contiguous: element (row, k) lies at {@code at + k * stride + row}.
     *
     * @param rows how many rows
     * @param depth how many k, at most {@link Sgemm#SEGMENT}
     * @param panel receives the rows from {@code panelAt}
     */
    void transposeLeft(float[] source, int at, int stride, int rows, int depth, float[] panel, int panelAt);

    /**
     * Packs {@code count} columns of the right factor.
     *
     * @param transposed whether element (k, column) lies at {@code at + column * stride + k} (else at
     *     {@code at + k * stride + column})
     * @param count columns present, at most {@link #columns()}
     * @param from place in the panel, counted in k, where this block begins; 0 if {@code transposed}
     * @param panels receives the panel in its {@link #arrays()} arrays from number {@code first}
     */
    void packRight(boolean transposed, float[] source, int at, int stride, int count, int from, int depth,
            float[][] panels, int first);

    /**
     * Computes one tile: chains of {@code depth} fused multiply-adds from +0.
     *
     * @param rows rows of the tile, 1 to {@link #rows()}
     * @param a panel of the left factor, from {@code aAt}
     * @param panels panel of the right factor, in the arrays from number {@code first}
     * @param count columns of the tile that matter, at most {@link #columns()}; the others may hold anything afterwards
     * @param c receives {@code rows} rows of {@link #columns()} floats, {@code cStride} apart, from {@code cAt}
     * @param work {@link #rows()} arrays of {@link #columns()} floats that the kernel may use
     */
    void multiply(int rows, int depth, float[] a, int aAt, float[][] panels, int first, int count, float[] c, int cAt,
            int cStride, float[][] work);

    /** Adds {@code count} floats of {@code terms} to as many of {@code sums}. */
    void add(float[] terms, int at, float[] sums, int to, int count);
}

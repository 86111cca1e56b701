package io.github.bitlift.backend.cpu;

/**
 * The innermost part of a matrix product: one tile of the result, and the packing of its two factors into panels.
 *
 * <p>A panel of the left factor holds {@link #rows()} of its rows, k-major:
 * {@code a[k][row]}, {@link #leftWidth()} floats for each k, in one array. A panel of the
 * right factor holds {@link #columns()} of its columns, also k-major, in a layout of the kernel's own choice over
 * {@link #arrays()} arrays. Places past the edge of a matrix hold anything, and so do the
 * elements computed from them.
 *
 * <p>Every implementation computes each element as one chain of fused multiply-adds over ascending k, so all give the
 * same bits. They hold no state and can be shared among threads.
 */
public interface MicroKernel {
    /** Name by which this kernel can be chosen. */
    String name();

    /** Rows of one tile. */
    int rows();

    /** Floats for each k in a panel of the left factor, at least {@link #rows()}. */
    int leftWidth();

    /** Columns of one tile. */
    int columns();

    /** How many k one call of {@link #multiply} should be given, so that its panel of the right factor stays in L1. */
    int depth();

    /** How many arrays hold a panel of the right factor. */
    int arrays();

    /** Length of each array of a panel of the right factor that is {@code depth} deep. */
    int arrayLength(int depth);

    /**
     * Packs {@code count} rows of the left factor.
     *
     * @param transposed whether element (row, k) lies at {@code at + k * stride + row} (else at
     *     {@code at + row * stride + k})
     * @param count rows present, at most {@link #rows()}
     * @param panel receives {@code depth * leftWidth()} floats from {@code panelAt}
     */
    void packLeft(boolean transposed, float[] source, int at, int stride, int count, int depth,
            float[] panel, int panelAt);

    /**
     * Packs {@code count} columns of the right factor.
     *
     * @param transposed whether element (k, column) lies at {@code at + column * stride + k} (else at
     *     {@code at + k * stride + column})
     * @param count columns present, at most {@link #columns()}
     * @param from place in the panel, counted in k, where this block begins
     * @param panels receives the panel in its {@link #arrays()} arrays from number {@code first}
     */
    void packRight(boolean transposed, float[] source, int at, int stride, int count, int from, int depth,
            float[][] panels, int first);

    /**
     * Continues the chains of one tile by {@code depth} fused multiply-adds.
     *
     * @param fresh whether the chains start from +0 rather than from what {@code c} holds
     * @param a panel of the left factor, from {@code aAt}
     * @param panels panel of the right factor, in the arrays from number {@code first}, beginning at its k {@code from}
     * @param count columns of the tile that matter, at most {@link #columns()}; the others may hold anything afterwards
     * @param c the tile: {@link #rows()} rows of {@link #columns()} floats, {@code cStride} apart, from {@code cAt}
     * @param work {@link #rows()} arrays of {@link #columns()} floats that the kernel may use
     */
    void multiply(boolean fresh, int depth, float[] a, int aAt, float[][] panels, int first, int from,
            int count, float[] c, int cAt, int cStride, float[][] work);

    /** Adds {@code count} floats of {@code terms} to as many of {@code sums}. */
    void add(float[] terms, int at, float[] sums, int to, int count);
}

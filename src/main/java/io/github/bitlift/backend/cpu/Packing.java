package io.github.bitlift.backend.cpu;

/**
 * Scalar packing of panels {@code [depth][width]}. Transposing four vectors' worth at a time is bound by one store per element;
 * blocks transposed by the Vector API were as fast once compiled (0.28 ns per element either way), but took seconds to get there.
 */
final class Packing {
    private static final int TOGETHER = 4;

    private Packing() {
    }

    /** Panel element (p, w) comes from {@code source[at + p * stride + w]}, for w below {@code count}. */
    static void copy(float[] source, int at, int stride, int count, int depth, float[] panel, int panelAt, int width) {
        for (int p = 0; p < depth; p++) {
            System.arraycopy(source, at + p * stride, panel, panelAt + p * width, count);
        }
    }

    /** Panel element (p, w) comes from {@code source[at + w * stride + p]}, for w below {@code count}. */
    static void transpose(float[] source, int at, int stride, int count, int depth, float[] panel, int panelAt,
            int width) {
        int w = 0;
        for (; w + TOGETHER <= count; w += TOGETHER) {
            four(source, at + w * stride, stride, depth, panel, panelAt + w, width);
        }
        for (; w < count; w++) {
            int from = at + w * stride;
            int to = panelAt + w;
            for (int p = 0; p < depth; p++) {
                panel[to + p * width] = source[from + p];
            }
        }
    }

    private static void four(float[] source, int at, int stride, int depth, float[] panel, int panelAt, int width) {
        int b = at + stride;
        int c = b + stride;
        int d = c + stride;
        for (int p = 0; p < depth; p++) {
            int to = panelAt + p * width;
            panel[to] = source[at + p];
            panel[to + 1] = source[b + p];
            panel[to + 2] = source[c + p];
            panel[to + 3] = source[d + p];
        }
    }
}

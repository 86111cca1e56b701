package io.github.bitlift.backend.cpu;

import java.util.Arrays;

/** Scalar packing of panels {@code [depth][width]}: for any width, and for the edges that vector packing leaves. */
final class Packing {
    private Packing() {
    }

    /** Panel element (p, w) comes from {@code source[at + p * stride + w]}, for w below {@code count}; else zero. */
    static void copy(float[] source, int at, int stride, int count, int depth, float[] panel, int panelAt, int width) {
        for (int p = 0; p < depth; p++) {
            int from = at + p * stride;
            int to = panelAt + p * width;
            for (int w = 0; w < count; w++) {
                panel[to + w] = source[from + w];
            }
            for (int w = count; w < width; w++) {
                panel[to + w] = 0f;
            }
        }
    }

    /** Panel element (p, w) comes from {@code source[at + w * stride + p]}, for w below {@code count}; else zero. */
    static void transpose(float[] source, int at, int stride, int count, int depth, float[] panel, int panelAt,
            int width) {
        if (count < width) {
            Arrays.fill(panel, panelAt, panelAt + depth * width, 0f);
        }
        for (int w = 0; w < count; w++) {
            int from = at + w * stride;
            int to = panelAt + w;
            for (int p = 0; p < depth; p++) {
                panel[to + p * width] = source[from + p];
            }
        }
    }
}

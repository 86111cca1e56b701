package io.github.bitlift.backend.cpu;

import static io.github.bitlift.backend.HostBuffer.array;
import static io.github.bitlift.backend.HostBuffer.start;

import io.github.bitlift.backend.Fold;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.PatchGrid;
import io.github.bitlift.backend.Unfold;
import java.util.Arrays;

/**
 * Unfolding and folding by runs: a row (kx, channel) of a patch lies side by side in the image, too, and beyond the image's left
 * and right edge there are zeros.
 */
final class Patches {
    /** From so many numbers on, copying them at once is faster. */
    private static final int LONG_RUN = 16;

    private Patches() {}

    /** Rows of patches {@code from} to {@code to}, those of all images numbered one after the other. */
    static void unfold(Unfold operation, int from, int to) {
        PatchGrid grid = operation.grid();
        Matrix patches = operation.patches();
        int run = grid.kernel() * grid.channels();
        for (int row = from; row < to; row++) {
            int image = start(operation.images(), row / grid.down());
            int top = grid.stride() * (row % grid.down()) - grid.padding();
            int at = start(patches, row * grid.across());
            for (int ox = 0; ox < grid.across(); ox++) {
                for (int ky = 0; ky < grid.kernel(); ky++, at += run) {
                    unfoldRun(operation, image, top + ky, left(grid, ox), at, run);
                }
            }
        }
    }

    /** Where a patch begins within a row of the image's numbers. */
    private static int left(PatchGrid grid, int ox) {
        return (grid.stride() * ox - grid.padding()) * grid.channels();
    }

    private static void unfoldRun(Unfold operation, int image, int y, int left, int at, int run) {
        PatchGrid grid = operation.grid();
        int width = grid.width() * grid.channels();
        float[] out = array(operation.patches());
        if (y < 0 || y >= grid.height()) {
            Arrays.fill(out, at, at + run, 0f);
            return;
        }
        int first = Math.min(run, Math.max(0, -left));
        int last = Math.max(first, Math.min(run, width - left));
        copy(array(operation.images()), image + y * width + left, out, at, first, last);
        if (last - first < run) {
            Arrays.fill(out, at, at + first, 0f);
            Arrays.fill(out, at + last, at + run, 0f);
        }
    }

    private static void copy(float[] in, int inAt, float[] out, int outAt, int first, int last) {
        if (last - first >= LONG_RUN) {
            System.arraycopy(in, inAt + first, out, outAt + first, last - first);
            return;
        }
        for (int i = first; i < last; i++) {
            out[outAt + i] = in[inAt + i];
        }
    }

    /** Rows of pixels {@code from} to {@code to}, those of all images numbered one after the other. */
    static void fold(Fold operation, int from, int to) {
        PatchGrid grid = operation.grid();
        int width = grid.width() * grid.channels();
        for (int row = from; row < to; row++) {
            int y = row % grid.height() + grid.padding();
            int at = start(operation.images(), row / grid.height()) + row % grid.height() * width;
            Arrays.fill(array(operation.images()), at, at + width, 0f);
            // ky ascends while the patch moves up.
            for (int ky = y % grid.stride(); ky < grid.kernel() && ky <= y; ky += grid.stride()) {
                int oy = (y - ky) / grid.stride();
                if (oy < grid.down()) {
                    foldRow(operation, row / grid.height() * grid.patches() + oy * grid.across(), ky, at, width);
                }
            }
        }
    }

    /** Adds row ky of a row of patches: from right to left, so that kx ascends at every pixel. */
    private static void foldRow(Fold operation, int firstPatch, int ky, int at, int width) {
        PatchGrid grid = operation.grid();
        float[] in = array(operation.patches());
        float[] out = array(operation.images());
        int run = grid.kernel() * grid.channels();
        for (int ox = grid.across() - 1; ox >= 0; ox--) {
            int left = left(grid, ox);
            int inAt = start(operation.patches(), firstPatch + ox) + ky * run;
            int last = Math.min(run, width - left);
            for (int i = Math.max(0, -left); i < last; i++) {
                out[at + left + i] = out[at + left + i] + in[inAt + i];
            }
        }
    }
}

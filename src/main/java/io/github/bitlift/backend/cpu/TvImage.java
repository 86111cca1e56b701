package io.github.bitlift.backend.cpu;

import static io.github.bitlift.backend.HostBuffer.array;
import static io.github.bitlift.backend.HostBuffer.start;

import io.github.bitlift.backend.TvPdhg;
import java.util.Arrays;

/**
 * One image's variables as the loops of {@link TvPdhg} like them: every plane an array of its own, zeros before pixel 0 where
 * row −1 would lie, and room behind the last pixel for the last vector and the row after it. So no loop has a special case for
 * an edge; where a neighbour lies outside, a mask of bits turns it, or a difference, into +0.
 */
final class TvImage {
    /** A multiple of every vector's length. */
    static final int LANES = 16;
    private static final int FLOAT_PLANES = 8;
    private static final int MASKS = 2;

    private int height = -1;
    private int width = -1;
    private int pixels;
    private int origin;

    float[] x;
    float[] z1;
    float[] z2;
    float[] bar;
    float[] constant;
    float[] oldX;
    float[] oldZ1;
    float[] oldZ2;
    /** All ones where a pixel has a right neighbour, else 0; and likewise below. */
    int[] right;
    int[] down;

    /** Bytes that the planes of such an image take. */
    static long bytes(int height, int width) {
        long pixels = (long) height * width;
        return (FLOAT_PLANES * Float.BYTES + MASKS * Integer.BYTES)
                * ((pixels + LANES - 1) / LANES * LANES + 2L * (roundUp(width) + LANES));
    }

    private static int roundUp(int n) {
        return (n + LANES - 1) / LANES * LANES;
    }

    /** Makes room for images of a size; nothing happens if there is room for it already. */
    void size(int newHeight, int newWidth) {
        if (newHeight == height && newWidth == width) {
            return;
        }
        height = newHeight;
        width = 0;  // until there is room
        pixels = newHeight * newWidth;
        origin = roundUp(newWidth) + LANES;
        int length = Math.addExact(roundUp(pixels), Math.multiplyExact(2, origin));
        x = new float[length];
        z1 = new float[length];
        z2 = new float[length];
        bar = new float[length];
        constant = new float[length];
        oldX = new float[length];
        oldZ1 = new float[length];
        oldZ2 = new float[length];
        right = new int[length];
        down = new int[length];
        width = newWidth;
        for (int i = 0; i < height; i++) {
            Arrays.fill(right, origin + i * width, origin + (i + 1) * width - 1, -1);
        }
        Arrays.fill(down, origin, origin + pixels - width, -1);
    }

    /** Where pixel 0 lies. */
    int origin() {
        return origin;
    }

    /** Where the last vector ends. */
    int end() {
        return origin + roundUp(pixels);
    }

    /** H·W. */
    int pixels() {
        return pixels;
    }

    /** W. */
    int width() {
        return width;
    }

    /** How far, in whole vectors, the dual step has to lag behind the primal step that it needs the next row of. */
    int lag() {
        return roundUp(width) + LANES;
    }

    /** Copies one image in. */
    void load(TvPdhg operation, int image) {
        int z = start(operation.z(), image);
        System.arraycopy(array(operation.x()), start(operation.x(), image), x, origin, pixels);
        System.arraycopy(array(operation.z()), z, z1, origin, pixels);
        System.arraycopy(array(operation.z()), z + pixels, z2, origin, pixels);
        if (operation.constant() != null) {
            System.arraycopy(array(operation.constant()), start(operation.constant(), image), constant, origin, pixels);
        }
    }

    /** Copies its x and z out. */
    void store(TvPdhg operation, int image) {
        int z = start(operation.z(), image);
        System.arraycopy(x, origin, array(operation.x()), start(operation.x(), image), pixels);
        System.arraycopy(z1, origin, array(operation.z()), z, pixels);
        System.arraycopy(z2, origin, array(operation.z()), z + pixels, pixels);
    }

    /** Keeps x and z of a range for a check. */
    void keep(int from, int to) {
        System.arraycopy(x, from, oldX, from, to - from);
        System.arraycopy(z1, from, oldZ1, from, to - from);
        System.arraycopy(z2, from, oldZ2, from, to - from);
    }
}

package io.github.bitlift.network;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Buffer;
import io.github.bitlift.backend.Matrix;
import java.util.ArrayList;
import java.util.List;

/**
 * The variables of all layers, one matrix {@code [samples, width]} per block (the framework paper's
 * boldface u, z, b).
 *
 * @param blocks the blocks, in order
 */
public record BlockVector(List<Matrix> blocks) {

    /** A copy of the list is kept. */
    public BlockVector {
        blocks = List.copyOf(blocks);
    }

    /** All blocks one after the other in one new buffer, which the caller closes. */
    public static BlockVector allocate(Backend backend, int samples, int... widths) {
        long length = 0;
        for (int width : widths) {
            length += (long) samples * width;
        }
        return within(backend.allocate(length), 0, samples, widths);
    }

    /** All blocks one after the other from {@code offset} on in a buffer. */
    public static BlockVector within(Buffer buffer, long offset, int samples, int... widths) {
        List<Matrix> blocks = new ArrayList<>();
        long at = offset;
        for (int width : widths) {
            blocks.add(new Matrix(buffer, at, samples, width));
            at += (long) samples * width;
        }
        return new BlockVector(blocks);
    }

    /** Block {@code index}, from 0. */
    public Matrix block(int index) {
        return blocks.get(index);
    }

    /** The number of blocks. */
    public int size() {
        return blocks.size();
    }
}

package io.github.bitlift.backend.cuda;

/**
 * How many threads a kernel is launched with. No size shows in a bit, so these are for speed alone: blocks of 256 threads,
 * and no more blocks than the device runs at once (8 of them fill a multiprocessor of 2,048 threads), for every kernel
 * strides by the grid.
 *
 * @param x blocks
 * @param y blocks, one row of them per descriptor
 * @param blockX threads
 * @param blockY threads
 * @param shared bytes of shared memory of a block, beside what its kernel declares
 * @param cooperative whether all blocks must run at the same time, for they wait for each other
 */
record Grid(int x, int y, int blockX, int blockY, int shared, boolean cooperative) {
    /** The largest y. */
    static final int MOST_DESCRIPTORS = 65_535;

    private static final int BLOCK = 256;
    private static final int WARP = 32;
    private static final int BLOCKS_PER_MULTIPROCESSOR = 8;

    Grid(int x, int y, int blockX, int blockY) {
        this(x, y, blockX, blockY, 0, false);
    }

    /** One thread per element, if there are enough. */
    static Grid ofElements(long elements, DeviceInfo device) {
        long blocks = (elements + BLOCK - 1) / BLOCK;
        long most = (long) BLOCKS_PER_MULTIPROCESSOR * device.multiprocessors();
        return new Grid((int) Math.max(1, Math.min(blocks, most)), 1, BLOCK, 1);
    }

    /** One warp per row, if there are enough. */
    static Grid ofWarps(long rows, DeviceInfo device) {
        return ofElements(rows * WARP, device);
    }

    /** One block of 32 by 8 threads for 32 results, for kernels whose threads share the work on a result. */
    static Grid ofTiles(long results, DeviceInfo device) {
        Grid blocks = ofElements((results + WARP - 1) / WARP * BLOCK, device);
        return new Grid(blocks.x, 1, WARP, BLOCK / WARP);
    }

    /** One block of as many threads as a kernel likes that needs no more. */
    static Grid ofOneBlock() {
        return new Grid(1, 1, BLOCK, 1);
    }

    /** One warp. */
    static Grid ofOneWarp() {
        return new Grid(1, 1, WARP, 1);
    }

    /** The same for several descriptors, at most {@link #MOST_DESCRIPTORS}. */
    Grid times(int descriptors) {
        return new Grid(x, descriptors, blockX, blockY, shared, cooperative);
    }
}

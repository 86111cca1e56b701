package io.github.bitlift.backend.cuda;

import io.github.bitlift.backend.BackendException;
import io.github.bitlift.backend.TvPdhg;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;

/**
 * How {@code kernels/tv_pdhg.cu} carries out an operation: a function of its shape and the device's limits. No choice shows in
 * a bit.
 */
enum TvChoice {
    /** A warp per image, all iterations in one launch. */
    WARP((operation, device) -> operation.pixels() <= TvChoice.MOST_OF_WARP),

    /** A block per image, all iterations in one launch. */
    BLOCK((operation, device) -> operation.pixels() <= TvChoice.MOST_OF_BLOCK
            && TvChoice.blockBytes(operation) <= device.blockShared()),

    /** All multiprocessors on one image after the other, all iterations in one launch. */
    GRID((operation, device) -> device.cooperative() && TvChoice.gridBytes(operation, device) <= TvChoice.gridLimit(device)),

    /** Three launches per iteration, with the images in memory. */
    STEPS((operation, device) -> true);

    /** System property for tests: the choice wherever an image fits; else {@code auto}. */
    static final String PROPERTY = "bitlift.cuda.tv";

    /** Bytes of shared memory that a pixel takes: x, f, x̄ and both planes of z. */
    private static final int PIXEL_BYTES = 20;
    /** {@code CheckSpace} of {@code kernels/tv_block.cuh}. */
    private static final int CHECK_BYTES = 688;
    /** A chunk of the sums. */
    private static final int MOST_OF_WARP = 1_024;
    /** {@code BLOCK_CHUNKS} chunks. */
    private static final int MOST_OF_BLOCK = 16_384;
    /** What the system keeps of each block's. */
    private static final int RESERVED_SHARED = 1 << 10;
    /** Enough to keep each scheduler of a multiprocessor busy. */
    private static final int WARPS_PER_MULTIPROCESSOR = 4;
    /** Of a block: two waste the least shared memory, and fill a multiprocessor in the most blocks it takes. */
    private static final int MOST_WARPS = 2;
    private static final int WARP_THREADS = 32;
    private static final int BLOCK_THREADS = 512;
    private static final int PIXELS_PER_THREAD = 4;
    private static final int GRID_THREADS = 256;
    private static final int BLOCKS_PER_MULTIPROCESSOR = 2;
    /** Above, a grid's barriers for one image after the other cost more than memory and launches for all of them. */
    private static final int FEW_IMAGES = 3;
    /** From here on memory costs more than barriers, however many images there are. */
    private static final int MANY_PIXELS = 360_000;

    private final BiPredicate<TvPdhg, DeviceInfo> fits;

    TvChoice(BiPredicate<TvPdhg, DeviceInfo> fits) {
        this.fits = fits;
    }

    static TvChoice of(TvPdhg operation, DeviceInfo device) {
        String forced = System.getProperty(PROPERTY, "auto");
        for (TvChoice choice : values()) {
            if (choice.label().equals(forced) && choice.fits.test(operation, device)) {
                return choice;
            }
        }
        if (!forced.equals("auto") && Arrays.stream(values()).noneMatch(choice -> choice.label().equals(forced))) {
            throw new BackendException("-D" + PROPERTY + "=" + forced + ", expected auto, " + Arrays.stream(values())
                    .map(TvChoice::label).collect(Collectors.joining(", ")));
        }
        return auto(operation, device);
    }

    private String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static TvChoice auto(TvPdhg operation, DeviceInfo device) {
        int images = operation.x().rows();
        if (WARP.fits.test(operation, device) && images >= WARPS_PER_MULTIPROCESSOR * device.multiprocessors()) {
            return WARP;
        }
        if (BLOCK.fits.test(operation, device)) {
            return BLOCK;
        }
        boolean pays = images <= FEW_IMAGES || operation.pixels() >= MANY_PIXELS;
        return pays && GRID.fits.test(operation, device) ? GRID : STEPS;
    }

    /** Whether a block per image is a way, and no other one is asked for. */
    static boolean allowsBlock(TvPdhg operation, DeviceInfo device) {
        String forced = System.getProperty(PROPERTY, "auto");
        return BLOCK.fits.test(operation, device) && (forced.equals("auto") || forced.equals(BLOCK.label()));
    }

    static int blockBytes(TvPdhg operation) {
        return CHECK_BYTES + PIXEL_BYTES * operation.pixels();
    }

    /** Rows of all strips but perhaps the last, which is shorter. */
    static int stripRows(TvPdhg operation, DeviceInfo device) {
        return ceiling(operation.height(), BLOCKS_PER_MULTIPROCESSOR * device.multiprocessors());
    }

    private static long gridBytes(TvPdhg operation, DeviceInfo device) {
        long rows = stripRows(operation, device);
        return CHECK_BYTES + (PIXEL_BYTES * (rows + 1) + Float.BYTES) * operation.width();
    }

    private static int gridLimit(DeviceInfo device) {
        return Math.min(device.blockShared(),
                device.multiprocessorShared() / BLOCKS_PER_MULTIPROCESSOR - RESERVED_SHARED);
    }

    /** The launch that keeps images on chip; of no meaning to {@link #STEPS}. */
    Grid grid(TvPdhg operation, DeviceInfo device) {
        int images = operation.x().rows();
        int pixels = operation.pixels();
        if (this == WARP) {
            int warps = Math.min(MOST_WARPS, images);
            return new Grid(ceiling(images, warps), 1, WARP_THREADS * warps, 1, PIXEL_BYTES * pixels * warps, false);
        }
        if (this == BLOCK) {
            int threads = Math.min(BLOCK_THREADS, ceiling(pixels, PIXELS_PER_THREAD * WARP_THREADS) * WARP_THREADS);
            return new Grid(images, 1, threads, 1, blockBytes(operation), false);
        }
        int strips = ceiling(operation.height(), stripRows(operation, device));
        return new Grid(strips, 1, GRID_THREADS, 1, (int) gridBytes(operation, device), true);
    }

    private static int ceiling(int a, int b) {
        return (a - 1) / b + 1;
    }
}

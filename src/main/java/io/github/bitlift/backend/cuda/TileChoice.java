package io.github.bitlift.backend.cuda;

import io.github.bitlift.backend.BackendException;
import java.util.List;

/**
 * The tile of a product's launch; no choice shows in a bit.
 *
 * <p>A thread of a large tile multiplies 8 numbers with 7 and reads 15 for 56 sums; one of a small tile 4 with 2, reading 6
 * for 8. Small tiles are therefore bound by shared memory, at about half the rate; but a multiprocessor without a tile does
 * nothing. So large tiles are taken once each multiprocessor gets one.
 *
 * @param suffix of the kernel's name
 * @param height rows of the output
 * @param width columns of the output
 * @param threads of a block
 */
record TileChoice(String suffix, int height, int width, int threads) {
    /** System property for tests: {@code large} or {@code small} for all launches; else {@code auto}. */
    static final String PROPERTY = "bitlift.cuda.tile";

    /** {@code LargeTile} and {@code SmallTile} of {@code kernels/product_tile.cuh}. */
    private static final TileChoice LARGE = new TileChoice("_large", 128, 112, 256);
    private static final TileChoice SMALL = new TileChoice("_small", 32, 32, 128);

    /** The tile for rows of one launch. */
    static TileChoice of(List<ProductRow> rows, DeviceInfo device) {
        String forced = System.getProperty(PROPERTY, "auto");
        return switch (forced) {
            case "auto" -> rows.stream().mapToLong(LARGE::count).sum() >= device.multiprocessors() ? LARGE : SMALL;
            case "large" -> LARGE;
            case "small" -> SMALL;
            default -> throw new BackendException("-D" + PROPERTY + "=" + forced + ", expected auto, large or small");
        };
    }

    /** How many tiles cover a row's output. */
    long count(ProductRow row) {
        return ((long) row.rows() + height - 1) / height * (((long) row.columns() + width - 1) / width);
    }
}

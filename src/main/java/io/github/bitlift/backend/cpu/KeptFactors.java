package io.github.bitlift.backend.cpu;

import io.github.bitlift.backend.HostBuffer;
import io.github.bitlift.backend.Product;
import java.util.HashMap;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * The right factors of products with few rows, mostly weights, that a backend keeps packed: as long as their buffers live, for all
 * programs together.
 */
final class KeptFactors {
    private final Map<HostBuffer, Map<Place, KeptFactor>> factors = new WeakHashMap<>();

    private record Place(long offset, int rows, int columns, boolean transposed) {}

    /**
     * The one for a product's right factor; or null where the product has so many rows that packing doesn't matter, or is the
     * gradient of weights, whose right factor is a batch: it may be far larger than any weights, and rarely stays.
     */
    synchronized KeptFactor of(Product.Dense dense) {
        if (dense.transposeLeft() || !Sgemm.isWorthKeeping(dense.rows())
                || !(dense.right().buffer() instanceof HostBuffer buffer)) {
            return null;
        }
        Place place = new Place(
                dense.right().offset(), dense.right().rows(), dense.right().columns(), dense.transposeRight());
        return factors.computeIfAbsent(buffer, none -> new HashMap<>()).computeIfAbsent(place, none -> new KeptFactor());
    }
}

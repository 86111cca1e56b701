package io.github.bitlift.backend.cuda;

import io.github.bitlift.backend.BackendException;
import io.github.bitlift.backend.Product;

/** Products as launches. */
final class Products {
    private Products() {}

    /** Adds what a product needs to a plan. */
    static void plan(Plan plan, Product operation) {
        throw new BackendException("product: not on cuda yet; use --backend cpu (same bits)");
    }
}

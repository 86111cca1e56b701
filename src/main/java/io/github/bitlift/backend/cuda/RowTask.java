package io.github.bitlift.backend.cuda;

import io.github.bitlift.backend.Elementwise;
import io.github.bitlift.backend.Update;
import io.github.bitlift.prox.ProxMap;

/** One thing to do for a block row of a product, after the row's earlier tasks; rows don't depend on each other. */
sealed interface RowTask {

    /** Which way a product's operands lie, t for a transposed one; {@code NONE} for a sum that needs no product any more. */
    enum Layout { NT, NN, TN, NONE }

    /**
     * A kernel that takes {@link ProductRow}s: rows with the same kernel share a launch.
     *
     * @param stem the prox map whose kernel it is, empty for the kernels without one
     * @param layout which way the operands lie
     */
    record Kernel(String stem, Layout layout) {}

    /** A product with its epilogue, or an epilogue alone. */
    record Rows(Kernel kernel, ProductRow row) implements RowTask {}

    /** A prox map, or what is built from it, on a matrix. */
    record Mapped(ProxMap map, Elementwise.Kind kind, float weight, int rows, int columns, Value v, Value w, Value out)
            implements RowTask {}

    /** {@code out = inᵀ}, in {@code [rows, columns]}. */
    record Transposed(int rows, int columns, Value in, Value out) implements RowTask {}

    /** An optimiser step that no product could take along, with its gradient. */
    record Stepped(Update.Step step, Value gradient) implements RowTask {}
}

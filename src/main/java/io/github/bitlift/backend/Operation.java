package io.github.bitlift.backend;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * One coarse operation: data that a backend turns into kernel launches or loops.
 *
 * <p>Operands are checked when an operation is made, so a {@link Program} holds only valid ones. The
 * members' Javadoc fixes the order of operations, the same for every backend.
 */
public sealed interface Operation permits
        Product, ColumnSum, Update, Elementwise, Reduce, PowerIteration, Copy, TvPdhg, Unfold, Fold {

    /** Hands itself to the method for its kind. */
    void on(Kernels kernels);

    /** Everything in buffers that it writes; sums are apart. */
    List<Matrix> results();

    /** Those that are there. */
    static List<Matrix> present(Matrix... results) {
        return Stream.of(results).filter(Objects::nonNull).toList();
    }
}

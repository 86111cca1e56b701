package io.github.bitlift.backend;

import java.util.List;

/**
 * {@code to ← from}, the same number of elements; overlapping views are refused.
 *
 * @param from what is copied
 * @param to where it goes
 */
public record Copy(Matrix from, Matrix to) implements Operation {

    /** Checks sizes. */
    public Copy {
        if (from.size() != to.size()) {
            throw new IllegalArgumentException("copy: from " + from.shape() + " to " + to.shape());
        }
        if (from.overlaps(to)) {
            throw new IllegalArgumentException("copy: source and target overlap");
        }
    }

    @Override
    public void on(Kernels kernels) {
        kernels.copy(this);
    }

    @Override
    public List<Matrix> results() {
        return List.of(to);
    }
}

package io.github.bitlift.backend;

import java.util.List;

/**
 * {@code out[k] ← scale·Σᵢ a[i, k]} for several matrices: the gradient of biases.
 *
 * <p>The sum is a product with a column of ones under rule 2 of the numeric contract: a chain of
 * additions over ascending i from +0 within segments of 1,024 samples, segment sums added in order.
 *
 * <p>No out may overlap an in or another out.
 *
 * @param entries the matrices
 */
public record ColumnSum(List<Entry> entries) implements Operation {

    /**
     * A copy of the list is kept.
     *
     * @throws IllegalArgumentException if an entry reads or writes what another writes
     */
    public ColumnSum {
        entries = List.copyOf(entries);
        Places places = new Places("column sum");
        entries.forEach(entry -> places.write("out", entry.out));
        entries.forEach(entry -> places.read("in", entry.in));
    }

    @Override
    public void on(Kernels kernels) {
        kernels.columnSum(this);
    }

    @Override
    public List<Matrix> results() {
        return entries.stream().map(Entry::out).toList();
    }

    /**
     * One matrix.
     *
     * @param in {@code [s, n]}
     * @param out {@code [1, n]}
     * @param scale one multiplication per result
     */
    public record Entry(Matrix in, Matrix out, float scale) {

        /** Checks shapes, and that in and out don't overlap. */
        public Entry {
            out.require("column sum", 1, in.columns());
            new Places("column sum").write("out", out).read("in", in);
        }
    }
}

package io.github.bitlift.prox;

import io.github.bitlift.numerics.Reduction;

/**
 * Scratch memory of the row methods of {@link ProxMap}: one binary64 number per entry of a row and the tree that sums
 * them. It grows to the widest row seen and allocates nothing after that. One per thread.
 */
public final class RowScratch {

    private final Reduction sums = new Reduction();
    private double[] terms = new double[0];

    /** Makes empty scratch memory. */
    public RowScratch() {
    }

    /** Room for n terms, their values left over from earlier use. */
    double[] terms(int n) {
        if (terms.length < n) {
            terms = new double[n];
        }
        return terms;
    }

    /** The sum of the first n terms by {@link Reduction}. */
    double sum(int n) {
        return sums.sumOf(terms, 0, n);
    }
}

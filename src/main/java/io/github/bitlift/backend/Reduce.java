package io.github.bitlift.backend;

import java.util.List;

import io.github.bitlift.prox.ProxMap;

/**
 * A sum over all elements, kept in binary64 (rule 3): the terms of each row are summed by the fixed
 * tree over columns, then the row sums by the fixed tree over rows. So a sample's share doesn't depend on the batch.
 *
 * @param kind the term
 * @param a {@code [m, n]}
 * @param b the second operand, the shape of a, or null where there is none
 * @param map the prox map of Bregman terms, or null
 * @param into where the sum goes
 * @param slot its place there
 */
public record Reduce(Kind kind, Matrix a, Matrix b, ProxMap map, Sums into, int slot) implements Operation {

    /** The term that is summed, evaluated in binary64 from binary32 operands. */
    public enum Kind {
        /** {@code a²}. */
        SQUARED_NORM(false, false),
        /** {@code (a − b)²}, the difference taken in binary64. */
        SQUARED_DISTANCE(true, false),
        /** {@code a·b}. */
        DOT(true, false),
        /** 1 where a is not zero. */
        NONZEROS(false, false),
        /** Ψ(a). */
        POTENTIAL(false, true),
        /** Φ*(a). */
        CONJUGATE(false, true),
        /** B_Ψ(a, b). */
        PENALTY(true, true);

        private final boolean pair;
        private final boolean bregman;

        Kind(boolean pair, boolean bregman) {
            this.pair = pair;
            this.bregman = bregman;
        }

        /** Whether there is a second operand. */
        public boolean isPair() {
            return pair;
        }
    }

    /** Checks shapes and slot. */
    public Reduce {
        if (kind.pair) {
            b.require("second operand", a.rows(), a.columns());
        }
        if (kind.bregman) {
            map.requireWidth(a.columns());
        }
        if (slot < 0 || slot >= into.length()) {
            throw new IllegalArgumentException("reduce: slot " + slot + " of " + into.length());
        }
    }

    @Override
    public void on(Kernels kernels) {
        kernels.reduce(this);
    }

    @Override
    public List<Matrix> results() {
        return List.of();
    }
}

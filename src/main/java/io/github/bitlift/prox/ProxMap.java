package io.github.bitlift.prox;

import io.github.bitlift.numerics.Reduction;
import java.util.Arrays;

/**
 * An activation function that is the proximal map of a convex potential Ψ:
 * {@code σ(v) = prox_Ψ(v) = argmin_u ½‖u − v‖² + Ψ(u)} (framework paper §4.4; JMLR paper, Definition 1).
 *
 * <p>With {@code Φ = ½‖·‖² + Ψ} it comes with the Bregman penalty
 * {@code B_Ψ(u, v) = Φ(u) + Φ*(v) − ⟨u, v⟩} (JMLR paper, eq. 12), whose gradient in v is simply
 * {@code σ(v) − u} (Lemma 8): nothing here is ever differentiated for lifted training.
 *
 * <p>Maps act on one row of n numbers (one sample, one layer); {@link Separable} maps act on each
 * number alone. The order of operations in each method is part of the numeric contract: every
 * backend repeats it exactly. Binary32 results follow rule 1 of the contract; potentials, conjugates
 * and penalties are evaluated in binary64 from binary32 operands and summed by {@link Reduction}.
 *
 * <p>Special values: NaN in gives NaN out in the same element (or, for maps that couple a row or a
 * group, in all of it). Potentials, conjugates and penalties are meant for finite operands: an infinite
 * one gives the limit where the formula has it, else NaN. Outputs may overwrite inputs (same array,
 * same offset). {@code scratch} and {@code sums} belong to the caller, one per thread; the row methods allocate
 * nothing beside the growth of {@code scratch}, which separable maps ignore.
 */
public interface ProxMap {

    /** The stem shared by kernel, class, hashes and reports, for example {@code soft_threshold}. */
    String stem();

    /** The parameters in the order the kernel takes them; empty if there are none. */
    float[] parameters();

    /** How many neighbouring numbers depend on each other: 1 if separable, 0 for a whole row. */
    int coupling();

    /**
     * Checks that the map can act on rows of the given width.
     *
     * @throws IllegalArgumentException if, for example, the width is no multiple of the group size
     */
    default void requireWidth(int n) {
        if (n < 1) {
            throw new IllegalArgumentException(stem() + ": width " + n + ", expected at least 1");
        }
    }

    /**
     * Whether a scale isn't a finite number {@code >= 0}: then there is no prox, and the whole row becomes NaN, which is
     * how a diverging run shows on every backend.
     */
    static boolean isUndefined(float tau, float[] u, int uAt, int n) {
        boolean undefined = !(tau >= 0 && tau < Float.POSITIVE_INFINITY);
        if (undefined) {
            Arrays.fill(u, uAt, uAt + n, Float.NaN);
        }
        return undefined;
    }

    /** u = σ(v) for one row. */
    void activate(float[] v, int vAt, float[] u, int uAt, int n, RowScratch scratch);

    /**
     * u = prox_{τΨ}(v) for one row, any finite {@code τ >= 0}; τ = 0 gives the projection onto dom Ψ's closure; any other
     * τ gives NaN.
     */
    void scaledProx(float tau, float[] v, int vAt, float[] u, int uAt, int n, RowScratch scratch);

    /** out = σ'(v)ᵀ w for one row, a Clarke subgradient where σ has a kink; used by back-propagation alone. */
    void pullback(float[] v, int vAt, float[] w, int wAt, float[] out, int outAt, int n, RowScratch scratch);

    /** Ψ(u), {@code +Infinity} outside its domain. */
    double potential(float[] u, int uAt, int n, Reduction sums);

    /** Φ*(v) with Φ = ½‖·‖² + Ψ. */
    double conjugate(float[] v, int vAt, int n, Reduction sums);

    /**
     * B_Ψ(u, v) ≥ ½‖u − σ(v)‖² (JMLR paper, Theorem 10), {@code +Infinity} if Ψ(u) is. Written in each map as a sum
     * of terms none of which is negative, so that it keeps its accuracy as u approaches σ(v): in tests the error stays
     * below 1e−6·B + 1e−24 near σ(v) and 1e−12·B + 1e−24 elsewhere, for entries of ordinary size.
     */
    double penalty(float[] u, int uAt, float[] v, int vAt, int n, Reduction sums);
}

package io.github.bitlift.prox;

import io.github.bitlift.numerics.Reduction;

/** A prox map that acts on each number alone; a new one needs only these scalar formulas. */
public interface Separable extends ProxMap {

    /** σ(v). */
    float activate(float v);

    /** prox_{τΨ}(v), finite {@code τ >= 0} (the row method checks it). */
    float scaledProx(float tau, float v);

    /** σ'(v), a Clarke subgradient at kinks. */
    float derivative(float v);

    /** Ψ(u). */
    double potential(float u);

    /** Φ*(v). */
    double conjugate(float v);

    /** B_Ψ(u, v), free of cancellation: relative accuracy near u = σ(v) as well. */
    double penalty(float u, float v);

    @Override
    default int coupling() {
        return 1;
    }

    @Override
    default void activate(float[] v, int vAt, float[] u, int uAt, int n, RowScratch scratch) {
        for (int i = 0; i < n; i++) {
            u[uAt + i] = activate(v[vAt + i]);
        }
    }

    @Override
    default void scaledProx(float tau, float[] v, int vAt, float[] u, int uAt, int n, RowScratch scratch) {
        if (ProxMap.isUndefined(tau, u, uAt, n)) {
            return;
        }
        for (int i = 0; i < n; i++) {
            u[uAt + i] = scaledProx(tau, v[vAt + i]);
        }
    }

    @Override
    default void pullback(float[] v, int vAt, float[] w, int wAt, float[] out, int outAt, int n, RowScratch scratch) {
        for (int i = 0; i < n; i++) {
            out[outAt + i] = derivative(v[vAt + i]) * w[wAt + i];
        }
    }

    @Override
    default double potential(float[] u, int uAt, int n, Reduction sums) {
        sums.start();
        for (int i = 0; i < n; i++) {
            sums.add(potential(u[uAt + i]));
        }
        return sums.result();
    }

    @Override
    default double conjugate(float[] v, int vAt, int n, Reduction sums) {
        sums.start();
        for (int i = 0; i < n; i++) {
            sums.add(conjugate(v[vAt + i]));
        }
        return sums.result();
    }

    @Override
    default double penalty(float[] u, int uAt, float[] v, int vAt, int n, Reduction sums) {
        sums.start();
        for (int i = 0; i < n; i++) {
            sums.add(penalty(u[uAt + i], v[vAt + i]));
        }
        return sums.result();
    }
}

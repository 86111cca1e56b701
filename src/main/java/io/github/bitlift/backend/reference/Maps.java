package io.github.bitlift.backend.reference;

import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.RowScratch;

/** How prox maps are applied to a row: the maps' own scalar methods unless a backend has faster ones with the same bits. */
public class Maps {

    /** u = σ(v). */
    public void activate(ProxMap map, float[] v, int vAt, float[] u, int uAt, int n, RowScratch scratch) {
        map.activate(v, vAt, u, uAt, n, scratch);
    }

    /** x ← prox_{τΨ}(x). */
    public void scaledProx(ProxMap map, float tau, float[] v, int vAt, float[] u, int uAt, int n, RowScratch scratch) {
        map.scaledProx(tau, v, vAt, u, uAt, n, scratch);
    }

    /** out = σ'(v)ᵀ w. */
    public void pullback(ProxMap map, float[] v, int vAt, float[] w, int wAt, float[] out, int outAt, int n, RowScratch scratch) {
        map.pullback(v, vAt, w, wAt, out, outAt, n, scratch);
    }
}

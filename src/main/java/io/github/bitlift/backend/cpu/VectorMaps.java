package io.github.bitlift.backend.cpu;

import io.github.bitlift.backend.reference.Maps;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.Relu;
import io.github.bitlift.prox.RowScratch;
import io.github.bitlift.prox.SoftThresholding;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The prox maps of everyday networks through the Vector API: the scalar formulas' compare-and-select, lane by lane. */
final class VectorMaps extends Maps {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

    /** Binary32 numbers per vector. */
    static int lanes() {
        return SPECIES.length();
    }

    @Override
    public void activate(ProxMap map, float[] v, int vAt, float[] u, int uAt, int n, RowScratch scratch) {
        if (map instanceof SoftThresholding soft) {
            int done = threshold(1f, soft.lambda(), v, vAt, u, uAt, n);
            map.activate(v, vAt + done, u, uAt + done, n - done, scratch);
        } else if (map instanceof Relu) {
            int done = positivePart(v, vAt, u, uAt, n);
            map.activate(v, vAt + done, u, uAt + done, n - done, scratch);
        } else {
            super.activate(map, v, vAt, u, uAt, n, scratch);
        }
    }

    @Override
    public void scaledProx(ProxMap map, float tau, float[] v, int vAt, float[] u, int uAt, int n, RowScratch scratch) {
        if (ProxMap.isUndefined(tau, u, uAt, n)) {
            return;
        }
        if (map instanceof SoftThresholding soft) {
            int done = threshold(tau, soft.lambda(), v, vAt, u, uAt, n);
            map.scaledProx(tau, v, vAt + done, u, uAt + done, n - done, scratch);
        } else if (map instanceof Relu) {
            int done = positivePart(v, vAt, u, uAt, n);
            map.scaledProx(tau, v, vAt + done, u, uAt + done, n - done, scratch);
        } else {
            super.scaledProx(map, tau, v, vAt, u, uAt, n, scratch);
        }
    }

    @Override
    public void pullback(ProxMap map, float[] v, int vAt, float[] w, int wAt, float[] out, int outAt, int n, RowScratch scratch) {
        if (map instanceof SoftThresholding soft) {
            int done = thresholdPullback(soft.lambda(), v, vAt, w, wAt, out, outAt, n);
            map.pullback(v, vAt + done, w, wAt + done, out, outAt + done, n - done, scratch);
        } else {
            super.pullback(map, v, vAt, w, wAt, out, outAt, n, scratch);
        }
    }

    /** fma(−τ, λ, v) where positive, fma(τ, λ, v) where negative, else +0; NaN stays NaN. Returns how many were done. */
    private static int threshold(float tau, float lambda, float[] v, int vAt, float[] u, int uAt, int n) {
        FloatVector up = FloatVector.broadcast(SPECIES, tau);
        FloatVector down = FloatVector.broadcast(SPECIES, -tau);
        FloatVector threshold = FloatVector.broadcast(SPECIES, lambda);
        int bound = SPECIES.loopBound(n);
        for (int k = 0; k < bound; k += SPECIES.length()) {
            FloatVector x = FloatVector.fromArray(SPECIES, v, vAt + k);
            FloatVector above = down.fma(threshold, x);
            FloatVector below = up.fma(threshold, x);
            FloatVector.broadcast(SPECIES, 0f)
                    .blend(above, above.compare(VectorOperators.GT, 0f))
                    .blend(below, below.compare(VectorOperators.LT, 0f))
                    .blend(x, x.compare(VectorOperators.NE, x))
                    .intoArray(u, uAt + k);
        }
        return bound;
    }

    /** v where v > 0, else +0; NaN stays NaN. Returns how many elements were done. */
    private static int positivePart(float[] v, int vAt, float[] u, int uAt, int n) {
        int bound = SPECIES.loopBound(n);
        for (int k = 0; k < bound; k += SPECIES.length()) {
            FloatVector x = FloatVector.fromArray(SPECIES, v, vAt + k);
            VectorMask<Float> zero = x.compare(VectorOperators.LE, 0f);
            x.blend(0f, zero).intoArray(u, uAt + k);
        }
        return bound;
    }

    /** 1·w where |v| > λ, else 0·w; NaN where v is. Returns how many elements were done. */
    private static int thresholdPullback(
            float lambda, float[] v, int vAt, float[] w, int wAt, float[] out, int outAt, int n) {
        int bound = SPECIES.loopBound(n);
        for (int k = 0; k < bound; k += SPECIES.length()) {
            FloatVector x = FloatVector.fromArray(SPECIES, v, vAt + k);
            VectorMask<Float> outside = x.compare(VectorOperators.GT, lambda).or(x.compare(VectorOperators.LT, -lambda));
            FloatVector slope = FloatVector.broadcast(SPECIES, 0f)
                    .blend(1f, outside)
                    .blend(x, x.compare(VectorOperators.NE, x));
            slope.mul(FloatVector.fromArray(SPECIES, w, wAt + k)).intoArray(out, outAt + k);
        }
        return bound;
    }
}

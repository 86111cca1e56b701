package io.github.bitlift.backend.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The loops of {@link TvLoops} through the Vector API, the same operations lane by lane. */
final class VectorTvLoops extends TvLoops {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> BITS = SPECIES.vectorShape().withLanes(int.class);
    private static final int LANES = SPECIES.length();

    /** Whether an image's lines are whole vectors of this machine. */
    static boolean fits() {
        return TvImage.LANES % LANES == 0;
    }

    private static FloatVector load(float[] from, int at) {
        return FloatVector.fromArray(SPECIES, from, at);
    }

    private static FloatVector all(float value) {
        return FloatVector.broadcast(SPECIES, value);
    }

    private static FloatVector masked(FloatVector value, int[] mask, int at) {
        return value.reinterpretAsInts().and(IntVector.fromArray(BITS, mask, at)).reinterpretAsFloats();
    }

    private static FloatVector divergence(float[] z1, float[] z2, int[] right, int width, int k) {
        return load(z1, k - width).sub(load(z1, k)).add(masked(load(z2, k - 1), right, k - 1).sub(load(z2, k)));
    }

    @Override
    void denoise(TvImage image, float weight, float tau, float shrink, float theta, int from, int to) {
        float[] x = image.x;
        float[] z1 = image.z1;
        float[] z2 = image.z2;
        float[] bar = image.bar;
        float[] f = image.constant;
        int[] right = image.right;
        int width = image.width();
        FloatVector minusRho = all(-weight);
        FloatVector step = all(tau);
        FloatVector factor = all(shrink);
        FloatVector beyond = all(theta);
        for (int k = from; k < to; k += LANES) {
            FloatVector p = divergence(z1, z2, right, width, k);
            FloatVector before = load(x, k);
            FloatVector after = step.fma(minusRho.fma(p, load(f, k)), before).mul(factor);
            after.intoArray(x, k);
            beyond.fma(after.sub(before), after).intoArray(bar, k);
        }
    }

    @Override
    void explicit(TvImage image, float weight, float tau, int from, int to) {
        float[] x = image.x;
        float[] z1 = image.z1;
        float[] z2 = image.z2;
        float[] bar = image.bar;
        float[] g = image.constant;
        int[] right = image.right;
        int width = image.width();
        FloatVector rho = all(weight);
        FloatVector step = all(-tau);
        FloatVector one = all(1f);
        for (int k = from; k < to; k += LANES) {
            FloatVector p = divergence(z1, z2, right, width, k);
            FloatVector before = load(x, k);
            FloatVector after = step.fma(rho.fma(p, load(g, k)), before);
            after.intoArray(x, k);
            one.fma(after.sub(before), after).intoArray(bar, k);
        }
    }

    @Override
    void isotropic(TvImage image, float ascent, int from, int to) {
        float[] z1 = image.z1;
        float[] z2 = image.z2;
        float[] bar = image.bar;
        int[] right = image.right;
        int[] down = image.down;
        int width = image.width();
        FloatVector step = all(ascent);
        FloatVector one = all(1f);
        for (int k = from; k < to; k += LANES) {
            FloatVector here = load(bar, k);
            FloatVector q1 = step.fma(masked(load(bar, k + width).sub(here), down, k), load(z1, k));
            FloatVector q2 = step.fma(masked(load(bar, k + 1).sub(here), right, k), load(z2, k));
            FloatVector m = q2.fma(q2, q1.mul(q1));
            FloatVector scale = one.div(m.sqrt());
            var outside = m.compare(VectorOperators.GT, one);
            q1.blend(q1.mul(scale), outside).intoArray(z1, k);
            q2.blend(q2.mul(scale), outside).intoArray(z2, k);
        }
    }

    @Override
    void anisotropic(TvImage image, float ascent, int from, int to) {
        float[] z1 = image.z1;
        float[] z2 = image.z2;
        float[] bar = image.bar;
        int[] right = image.right;
        int[] down = image.down;
        int width = image.width();
        FloatVector step = all(ascent);
        FloatVector one = all(1f);
        FloatVector minusOne = all(-1f);
        for (int k = from; k < to; k += LANES) {
            FloatVector here = load(bar, k);
            FloatVector q1 = step.fma(masked(load(bar, k + width).sub(here), down, k), load(z1, k));
            FloatVector q2 = step.fma(masked(load(bar, k + 1).sub(here), right, k), load(z2, k));
            clamp(q1, one, minusOne).intoArray(z1, k);
            clamp(q2, one, minusOne).intoArray(z2, k);
        }
    }

    private static FloatVector clamp(FloatVector q, FloatVector one, FloatVector minusOne) {
        return q.blend(one, q.compare(VectorOperators.GT, one)).blend(minusOne, q.compare(VectorOperators.LT, minusOne));
    }
}

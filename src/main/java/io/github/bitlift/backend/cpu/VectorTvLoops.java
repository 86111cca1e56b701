package io.github.bitlift.backend.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The loops of {@link TvLoops} through the Vector API, the same operations lane by lane. No loop calls a method of ours: the
 * compiler takes in only so many of those, and vectors that cross a call become objects.
 */
final class VectorTvLoops extends TvLoops {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> BITS = SPECIES.vectorShape().withLanes(int.class);
    private static final int LANES = SPECIES.length();

    /** Whether an image's lines are whole vectors of this machine. */
    static boolean fits() {
        return TvImage.LANES % LANES == 0;
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
        FloatVector minusRho = FloatVector.broadcast(SPECIES, -weight);
        FloatVector step = FloatVector.broadcast(SPECIES, tau);
        FloatVector factor = FloatVector.broadcast(SPECIES, shrink);
        FloatVector beyond = FloatVector.broadcast(SPECIES, theta);
        for (int k = from; k < to; k += LANES) {
            FloatVector toTheLeft = FloatVector.fromArray(SPECIES, z2, k - 1)
                    .reinterpretAsInts().and(IntVector.fromArray(BITS, right, k - 1)).reinterpretAsFloats();
            FloatVector p = FloatVector.fromArray(SPECIES, z1, k - width).sub(FloatVector.fromArray(SPECIES, z1, k))
                    .add(toTheLeft.sub(FloatVector.fromArray(SPECIES, z2, k)));
            FloatVector before = FloatVector.fromArray(SPECIES, x, k);
            FloatVector after = step.fma(minusRho.fma(p, FloatVector.fromArray(SPECIES, f, k)), before).mul(factor);
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
        FloatVector rho = FloatVector.broadcast(SPECIES, weight);
        FloatVector step = FloatVector.broadcast(SPECIES, -tau);
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        for (int k = from; k < to; k += LANES) {
            FloatVector toTheLeft = FloatVector.fromArray(SPECIES, z2, k - 1)
                    .reinterpretAsInts().and(IntVector.fromArray(BITS, right, k - 1)).reinterpretAsFloats();
            FloatVector p = FloatVector.fromArray(SPECIES, z1, k - width).sub(FloatVector.fromArray(SPECIES, z1, k))
                    .add(toTheLeft.sub(FloatVector.fromArray(SPECIES, z2, k)));
            FloatVector before = FloatVector.fromArray(SPECIES, x, k);
            FloatVector after = step.fma(rho.fma(p, FloatVector.fromArray(SPECIES, g, k)), before);
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
        FloatVector step = FloatVector.broadcast(SPECIES, ascent);
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        for (int k = from; k < to; k += LANES) {
            FloatVector here = FloatVector.fromArray(SPECIES, bar, k);
            FloatVector e1 = FloatVector.fromArray(SPECIES, bar, k + width).sub(here)
                    .reinterpretAsInts().and(IntVector.fromArray(BITS, down, k)).reinterpretAsFloats();
            FloatVector e2 = FloatVector.fromArray(SPECIES, bar, k + 1).sub(here)
                    .reinterpretAsInts().and(IntVector.fromArray(BITS, right, k)).reinterpretAsFloats();
            FloatVector q1 = step.fma(e1, FloatVector.fromArray(SPECIES, z1, k));
            FloatVector q2 = step.fma(e2, FloatVector.fromArray(SPECIES, z2, k));
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
        FloatVector step = FloatVector.broadcast(SPECIES, ascent);
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        FloatVector minusOne = FloatVector.broadcast(SPECIES, -1f);
        for (int k = from; k < to; k += LANES) {
            FloatVector here = FloatVector.fromArray(SPECIES, bar, k);
            FloatVector e1 = FloatVector.fromArray(SPECIES, bar, k + width).sub(here)
                    .reinterpretAsInts().and(IntVector.fromArray(BITS, down, k)).reinterpretAsFloats();
            FloatVector e2 = FloatVector.fromArray(SPECIES, bar, k + 1).sub(here)
                    .reinterpretAsInts().and(IntVector.fromArray(BITS, right, k)).reinterpretAsFloats();
            FloatVector q1 = step.fma(e1, FloatVector.fromArray(SPECIES, z1, k));
            FloatVector q2 = step.fma(e2, FloatVector.fromArray(SPECIES, z2, k));
            q1.blend(one, q1.compare(VectorOperators.GT, one))
                    .blend(minusOne, q1.compare(VectorOperators.LT, minusOne))
                    .intoArray(z1, k);
            q2.blend(one, q2.compare(VectorOperators.GT, one))
                    .blend(minusOne, q2.compare(VectorOperators.LT, minusOne))
                    .intoArray(z2, k);
        }
    }
}

package io.github.bitlift.backend.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/** The loops of {@link PlaneLoops} through the Vector API, the same operations lane by lane; four outputs, two vectors at once. */
final class VectorPlaneLoops extends PlaneLoops {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> BITS = SPECIES.vectorShape().withLanes(int.class);
    private static final int LANES = SPECIES.length();

    @Override
    void combine(float[] weights, float[] addends, int outputs, float[] in, int[] at, float[] out, int outAt, int length, int n) {
        for (int output = 0; output < outputs; output += GROUP) {
            for (int j = 0; j < n; j += 2 * LANES) {
                group(weights, output * at.length, addends, output, in, at, out, outAt + output * length + j, length, j);
            }
        }
    }

    /** Too long for the compiler to take it into its callers, whose room for vectors it would use up: so nothing in it is a method. */
    private static void group(
            float[] weights, int from, float[] addends, int output, float[] in, int[] at, float[] out, int to, int length, int j) {
        FloatVector a0 = FloatVector.broadcast(SPECIES, 0f);
        FloatVector a1 = a0;
        FloatVector b0 = a0;
        FloatVector b1 = a0;
        FloatVector c0 = a0;
        FloatVector c1 = a0;
        FloatVector d0 = a0;
        FloatVector d1 = a0;
        for (int i = 0; i < at.length; i++) {
            FloatVector first = FloatVector.fromArray(SPECIES, in, at[i] + j);
            FloatVector second = FloatVector.fromArray(SPECIES, in, at[i] + j + LANES);
            FloatVector weight = FloatVector.broadcast(SPECIES, weights[from + i * GROUP]);
            a0 = weight.fma(first, a0);
            a1 = weight.fma(second, a1);
            weight = FloatVector.broadcast(SPECIES, weights[from + i * GROUP + 1]);
            b0 = weight.fma(first, b0);
            b1 = weight.fma(second, b1);
            weight = FloatVector.broadcast(SPECIES, weights[from + i * GROUP + 2]);
            c0 = weight.fma(first, c0);
            c1 = weight.fma(second, c1);
            weight = FloatVector.broadcast(SPECIES, weights[from + i * GROUP + 3]);
            d0 = weight.fma(first, d0);
            d1 = weight.fma(second, d1);
        }
        FloatVector addend = FloatVector.broadcast(SPECIES, addends[output]);
        a0.add(addend).intoArray(out, to);
        a1.add(addend).intoArray(out, to + LANES);
        addend = FloatVector.broadcast(SPECIES, addends[output + 1]);
        b0.add(addend).intoArray(out, to + length);
        b1.add(addend).intoArray(out, to + length + LANES);
        addend = FloatVector.broadcast(SPECIES, addends[output + 2]);
        c0.add(addend).intoArray(out, to + 2 * length);
        c1.add(addend).intoArray(out, to + 2 * length + LANES);
        addend = FloatVector.broadcast(SPECIES, addends[output + 3]);
        d0.add(addend).intoArray(out, to + 3 * length);
        d1.add(addend).intoArray(out, to + 3 * length + LANES);
    }

    @Override
    void fold(float[] in, int[] at, int[] mask, int[] maskAt, float[] out, int outAt, int n) {
        for (int j = 0; j < n; j += LANES) {
            FloatVector sum = FloatVector.broadcast(SPECIES, 0f);
            for (int i = 0; i < at.length; i++) {
                sum = sum.add(FloatVector.fromArray(SPECIES, in, at[i] + j)
                        .reinterpretAsInts().and(IntVector.fromArray(BITS, mask, maskAt[i] + j)).reinterpretAsFloats());
            }
            sum.intoArray(out, outAt + j);
        }
    }
}

package io.github.bitlift.backend.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** Packing of panels {@code [depth][width]}, width a multiple of 8, with 8-lane vectors. */
final class VectorPacking {
    private static final VectorSpecies<Float> EIGHT = FloatVector.SPECIES_256;
    private static final int LANES = 8;
    /** Whether 8-lane vectors are native here; where not, their emulation is slower than scalar code. */
    private static final boolean NATIVE = FloatVector.SPECIES_PREFERRED.length() == LANES;
    /** Floats of the right factor in one call: 32 KiB. Smaller blocks, which leave more of L1 free, were slower. */
    static final int DEPTH_TIMES_COLUMNS = 8_192;
    /** Floats between panels, so that the same place in several of them never falls into the same cache sets. */
    static final int APART = 80;
    /** Lane rotations by 1, 2 and 4 places, towards lower and higher lanes. */
    private static final VectorShuffle<Float> DOWN1 = rotation(1);
    private static final VectorShuffle<Float> DOWN2 = rotation(2);
    private static final VectorShuffle<Float> HALVES = rotation(4);
    private static final VectorShuffle<Float> UP1 = rotation(7);
    private static final VectorShuffle<Float> UP2 = rotation(6);
    /** Lanes whose number has bit 0, 1 or 2 set. */
    private static final VectorMask<Float> ODD1 = VectorMask.fromLong(EIGHT, 0b10101010);
    private static final VectorMask<Float> ODD2 = VectorMask.fromLong(EIGHT, 0b11001100);
    private static final VectorMask<Float> ODD4 = VectorMask.fromLong(EIGHT, 0b11110000);

    private VectorPacking() {
    }

    private static VectorShuffle<Float> rotation(int by) {
        return VectorShuffle.fromOp(EIGHT, lane -> lane + by & LANES - 1);
    }

    /** Packs a panel from a source whose rows ({@code contiguous}) or columns are contiguous. */
    static void pack(boolean contiguous, float[] source, int at, int stride, int count, int depth, float[] panel,
            int panelAt, int width) {
        boolean vectors = NATIVE && width % LANES == 0;
        if (!vectors && contiguous) {
            Packing.copy(source, at, stride, count, depth, panel, panelAt, width);
        } else if (!vectors) {
            Packing.transpose(source, at, stride, count, depth, panel, panelAt, width);
        } else if (contiguous) {
            copy(source, at, stride, count, depth, panel, panelAt, width);
        } else {
            transpose(source, at, stride, count, depth, panel, panelAt, width);
        }
    }

    /** As {@link Packing#copy}, but leaves anything in the places from {@code count} on. */
    private static void copy(float[] source, int at, int stride, int count, int depth, float[] panel, int panelAt,
            int width) {
        int span = (count + LANES - 1) & -LANES;
        int done = 0;
        // Whole vectors read into the next row, so the last row or two may have to be left to scalar code.
        for (; done < depth && at + (long) done * stride + span <= source.length; done++) {
            int from = at + done * stride;
            int to = panelAt + done * width;
            for (int w = 0; w < span; w += LANES) {
                FloatVector.fromArray(EIGHT, source, from + w).intoArray(panel, to + w);
            }
        }
        Packing.copy(source, at + done * stride, stride, count, depth - done, panel, panelAt + done * width, width);
    }

    /** As {@link Packing#transpose}, but leaves anything in the places from {@code count} on. */
    private static void transpose(float[] source, int at, int stride, int count, int depth, float[] panel, int panelAt,
            int width) {
        int blocks = depth & -LANES;
        for (int w = 0; w < count; w += LANES) {
            for (int p = 0; p < blocks; p += LANES) {
                block(source, at + w * stride + p, stride, count - w, panel, panelAt + p * width + w, width);
            }
        }
        Packing.transpose(source, at + blocks, stride, count, depth - blocks, panel, panelAt + blocks * width, width);
    }

    /** Transposes eight rows of eight; with fewer rows than that, the last one stands in for those missing. */
    private static void block(float[] s, int at, int stride, int rows, float[] t, int to, int width) {
        int last = rows - 1;
        FloatVector a = FloatVector.fromArray(EIGHT, s, at);
        FloatVector b = FloatVector.fromArray(EIGHT, s, at + Math.min(1, last) * stride);
        FloatVector c = FloatVector.fromArray(EIGHT, s, at + Math.min(2, last) * stride);
        FloatVector d = FloatVector.fromArray(EIGHT, s, at + Math.min(3, last) * stride);
        FloatVector e = FloatVector.fromArray(EIGHT, s, at + Math.min(4, last) * stride);
        FloatVector f = FloatVector.fromArray(EIGHT, s, at + Math.min(5, last) * stride);
        FloatVector g = FloatVector.fromArray(EIGHT, s, at + Math.min(6, last) * stride);
        FloatVector h = FloatVector.fromArray(EIGHT, s, at + Math.min(7, last) * stride);

        // Swap the off-diagonal quarters of 2x2, then 4x4, then 8x8 blocks.
        FloatVector a1 = a.blend(b.rearrange(UP1), ODD1);
        FloatVector b1 = a.rearrange(DOWN1).blend(b, ODD1);
        FloatVector c1 = c.blend(d.rearrange(UP1), ODD1);
        FloatVector d1 = c.rearrange(DOWN1).blend(d, ODD1);
        FloatVector e1 = e.blend(f.rearrange(UP1), ODD1);
        FloatVector f1 = e.rearrange(DOWN1).blend(f, ODD1);
        FloatVector g1 = g.blend(h.rearrange(UP1), ODD1);
        FloatVector h1 = g.rearrange(DOWN1).blend(h, ODD1);

        a = a1.blend(c1.rearrange(UP2), ODD2);
        c = a1.rearrange(DOWN2).blend(c1, ODD2);
        b = b1.blend(d1.rearrange(UP2), ODD2);
        d = b1.rearrange(DOWN2).blend(d1, ODD2);
        e = e1.blend(g1.rearrange(UP2), ODD2);
        g = e1.rearrange(DOWN2).blend(g1, ODD2);
        f = f1.blend(h1.rearrange(UP2), ODD2);
        h = f1.rearrange(DOWN2).blend(h1, ODD2);

        a.blend(e.rearrange(HALVES), ODD4).intoArray(t, to);
        b.blend(f.rearrange(HALVES), ODD4).intoArray(t, to + width);
        c.blend(g.rearrange(HALVES), ODD4).intoArray(t, to + 2 * width);
        d.blend(h.rearrange(HALVES), ODD4).intoArray(t, to + 3 * width);
        a.rearrange(HALVES).blend(e, ODD4).intoArray(t, to + 4 * width);
        b.rearrange(HALVES).blend(f, ODD4).intoArray(t, to + 5 * width);
        c.rearrange(HALVES).blend(g, ODD4).intoArray(t, to + 6 * width);
        d.rearrange(HALVES).blend(h, ODD4).intoArray(t, to + 7 * width);
    }
}

package io.github.bitlift.backend.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * What the kernels for the Vector API share: packing, and how panels lie in memory. All of them use the preferred shape alone: as
 * soon as two shapes are used in one JVM, the compiler boxes every vector. Must not be loaded where the module {@code
 * jdk.incubator.vector} is absent.
 */
abstract class VectorMicroKernel implements MicroKernel {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();
    /** Lanes from which on a processor has 32 vector registers: AVX-512. */
    private static final int MANY_REGISTERS = 16;
    /** Floats between panels, so that the same place in several of them never falls into the same cache sets. */
    private static final int APART = 80;

    /** Lanes of the vectors this JVM prefers on this machine. */
    static int lanes() {
        return LANES;
    }

    /** The kernel for this machine's registers. */
    static MicroKernel best() {
        boolean tall = LANES >= MANY_REGISTERS || System.getProperty("os.arch").equals("aarch64");
        return tall ? new TallMicroKernel() : new SquareMicroKernel();
    }

    @Override
    public final String name() {
        return "vector";
    }

    @Override
    public final int arrays() {
        return 1;
    }

    @Override
    public final int arrayLength(int depth) {
        return depth * columns() + APART;
    }

    @Override
    public final void transposeLeft(float[] source, int at, int stride, int rows, int depth, float[] panel, int panelAt) {
        Packing.transpose(source, at, stride, depth, rows, panel, panelAt, LEFT_STRIDE);
    }

    @Override
    public final void packRight(boolean transposed, float[] source, int at, int stride, int count, int from, int depth,
            float[][] panels, int first) {
        int columns = columns();
        if (transposed) {
            Packing.transpose(source, at, stride, count, depth, panels[first], from * columns, columns);
        } else {
            copy(source, at, stride, count, depth, panels[first], from * columns, columns);
        }
    }

    /** As {@link Packing#copy}, but leaves anything in the places from {@code count} on. */
    private static void copy(float[] source, int at, int stride, int count, int depth, float[] panel, int panelAt, int width) {
        int span = (count + LANES - 1) & -LANES;
        int done = 0;
        // Whole vectors read into the next row, so the last row or two may have to be left to scalar code.
        for (; done < depth && at + (long) done * stride + span <= source.length; done++) {
            int from = at + done * stride;
            int to = panelAt + done * width;
            for (int w = 0; w < span; w += LANES) {
                FloatVector.fromArray(SPECIES, source, from + w).intoArray(panel, to + w);
            }
        }
        Packing.copy(source, at + done * stride, stride, count, depth - done, panel, panelAt + done * width, width);
    }

    @Override
    public final void multiply(int rows, int depth, float[] a, int aAt, float[][] panels, int first, int count, float[] c,
            int cAt, int cStride, float[][] work) {
        multiply(rows, depth, a, aAt, panels[first], c, cAt, cStride);
    }

    /** The same on the panel's one array. */
    abstract void multiply(int rows, int depth, float[] left, int at, float[] right, float[] c, int to, int stride);

    @Override
    public final void add(float[] terms, int at, float[] sums, int to, int count) {
        int j = 0;
        for (; j <= count - LANES; j += LANES) {
            FloatVector.fromArray(SPECIES, sums, to + j).add(FloatVector.fromArray(SPECIES, terms, at + j))
                    .intoArray(sums, to + j);
        }
        for (; j < count; j++) {
            sums[to + j] += terms[at + j];
        }
    }
}

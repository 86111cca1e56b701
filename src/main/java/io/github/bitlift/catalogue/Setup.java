package io.github.bitlift.catalogue;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Buffer;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.numerics.Philox;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The operands of a case on one backend, each between guard cells, and the operations on them. The same seed gives the
 * same operands on every backend.
 *
 * <p>In about every other case all operands begin at a multiple of 16 bytes, as kernels that load four numbers at once
 * want it; in the others they begin anywhere.
 */
public final class Setup implements AutoCloseable {
    /** Guard cells before every operand: so many, and up to three more. */
    private static final int GUARD = 16;
    /** Guard cells behind every operand. */
    private static final int GUARD_BEHIND = 19;
    /** Their value: a number no operation produces from small operands. */
    private static final float GUARD_VALUE = Float.intBitsToFloat(0x5eadbeef);
    /** The stream that places operands; operand i draws its values from stream i. */
    private static final long PLACES = -1;

    /** What an operand is filled with. */
    public enum Fill {
        /** Normal variates. */
        NORMAL,
        /** Normal variates of variance 1/100, mostly inside thresholds. */
        SMALL,
        /** Uniform in [0, 1): inside every potential's domain but a simplex. */
        UNIT,
        /** Normal variates with NaN, infinities, zeros, subnormals and extremes strewn in. */
        SPECIAL
    }

    private static final float[] SPECIALS = {
        Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0f, -0f, Float.MIN_VALUE, -Float.MIN_VALUE,
        Float.MIN_NORMAL, -0x1.fffffcp-127f, Float.MAX_VALUE, -Float.MAX_VALUE, 1f, -1f, 0.5f, 88.8f, -104f
    };

    /**
     * One operand.
     *
     * @param buffer where it lies, guard cells included
     * @param before the number of guard cells before it
     * @param initial what the whole buffer holds before the program runs
     */
    private record Operand(Buffer buffer, int before, float[] initial) {

        int length() {
            return initial.length - before - GUARD_BEHIND;
        }

        void restore() {
            buffer.write(0, initial, 0, initial.length);
        }

        long[] bits() {
            float[] values = new float[initial.length];
            buffer.read(0, values, 0, values.length);
            long[] bits = new long[length()];
            for (int i = 0; i < values.length; i++) {
                boolean guard = i < before || i >= before + bits.length;
                if (!guard) {
                    bits[i - before] = Integer.toUnsignedLong(Float.floatToIntBits(values[i]));
                } else if (Float.floatToRawIntBits(values[i]) != Float.floatToRawIntBits(GUARD_VALUE)) {
                    throw new IllegalStateException("guard cell " + (i - before) + " of an operand of " + bits.length
                            + " was overwritten with " + values[i]);
                }
            }
            return bits;
        }
    }

    private final Backend backend;
    private final long seed;
    private final Philox places;
    private final List<Operand> operands = new ArrayList<>();
    private final List<Sums> sums = new ArrayList<>();
    private final List<Operation> operations = new ArrayList<>();

    Setup(Backend backend, long seed) {
        this.backend = backend;
        this.seed = seed;
        this.places = new Philox(seed, PLACES);
    }

    /** A new operand {@code [rows, columns]}. */
    public Matrix matrix(int rows, int columns, Fill fill) {
        int before = before();
        int length = Math.multiplyExact(rows, columns);
        float[] values = new float[before + length + GUARD_BEHIND];
        Arrays.fill(values, GUARD_VALUE);
        System.arraycopy(values(new Philox(seed, operands.size()), length, fill), 0, values, before, length);
        Buffer buffer = backend.allocate(values.length);
        operands.add(new Operand(buffer, before, values));
        return new Matrix(buffer, before, rows, columns);
    }

    private int before() {
        return GUARD + (allAligned() ? 0 : places.bits(1 + operands.size()) & 3);
    }

    /** Whether every operand of the case begins at a multiple of 16 bytes. */
    boolean allAligned() {
        return (places.bits(0) & 1) == 0;
    }

    private static float[] values(Philox random, int length, Fill fill) {
        float[] values = new float[length];
        if (fill != Fill.UNIT) {
            random.normals(values);
        }
        for (int i = 0; i < length; i++) {
            values[i] = switch (fill) {
                case NORMAL -> values[i];
                case SMALL -> 0.1f * values[i];
                case UNIT -> random.uniform(i);
                case SPECIAL -> random.uniform(i) < 0.3f ? SPECIALS[(random.bits(i) & 0xff) % SPECIALS.length] : values[i];
            };
        }
        return values;
    }

    /** Overwrites the first numbers of an operand that begins where the matrix does. */
    public Matrix set(Matrix matrix, float... values) {
        Operand operand =
                operands.stream().filter(each -> each.buffer() == matrix.buffer()).findFirst().orElseThrow();
        System.arraycopy(values, 0, operand.initial(), Math.toIntExact(matrix.offset()), values.length);
        return matrix;
    }

    /** New slots for reductions. */
    public Sums sums(int slots) {
        Sums result = backend.allocateSums(slots);
        sums.add(result);
        return result;
    }

    /** Adds an operation to the case's program. */
    public void run(Operation operation) {
        operations.add(operation);
    }

    /** The case's program so far. */
    List<Operation> operations() {
        return List.copyOf(operations);
    }

    /**
     * Compiles the program once and runs it several times, each time on the initial operands.
     *
     * @return per run, everything in memory afterwards, binary32 numbers and then sums, as raw bits with NaNs made canonical
     * @throws IllegalStateException if a guard cell was written
     */
    List<long[][]> outcomes(int runs) {
        List<long[][]> outcomes = new ArrayList<>();
        try (Program program = backend.compile(operations)) {
            for (int run = 0; run < runs; run++) {
                operands.forEach(Operand::restore);
                program.run();
                outcomes.add(outcome());
            }
        }
        return outcomes;
    }

    private long[][] outcome() {
        List<long[]> bits = new ArrayList<>();
        operands.forEach(operand -> bits.add(operand.bits()));
        for (Sums slots : sums) {
            long[] values = new long[slots.length()];
            for (int i = 0; i < values.length; i++) {
                values[i] = Double.doubleToLongBits(slots.get(i));
            }
            bits.add(values);
        }
        return bits.toArray(new long[0][]);
    }

    @Override
    public void close() {
        operands.forEach(operand -> operand.buffer().close());
        sums.forEach(Sums::close);
    }
}

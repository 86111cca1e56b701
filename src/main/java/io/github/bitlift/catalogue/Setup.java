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
 */
public final class Setup implements AutoCloseable {
    /** Guard cells before and after every operand. */
    private static final int GUARD = 19;
    /** Their value: a number no operation produces from small operands. */
    private static final float GUARD_VALUE = Float.intBitsToFloat(0x5eadbeef);

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

    private final Backend backend;
    private final long seed;
    private final List<Buffer> buffers = new ArrayList<>();
    private final List<Integer> lengths = new ArrayList<>();
    private final List<Sums> sums = new ArrayList<>();
    private final List<Operation> operations = new ArrayList<>();

    Setup(Backend backend, long seed) {
        this.backend = backend;
        this.seed = seed;
    }

    /** A new operand {@code [rows, columns]}. */
    public Matrix matrix(int rows, int columns, Fill fill) {
        int length = Math.multiplyExact(rows, columns);
        float[] values = new float[length + 2 * GUARD];
        Philox random = new Philox(seed, buffers.size());
        Arrays.fill(values, GUARD_VALUE);
        for (int i = 0; i < length; i++) {
            values[GUARD + i] = value(random, i, fill);
        }
        Buffer buffer = backend.allocate(values.length);
        buffer.write(0, values, 0, values.length);
        buffers.add(buffer);
        lengths.add(length);
        return new Matrix(buffer, GUARD, rows, columns);
    }

    private static float value(Philox random, int i, Fill fill) {
        return switch (fill) {
            case NORMAL -> random.normal(i);
            case SMALL -> 0.1f * random.normal(i);
            case UNIT -> random.uniform(i);
            case SPECIAL -> random.uniform(i) < 0.3f
                    ? SPECIALS[(random.bits(i) & 0xff) % SPECIALS.length]
                    : random.normal(i);
        };
    }

    /** Overwrites an operand's first numbers. */
    public Matrix set(Matrix matrix, float... values) {
        matrix.buffer().write(matrix.offset(), values, 0, values.length);
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

    /**
     * Runs the program once.
     *
     * @return everything in memory afterwards, binary32 numbers and then sums, as raw bits with NaNs made canonical
     * @throws IllegalStateException if a guard cell was written
     */
    long[][] outcome() {
        try (Program program = backend.compile(operations)) {
            program.run();
        }
        List<long[]> bits = new ArrayList<>();
        for (int i = 0; i < buffers.size(); i++) {
            bits.add(bits(buffers.get(i), lengths.get(i)));
        }
        for (Sums slots : sums) {
            long[] values = new long[slots.length()];
            for (int i = 0; i < values.length; i++) {
                values[i] = Double.doubleToLongBits(slots.get(i));
            }
            bits.add(values);
        }
        return bits.toArray(new long[0][]);
    }

    private static long[] bits(Buffer buffer, int length) {
        float[] values = new float[length + 2 * GUARD];
        buffer.read(0, values, 0, values.length);
        long[] bits = new long[length];
        for (int i = 0; i < values.length; i++) {
            boolean guard = i < GUARD || i >= GUARD + length;
            if (!guard) {
                bits[i - GUARD] = Float.floatToIntBits(values[i]);
            } else if (Float.floatToRawIntBits(values[i]) != Float.floatToRawIntBits(GUARD_VALUE)) {
                throw new IllegalStateException("guard cell " + (i - GUARD) + " of an operand of " + length
                        + " was overwritten with " + values[i]);
            }
        }
        return bits;
    }

    @Override
    public void close() {
        buffers.forEach(Buffer::close);
        sums.forEach(Sums::close);
    }
}

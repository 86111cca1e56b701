package io.github.bitlift.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.ColumnSum;
import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.PowerIteration;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.kernels.EmulatedKernels.Operand;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Column sums and power iteration, on the emulated driver, have the bits of the reference backend. */
class LinearKernelsTest {
    private static final int[][] SHAPES = {
        {1, 1}, {3, 5}, {0, 5}, {5, 0}, {31, 33}, {32, 32}, {33, 31}, {255, 3}, {256, 2}, {257, 40}, {3, 255}, {2, 256},
        {1024, 2}, {2, 1024}, {1025, 3}, {3, 1025}, {2049, 33}, {33, 2049}, {9217, 1}
    };
    /** The size of ColumnSumEntry of kernels/column_sum.cu. */
    private static final int ENTRY_BYTES = 32;
    private static final int POWER_ROW_BYTES = 88;
    private static final int SLOT = 1;
    private static final double NUMERATOR = 0.9;
    private static final double SCALE = 0.37;
    private static final double SHIFT = 1e-3;

    @BeforeAll
    static void load() throws IOException {
        EmulatedKernels.load();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void columnSumsHaveTheReferencesBits(int turn) {
        Values values = new Values(turn);
        float[] scales = {1f, 0.01f, -3f};
        List<float[]> inputs = new ArrayList<>();
        try (EmulatedKernels kernels = EmulatedKernels.open(turn)) {
            List<Operand> results = new ArrayList<>();
            ByteBuffer entries = ByteBuffer.allocate(ENTRY_BYTES * SHAPES.length).order(ByteOrder.LITTLE_ENDIAN);
            for (int[] shape : SHAPES) {
                inputs.add(values.draw(shape[0] * shape[1], results.size() % 2 == 0 ? 0 : 300));
                Operand in = kernels.floats(inputs.get(results.size()), results.size() % 4);
                Operand out = kernels.floats(new float[shape[1]], results.size() % 3);
                entries.putLong(in.address()).putLong(out.address()).putLong(shape[0]).putInt(shape[1])
                        .putFloat(scales[results.size() % 3]);
                results.add(out);
            }
            int[] words = new int[entries.flip().remaining() / 4];
            entries.asIntBuffer().get(words);
            int[] widest = {65, 1, 2};
            kernels.launch("column_sum", new int[] {widest[turn], SHAPES.length}, new int[] {32, 8}, kernels.words(words));
            for (int i = 0; i < SHAPES.length; i++) {
                float[] expected = columnSum(SHAPES[i], inputs.get(i), scales[i % 3]);
                same("column sum", SHAPES[i], expected, results.get(i).toFloats());
            }
        }
    }

    private static float[] columnSum(int[] shape, float[] in, float scale) {
        try (Backend backend = new ReferenceBackend()) {
            Matrix out = Values.matrix(backend, 1, shape[1], new float[shape[1]]);
            Matrix a = Values.matrix(backend, shape[0], shape[1], in);
            backend.compile(List.of(new ColumnSum(List.of(new ColumnSum.Entry(a, out, scale))))).run();
            return out.toArray();
        }
    }

    @Test
    void vectorProductsHaveTheReferencesBits() {
        Values values = new Values(5);
        for (int turn = 0; turn < SHAPES.length; turn++) {
            int rows = SHAPES[turn][0];
            int columns = SHAPES[turn][1];
            float[] a = values.draw(rows * columns, turn % 2 == 0 ? 0 : 300);
            float[] x = values.draw(columns, turn % 3 == 0 ? 50 : 0);
            float[] y = values.draw(rows, turn % 3 == 0 ? 50 : 0);
            try (EmulatedKernels kernels = EmulatedKernels.open(turn); Backend backend = new ReferenceBackend()) {
                Operand matrix = kernels.floats(a, turn % 4);
                Operand applied = kernels.floats(new float[rows], turn % 3);
                Operand adjoint = kernels.floats(new float[columns], turn % 3);
                int grid = 1 + turn % 5;
                vectorProduct(kernels, "power_apply", grid, new PowerRow(
                        rows, columns, matrix, kernels.floats(x, turn % 2), applied, null, null, null));
                vectorProduct(kernels, "power_adjoint", grid, new PowerRow(
                        rows, columns, matrix, null, kernels.floats(y, turn % 2), adjoint, null, null));
                Matrix left = Values.matrix(backend, rows, columns, a);
                Product.Dense forward = Product.Dense.forward(Values.matrix(backend, 1, columns, x), left);
                Product.Dense back = Product.Dense.adjoint(Values.matrix(backend, 1, rows, y), left);
                same("A x", SHAPES[turn], product(backend, forward), applied.toFloats());
                same("Aᵀ y", SHAPES[turn], product(backend, back), adjoint.toFloats());
            }
        }
    }

    private static void vectorProduct(EmulatedKernels kernels, String kernel, int grid, PowerRow row) {
        kernels.launch(kernel, new int[] {grid, 1}, new int[] {32, 8}, row.upload(kernels));
    }

    /** PowerRow of kernels/power_iteration.cu; null for null pointers. */
    private record PowerRow(
            int rows, int columns, Operand a, Operand x, Operand y, Operand w, Operand norm, Operand step) {

        Operand upload(EmulatedKernels kernels) {
            ByteBuffer bytes = ByteBuffer.allocate(POWER_ROW_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (Operand operand : new Operand[] {a, x, y, w, norm, step}) {
                bytes.putLong(operand == null ? 0 : operand.address());
            }
            bytes.putDouble(NUMERATOR).putDouble(SCALE).putDouble(SHIFT).putInt(SLOT).putInt(rows).putInt(columns);
            int[] words = new int[POWER_ROW_BYTES / 4];
            bytes.rewind().asIntBuffer().get(words);
            return kernels.words(words);
        }
    }

    private static float[] product(Backend backend, Product.Dense term) {
        Matrix out = Matrix.of(backend.allocate((long) term.rows() * term.columns()), term.rows(), term.columns());
        backend.compile(List.of(Product.of(new Product.Row(out, List.of(term), new Epilogue.Scale(1f))))).run();
        return out.toArray();
    }

    @ParameterizedTest
    @ValueSource(strings = {"any", "zero", "NaN", "no step"})
    void powerIterationHasTheReferencesBits(String what) {
        Values values = new Values(what.hashCode());
        for (int turn = 0; turn < SHAPES.length; turn++) {
            int[] shape = SHAPES[turn];
            float[] a = what.equals("zero") ? new float[shape[0] * shape[1]] : values.draw(shape[0] * shape[1], 0);
            float[] x = what.equals("zero") && turn % 2 == 0 ? new float[shape[1]] : values.draw(shape[1], 0);
            if (what.equals("NaN") && a.length > 0) {
                a[a.length / 2] = Float.NaN;
            }
            powerIteration(shape, a, x, turn, !what.equals("no step"));
        }
    }

    private static void powerIteration(int[] shape, float[] a, float[] x, int turn, boolean withStep) {
        int iterations = turn % 4;
        try (EmulatedKernels kernels = EmulatedKernels.open(turn); Backend backend = new ReferenceBackend()) {
            Matrix vector = Values.matrix(backend, 1, shape[1], x);
            Matrix image = Values.matrix(backend, 1, shape[0], new float[shape[0]]);
            Matrix step = withStep ? Values.matrix(backend, 1, 1, new float[1]) : null;
            Sums norm = backend.allocateSums(2);
            backend.compile(List.of(new PowerIteration(Values.matrix(backend, shape[0], shape[1], a), vector, image,
                    iterations, norm, SLOT, step, NUMERATOR, SCALE, SHIFT))).run();
            Operand matrix = kernels.floats(a, 0);
            Operand u = kernels.floats(x, 0);
            Operand y = kernels.floats(new float[shape[0]], 0);
            Operand w = kernels.floats(new float[shape[1]], 0);
            Operand slots = kernels.doubles(0, 0);
            Operand size = withStep ? kernels.floats(new float[1], 0) : null;
            PowerRow row = new PowerRow(shape[0], shape[1], matrix, u, y, w, slots, size);
            for (int i = 0; i < iterations; i++) {
                vectorProduct(kernels, "power_apply", 3, row);
                vectorProduct(kernels, "power_adjoint", 2, row);
                kernels.launch("power_normalise", 1, 32 << turn % 4, row.upload(kernels));
            }
            vectorProduct(kernels, "power_apply", 1, row);
            kernels.launch("power_finish", 1, 32, row.upload(kernels));
            same("x", shape, vector.toArray(), u.toFloats());
            same("y", shape, image.toArray(), y.toFloats());
            assertThat(Double.doubleToLongBits(slots.toDoubles()[1])).as("norm of %d × %d", shape[0], shape[1])
                    .isEqualTo(Double.doubleToLongBits(norm.get(1)));
            assertThat(slots.toDoubles()[0]).isZero();
            if (withStep) {
                same("step", shape, step.toArray(), size.toFloats());
            }
        }
    }

    private static void same(String what, int[] shape, float[] expected, float[] actual) {
        int at = Values.mismatch(expected, actual);
        assertThat(at).as(() -> what + " of " + shape[0] + " × " + shape[1] + " differs at " + at + ": " + actual[at]
                + ", expected " + expected[at]).isEqualTo(-1);
    }
}

package io.github.bitlift.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Reduce;
import io.github.bitlift.backend.Reduce.Kind;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.backend.reference.RowOperations;
import io.github.bitlift.kernels.EmulatedKernels.Operand;
import io.github.bitlift.numerics.Reduction;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.ProxMaps;
import io.github.bitlift.prox.RowScratch;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The sums' kernels, on the emulated driver, have the bits of the reference backend, row by row and in total. */
class ReduceKernelsTest {
    private static final int[][] SHAPES = {
        {0, 3}, {1, 1}, {1, 31}, {2, 32}, {3, 33}, {1, 255}, {2, 256}, {3, 257}, {33, 5}, {37, 111}, {2, 1024}, {2, 1025},
        {1025, 2}, {2500, 1}, {3, 33_001}, {1, 1_050_001}
    };
    private static final int[][] BREGMAN_SHAPES = {
        {0, 3}, {1, 1}, {4, 10}, {1, 31}, {2, 32}, {3, 33}, {1, 255}, {5, 64}, {3, 257}, {70, 5}, {2, 1025}
    };
    private static final List<Kind> BREGMAN = List.of(Kind.POTENTIAL, Kind.CONJUGATE, Kind.PENALTY);

    /** How u relates to v: near σ(v) and far from it inside the domain, and anything. */
    private enum Relation { NEAR, INSIDE, ANY }

    private record Sum(Kind kind, ProxMap map, int rows, int columns, float[] a, float[] b) {
        String kernel() {
            return (map == null ? "reduce_" : map.stem() + "_") + kind.name().toLowerCase(Locale.ROOT);
        }

        @Override
        public String toString() {
            return kernel() + (map == null ? "" : " " + map) + " [" + rows + ", " + columns + "]";
        }
    }

    @BeforeAll
    static void load() throws IOException {
        EmulatedKernels.load();
    }

    static List<ProxMap> maps() {
        return ProxKernelsTest.maps();
    }

    @ParameterizedTest
    @EnumSource(value = Kind.class, names = {"SQUARED_NORM", "SQUARED_DISTANCE", "DOT", "NONZEROS"})
    void sumsHaveTheReferencesBits(Kind kind) {
        Values values = new Values(kind.name().hashCode());
        int turn = 0;
        for (int[] shape : SHAPES) {
            for (int rarity : new int[] {0, 50}) {
                int n = shape[0] * shape[1];
                compare(new Sum(kind, null, shape[0], shape[1], values.draw(n, rarity), values.draw(n, rarity)), turn++);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("maps")
    void bregmanTermsHaveTheReferencesBits(ProxMap map) {
        Values values = new Values(map.toString().hashCode());
        int turn = 0;
        for (int[] shape : BREGMAN_SHAPES) {
            int group = Math.max(1, map.coupling());
            int columns = (shape[1] + group - 1) / group * group;
            for (Relation relation : Relation.values()) {
                for (Kind kind : BREGMAN) {
                    compare(bregman(kind, map, shape[0], columns, relation, values), turn++);
                }
            }
        }
    }

    @Test
    void longRowsUseEveryLevelOfTheTree() {
        List<ProxMap> maps = List.of(ProxMaps.parse("softmax"), ProxMaps.parse("group-soft-threshold", 0.3, 33_000),
                ProxMaps.parse("group-soft-threshold", 0.3, 3), ProxMaps.parse("relu"));
        int turn = 0;
        for (ProxMap map : maps) {
            for (Kind kind : BREGMAN) {
                compare(bregman(kind, map, 2, 33_000, Relation.NEAR, new Values(turn)), turn++);
            }
        }
    }

    /** u is a, except that Φ* is taken at v. */
    private static Sum bregman(Kind kind, ProxMap map, int rows, int columns, Relation relation, Values values) {
        int n = rows * columns;
        float[] v = values.draw(n, relation == Relation.ANY ? 12 : 0);
        float[] u = relation == Relation.NEAR ? v.clone() : values.draw(n, relation == Relation.ANY ? 12 : 0);
        if (relation == Relation.NEAR) {
            for (int i = 0; i < n; i += 3) {
                u[i] = u[i] * (1 + 0x1.0p-14f);
            }
        }
        if (relation != Relation.ANY) {
            RowScratch scratch = new RowScratch();
            for (int i = 0; i < rows; i++) {
                map.activate(u, i * columns, u, i * columns, columns, scratch);
            }
        }
        return kind == Kind.CONJUGATE ? new Sum(kind, map, rows, columns, v, u) : new Sum(kind, map, rows, columns, u, v);
    }

    private static void compare(Sum sum, int turn) {
        float[] parameters = sum.map == null ? null : Arrays.copyOf(sum.map.parameters(), 2);
        try (EmulatedKernels kernels = EmulatedKernels.open(turn)) {
            Operand a = kernels.floats(sum.a, turn % 4);
            Operand b = sum.kind.isPair() ? kernels.floats(sum.b, turn % 3) : null;
            Operand rowSums = kernels.doubles(new double[sum.rows]);
            Operand slots = kernels.doubles(-1, -1, -1);
            int grid = 1 + turn % 3;
            int block = 32 << turn % 3;
            long rows = sum.rows;
            if (sum.map == null) {
                kernels.launch(sum.kernel(), grid, block, rows, sum.columns, a, b, rowSums);
            } else {
                kernels.launch(sum.kernel(), grid, block, rows, sum.columns, parameters[0], parameters[1], a, b, rowSums);
            }
            kernels.launch("reduce_total", 1, 32, rows, rowSums, slots, 1);
            same(sum.toString() + ", row sums", expectedRows(sum), rowSums.toDoubles());
            same(sum.toString(), new double[] {-1, expected(sum), -1}, slots.toDoubles());
            a.requireUnchanged("a");
        }
    }

    /** Compares with NaNs made canonical. */
    private static void same(String what, double[] expected, double[] actual) {
        for (int i = 0; i < expected.length; i++) {
            assertThat(Double.doubleToLongBits(actual[i]))
                    .as("%s, index %d: %s, expected %s", what, i, actual[i], expected[i])
                    .isEqualTo(Double.doubleToLongBits(expected[i]));
        }
    }

    private static double[] expectedRows(Sum sum) {
        double[] rows = new double[sum.rows];
        try (Backend backend = new ReferenceBackend()) {
            Reduce operation = operation(backend, backend.allocateSums(1), sum);
            for (int i = 0; i < rows.length; i++) {
                rows[i] = RowOperations.rowSum(operation, i, new Reduction());
            }
        }
        return rows;
    }

    private static double expected(Sum sum) {
        try (Backend backend = new ReferenceBackend()) {
            Sums slots = backend.allocateSums(1);
            backend.compile(List.of(operation(backend, slots, sum))).run();
            return slots.get(0);
        }
    }

    private static Reduce operation(Backend backend, Sums into, Sum sum) {
        Matrix a = Values.matrix(backend, sum.rows, sum.columns, sum.a);
        Matrix b = Values.matrix(backend, sum.rows, sum.columns, sum.b);
        return new Reduce(sum.kind, a, sum.kind.isPair() ? b : null, sum.map, into, 0);
    }
}

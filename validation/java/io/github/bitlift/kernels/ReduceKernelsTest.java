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
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The sums' kernels, on the emulated driver, have the bits of the reference backend, row by row and in total, whatever other
 * sums share the launch.
 */
class ReduceKernelsTest {
    private static final int ENTRY_BYTES = 64;
    private static final int[][] SHAPES = {
        {0, 3}, {1, 1}, {1, 31}, {2, 32}, {3, 33}, {1, 255}, {2, 256}, {3, 257}, {33, 5}, {37, 111}, {2, 1024}, {2, 1025},
        {1025, 2}, {2500, 1}, {3, 33_001}, {1, 1_050_001}
    };
    private static final int[][] BREGMAN_SHAPES = {
        {0, 3}, {1, 1}, {4, 10}, {1, 31}, {2, 32}, {3, 33}, {1, 255}, {5, 64}, {3, 257}, {70, 5}, {2, 1025}
    };
    /** Of the last, the totals take more than one round of a block's warps, and every level of the tree. */
    private static final int[] TOTALS = {0, 1, 31, 33, 1023, 1024, 1025, 9000, 32_768, 32_769, 1_050_001};
    /** In the order of ReduceKind in reduce.cuh. */
    private static final List<Kind> WITHOUT_MAP =
            List.of(Kind.SQUARED_NORM, Kind.SQUARED_DISTANCE, Kind.DOT, Kind.NONZEROS);
    private static final List<Kind> BREGMAN = List.of(Kind.POTENTIAL, Kind.CONJUGATE, Kind.PENALTY);

    /** How u relates to v: near σ(v) and far from it inside the domain, and anything. */
    private enum Relation { NEAR, INSIDE, ANY }

    private record Sum(Kind kind, ProxMap map, int rows, int columns, float[] a, float[] b) {
        String kernel() {
            return map == null ? "reduce_rows" : map.stem() + "_" + kind.name().toLowerCase(Locale.ROOT);
        }

        @Override
        public String toString() {
            return kind + (map == null ? "" : " " + map) + " [" + rows + ", " + columns + "]";
        }
    }

    @BeforeAll
    static void load() throws IOException {
        EmulatedKernels.load();
    }

    static List<ProxMap> maps() {
        return ProxKernelsTest.maps();
    }

    /** Each launch has every shape and every kind, and over the launches every shape has every kind. */
    @Test
    void sumsHaveTheReferencesBits() {
        Values values = new Values(1);
        for (int turn = 0; turn < 2 * WITHOUT_MAP.size(); turn++) {
            int rarity = turn % 2 == 0 ? 0 : 50;
            List<Sum> sums = new ArrayList<>();
            for (int[] shape : SHAPES) {
                int n = shape[0] * shape[1];
                Kind kind = WITHOUT_MAP.get((turn / 2 + sums.size()) % WITHOUT_MAP.size());
                sums.add(new Sum(kind, null, shape[0], shape[1], values.draw(n, rarity), values.draw(n, rarity)));
            }
            compare(sums, turn);
        }
    }

    @ParameterizedTest
    @MethodSource("maps")
    void bregmanTermsHaveTheReferencesBits(ProxMap map) {
        Values values = new Values(map.toString().hashCode());
        int turn = 0;
        for (Relation relation : Relation.values()) {
            for (Kind kind : BREGMAN) {
                List<Sum> sums = new ArrayList<>();
                for (int[] shape : BREGMAN_SHAPES) {
                    int group = Math.max(1, map.coupling());
                    int columns = (shape[1] + group - 1) / group * group;
                    sums.add(bregman(kind, map, shape[0], columns, relation, values));
                }
                compare(sums, turn++);
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
                compare(List.of(bregman(kind, map, 2, 33_000, Relation.NEAR, new Values(turn))), turn++);
            }
        }
    }

    @Test
    void mapsOfOneStemShareALaunch() {
        List<Sum> sums = new ArrayList<>();
        for (double threshold : new double[] {0.1, 0.7, 3}) {
            for (int size : new int[] {1, 2, 6, 66}) {
                sums.add(bregman(Kind.PENALTY, ProxMaps.parse("group-soft-threshold", threshold, size), 3, 66,
                        Relation.INSIDE, new Values(size)));
            }
        }
        compare(sums, 0);
    }

    /** By blocks of any number of warps. */
    @Test
    void totalsHaveTheReferencesBits() {
        List<double[]> rowSums = new ArrayList<>();
        for (int n : TOTALS) {
            rowSums.add(new SplittableRandom(n).doubles(n, -1e3, 1e3).toArray());
        }
        double[] special = rowSums.get(TOTALS.length - 2);
        special[32_000] = Double.POSITIVE_INFINITY;
        for (int turn = 0; turn < 3; turn++) {
            try (EmulatedKernels kernels = EmulatedKernels.open(turn)) {
                Operand slots = kernels.doubles(new double[TOTALS.length]);
                ByteBuffer entries = entries(TOTALS.length);
                for (int i = 0; i < TOTALS.length; i++) {
                    entry(entries, null, null, kernels.doubles(rowSums.get(i)), slots, TOTALS[i], 1, i, 0, new float[2]);
                }
                kernels.launch("reduce_total", new int[] {1, TOTALS.length}, new int[] {new int[] {32, 256, 1024}[turn], 1},
                        kernels.words(words(entries)));
                same("totals", rowSums.stream().mapToDouble(each -> Reduction.sum(each, 0, each.length)).toArray(),
                        slots.toDoubles());
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

    /** What a sum reads and writes on the device. */
    private record Operands(Operand a, Operand b, Operand rowSums) {}

    /** All in one launch. */
    private static void compare(List<Sum> sums, int turn) {
        try (EmulatedKernels kernels = EmulatedKernels.open(turn)) {
            List<Operands> operands = new ArrayList<>();
            double[] expected = sums.stream().mapToDouble(ReduceKernelsTest::expected).toArray();
            Operand slots = kernels.doubles(new double[sums.size()]);
            ByteBuffer entries = entries(sums.size());
            for (Sum sum : sums) {
                int place = turn + operands.size();
                Operands own = new Operands(kernels.floats(sum.a, place % 4),
                        sum.kind.isPair() ? kernels.floats(sum.b, place % 3) : null, kernels.doubles(new double[sum.rows]));
                entry(entries, own.a, own.b, own.rowSums, slots, sum.rows, sum.columns, operands.size(),
                        WITHOUT_MAP.indexOf(sum.kind), sum.map == null ? new float[2] : Arrays.copyOf(sum.map.parameters(), 2));
                operands.add(own);
            }
            Operand descriptors = kernels.words(words(entries));
            int[] block = {32 << turn % 3, 1};
            kernels.launch(sums.get(0).kernel(), new int[] {1 + turn % 3, sums.size()}, block, descriptors);
            kernels.launch("reduce_total", new int[] {1, sums.size()}, block, descriptors);
            for (int i = 0; i < sums.size(); i++) {
                same(sums.get(i) + ", row sums", expectedRows(sums.get(i)), operands.get(i).rowSums.toDoubles());
                operands.get(i).a.requireUnchanged("a");
            }
            same(sums.toString(), expected, slots.toDoubles());
        }
    }

    private static ByteBuffer entries(int count) {
        return ByteBuffer.allocate(ENTRY_BYTES * count).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** ReduceEntry of kernels/reduce.cuh, written independently of the backend. */
    private static void entry(ByteBuffer to, Operand a, Operand b, Operand rowSums, Operand sums, long rows, int columns,
            int slot, int kind, float[] parameters) {
        for (Operand operand : Arrays.asList(a, b, rowSums, sums)) {
            to.putLong(operand == null ? 0 : operand.address());
        }
        to.putLong(rows).putInt(columns).putInt(slot).putInt(kind).putFloat(parameters[0]).putFloat(parameters[1]).putInt(0);
    }

    private static int[] words(ByteBuffer bytes) {
        int[] words = new int[bytes.flip().remaining() / 4];
        bytes.asIntBuffer().get(words);
        return words;
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

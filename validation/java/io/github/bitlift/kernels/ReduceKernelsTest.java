package io.github.bitlift.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Reduce;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.backend.reference.ReferenceBackend;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The sums' kernels, compiled by g++, have the bits of the reference backend. */
class ReduceKernelsTest {
    private static final int[][] SHAPES = {
        {0, 3}, {1, 1}, {1, 31}, {2, 32}, {3, 33}, {1, 255}, {2, 256}, {3, 257}, {33, 5}, {37, 111}, {2, 1024}, {2, 1025},
        {1025, 2}, {2500, 1}, {3, 33_001}, {1, 1_050_001}
    };

    private record Sum(int rows, int columns, float[] a, float[] b) {}

    @ParameterizedTest
    @EnumSource(value = Reduce.Kind.class, names = {"SQUARED_NORM", "SQUARED_DISTANCE", "DOT", "NONZEROS"})
    void sumsHaveTheReferencesBits(Reduce.Kind kind, @TempDir Path folder) throws IOException {
        Values values = new Values(kind.name().hashCode());
        CaseWriter input = new CaseWriter();
        List<Sum> sums = new ArrayList<>();
        for (int[] shape : SHAPES) {
            for (int rarity : new int[] {0, 50}) {
                int n = shape[0] * shape[1];
                Sum sum = new Sum(shape[0], shape[1], values.draw(n, rarity), values.draw(n, rarity));
                input.name("reduce_" + kind.name().toLowerCase(Locale.ROOT)).ints(1 + sums.size() % 3, 32 << sums.size() % 3);
                input.ints(sum.rows, sum.columns).floats(sum.a).floats(sum.b);
                sums.add(sum);
            }
        }
        ByteBuffer results = HostKernels.run(folder, input.toByteArray(), "cases");
        for (Sum sum : sums) {
            assertThat(Double.doubleToLongBits(results.getDouble())).as("%s [%d, %d]", kind, sum.rows, sum.columns)
                    .isEqualTo(Double.doubleToLongBits(expected(kind, sum)));
        }
        assertThat(results.remaining()).isZero();
    }

    private static double expected(Reduce.Kind kind, Sum sum) {
        try (Backend backend = new ReferenceBackend()) {
            Sums slots = backend.allocateSums(1);
            backend.compile(List.of(new Reduce(kind, Values.matrix(backend, sum.rows, sum.columns, sum.a),
                    Values.matrix(backend, sum.rows, sum.columns, sum.b), null, slots, 0))).run();
            return slots.get(0);
        }
    }
}

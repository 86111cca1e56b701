package io.github.bitlift.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Buffer;
import io.github.bitlift.backend.Elementwise;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.numerics.Philox;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.ProxMaps;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An element-wise operation of two operands gives the same bits wherever its output lies: apart, or in either operand. */
class ElementwiseSharingTest extends CudaTest {
    private static final int ROWS = 3;
    private static final int COLUMNS = 24;

    /** Where the output lies. */
    private enum Place { APART, FIRST, SECOND }

    static Stream<ProxMap> maps() {
        return ProxMaps.examples().stream();
    }

    @ParameterizedTest
    @MethodSource("maps")
    void theOutputMayBeEitherOperand(ProxMap map) {
        List<Supplier<Backend>> backends =
                List.of(ReferenceBackend::new, () -> new CpuBackend(1), () -> CudaBackend.open(Driver.EMULATED));
        for (Elementwise.Kind kind : List.of(Elementwise.Kind.RESIDUAL, Elementwise.Kind.PULLBACK)) {
            float[] expected = result(ReferenceBackend::new, map, kind, Place.APART);
            assertThat(expected).isNotEqualTo(new float[ROWS * COLUMNS]);
            for (Supplier<Backend> backend : backends) {
                for (Place place : Place.values()) {
                    assertThat(result(backend, map, kind, place)).as("%s %s", kind, place).isEqualTo(expected);
                }
            }
        }
    }

    private static float[] result(Supplier<Backend> open, ProxMap map, Elementwise.Kind kind, Place place) {
        try (Backend backend = open.get(); Buffer memory = backend.allocate(3 * ROWS * COLUMNS)) {
            Matrix v = new Matrix(memory, 0, ROWS, COLUMNS);
            Matrix w = new Matrix(memory, ROWS * COLUMNS, ROWS, COLUMNS);
            Matrix apart = new Matrix(memory, 2 * ROWS * COLUMNS, ROWS, COLUMNS);
            v.write(normal(1));
            w.write(normal(2));
            Matrix out = switch (place) {
                case APART -> apart;
                case FIRST -> v;
                case SECOND -> w;
            };
            try (Program program = backend.compile(List.of(new Elementwise(kind, map, 0.75f, v, w, out)))) {
                program.run();
            }
            return out.toArray();
        }
    }

    private static float[] normal(long stream) {
        Philox random = new Philox(7, stream);
        float[] values = new float[ROWS * COLUMNS];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.normal(i);
        }
        return values;
    }
}

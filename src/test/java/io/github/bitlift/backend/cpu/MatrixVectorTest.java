package io.github.bitlift.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.PowerIteration;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.numerics.Digest;
import io.github.bitlift.numerics.Philox;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Power iterations at sizes around blocks of vectors, segments, and what is transposed and what is shared out. */
class MatrixVectorTest {
    private static final String SIZES = """
            1, 1
            3, 5
            5, 3
            7, 17
            8, 16
            17, 15
            64, 64
            65, 129
            100, 784
            129, 63
            33, 1025
            1025, 33
            2049, 20
            600, 1100
            """;

    @ParameterizedTest
    @CsvSource(textBlock = SIZES)
    void plainLoopsGiveTheReferencesBits(int rows, int columns) {
        try (Backend backend = new CpuBackend(2, "plain")) {
            assertThat(digest(backend, rows, columns)).isEqualTo(expected(rows, columns));
        }
    }

    @ParameterizedTest
    @CsvSource(textBlock = SIZES)
    void vectorsGiveTheReferencesBits(int rows, int columns) {
        String reason = MicroKernels.reasonAgainstVector();
        assumeTrue(reason == null, reason);
        try (Backend backend = new CpuBackend(2, "vector")) {
            assertThat(digest(backend, rows, columns)).isEqualTo(expected(rows, columns));
        }
    }

    private static String expected(int rows, int columns) {
        try (Backend reference = new ReferenceBackend()) {
            return digest(reference, rows, columns);
        }
    }

    /** Of x, y and the norm. */
    private static String digest(Backend backend, int rows, int columns) {
        Matrix a = Matrix.of(backend.allocate((long) rows * columns), rows, columns);
        Matrix x = Matrix.of(backend.allocate(columns), 1, columns);
        Matrix y = Matrix.of(backend.allocate(rows), 1, rows);
        float[] values = new float[rows * columns];
        new Philox(5, 1).normals(values);
        a.write(values);
        float[] start = new float[columns];
        new Philox(5, 2).normals(start);
        x.write(start);
        Sums norm = backend.allocateSums(1);
        try (Program program = backend.compile(List.of(new PowerIteration(a, x, y, 3, norm, 0, null, 1, 1, 1)))) {
            program.run();
            return Digest.of(x.toArray()) + Digest.of(y.toArray()) + Double.doubleToLongBits(norm.get(0));
        }
    }
}

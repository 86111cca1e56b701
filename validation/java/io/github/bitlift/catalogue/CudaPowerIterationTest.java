package io.github.bitlift.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.PowerIteration;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.backend.cuda.CudaBackend;
import io.github.bitlift.backend.cuda.EmulatedDriver;
import io.github.bitlift.catalogue.Setup.Fill;
import io.github.bitlift.emulator.Emulator;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Power iterations that follow each other share their launches unless one needs what another writes. */
class CudaPowerIterationTest {
    /** Apply, adjoint, normalise for each of two iterations, apply, finish. */
    private static final int LAUNCHES = 8;

    private static Backend cuda;

    @BeforeAll
    static void open() {
        Emulator.load();
        cuda = CudaBackend.open("emulated");
    }

    @AfterAll
    static void close() {
        if (cuda != null) {
            cuda.close();
        }
    }

    private static long launches(Consumer<Setup> body) {
        long before = EmulatedDriver.counter("launches");
        new Case("power_iteration", "launches", body).outcome(cuda);
        return EmulatedDriver.counter("launches") - before;
    }

    private static Matrix vector(Setup s, int columns) {
        return s.matrix(1, columns, Fill.NORMAL);
    }

    private static void run(Setup s, Matrix a, Matrix x, int iterations, Sums norms, int slot, Matrix step) {
        s.run(new PowerIteration(a, x, vector(s, a.rows()), iterations, norms, slot, step, 1, 1, 1));
    }

    @Test
    void independentOnesShareLaunches() {
        assertThat(launches(s -> {
            Sums norms = s.sums(3);
            Matrix steps = vector(s, 3);
            Matrix shared = s.matrix(4, 50, Fill.NORMAL);
            for (int i = 0; i < 3; i++) {
                Matrix step = new Matrix(steps.buffer(), steps.offset() + i, 1, 1);
                run(s, i < 2 ? shared : s.matrix(70, 3, Fill.NORMAL), vector(s, i < 2 ? 50 : 3), 2, norms, i, step);
            }
        })).isEqualTo(LAUNCHES);
    }

    @Test
    void dependentOnesDoNot() {
        assertThat(launches(s -> {
            Matrix x = vector(s, 50);
            run(s, s.matrix(4, 50, Fill.NORMAL), x, 2, s.sums(1), 0, null);
            run(s, s.matrix(4, 50, Fill.NORMAL), x, 2, s.sums(1), 0, null);
        })).as("the same vector").isEqualTo(2 * LAUNCHES);
        assertThat(launches(s -> {
            Matrix x = vector(s, 50);
            run(s, s.matrix(4, 50, Fill.NORMAL), x, 2, s.sums(1), 0, null);
            run(s, x, vector(s, 50), 2, s.sums(1), 0, null);
        })).as("a vector that is the next one's matrix").isEqualTo(2 * LAUNCHES);
        assertThat(launches(s -> {
            Sums norms = s.sums(2);
            run(s, s.matrix(4, 5, Fill.NORMAL), vector(s, 5), 2, norms, 1, null);
            run(s, s.matrix(4, 5, Fill.NORMAL), vector(s, 5), 2, norms, 1, null);
        })).as("the same slot").isEqualTo(2 * LAUNCHES);
        assertThat(launches(s -> {
            run(s, s.matrix(4, 5, Fill.NORMAL), vector(s, 5), 2, s.sums(1), 0, null);
            run(s, s.matrix(4, 5, Fill.NORMAL), vector(s, 5), 0, s.sums(1), 0, null);
        })).as("other numbers of iterations").isEqualTo(LAUNCHES + 2);
    }
}

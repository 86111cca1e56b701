package io.github.bitlift.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Update;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.backend.cuda.CudaBackend;
import io.github.bitlift.backend.cuda.EmulatedDriver;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.catalogue.Setup.Fill;
import io.github.bitlift.emulator.Emulator;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.ProxMaps;
import io.github.bitlift.prox.SoftThreshold;
import io.github.bitlift.prox.Softmax;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A step behind a row without an output moves as it does behind one with it, and what the row adds stays as it was. */
class KeptNowhereTest {
    private static final int ROWS = 37;
    private static final int WIDTH = 40;

    /** Operands in the order in which {@link #body} makes them: the factors come first, the coefficients last. */
    private static final int X = 2;
    private static final int ADDEND = 3;
    private static final int FIRST = 4;
    private static final int SECOND = 5;

    private enum What { NOTHING, KEPT, KEPT_NOWHERE }

    private static Case body(ProxMap map, What what) {
        return new Case("product", "kept nowhere", s -> {
            Product.Dense term = ProductCases.Layout.ADJOINT.term(s, ROWS, WIDTH, 50, Fill.NORMAL);
            Update.Step step = UpdateCases.step(s, Update.Adam.of(0.9, 0.999, 1e-8), ROWS, WIDTH, false,
                    map == null ? null : new Update.Proximal(map, 0.5f, false), Fill.NORMAL);
            Epilogue add = new Epilogue.Add(step.gradient());
            if (what == What.KEPT) {
                s.run(Product.of(new Product.Row(step.gradient(), List.of(term), add, step)));
            } else if (what == What.KEPT_NOWHERE) {
                s.run(Product.of(new Product.Row(List.of(term), add, KeptNowhere.without(step))));
            }
        });
    }

    static Stream<Arguments> backends() {
        Emulator.load();
        List<Supplier<Backend>> backends = List.of(ReferenceBackend::new, () -> new CpuBackend(1, "plain"),
                () -> new CpuBackend(2, "vector"), () -> CudaBackend.open("emulated"));
        return backends.stream().flatMap(backend -> Stream.concat(
                Stream.of(Arguments.of(backend, null)),
                ProxMaps.examples().stream().map(map -> Arguments.of(backend, map))));
    }

    @ParameterizedTest
    @MethodSource("backends")
    void theAddendStaysAndTheStepIsTheSame(Supplier<Backend> make, ProxMap map) {
        try (Backend backend = make.get()) {
            long[][] before = body(map, What.NOTHING).outcome(backend);
            long[][] kept = body(map, What.KEPT).outcome(backend);
            long[][] nowhere = body(map, What.KEPT_NOWHERE).outcome(backend);
            assertThat(different(before, kept)).containsExactly(X, ADDEND, FIRST, SECOND);
            assertThat(different(before, nowhere)).containsExactly(X, FIRST, SECOND);
            assertThat(different(kept, nowhere)).containsExactly(ADDEND);
        }
    }

    private static Set<Integer> different(long[][] one, long[][] other) {
        Set<Integer> places = new TreeSet<>();
        for (int i = 0; i < one.length; i++) {
            if (!Arrays.equals(one[i], other[i])) {
                places.add(i);
            }
        }
        return places;
    }

    /** Only where the step's prox map couples a whole row, and so needs a kernel of its own, does the gradient take memory. */
    @Test
    void theDeviceHoldsNoGradientEither() {
        Emulator.load();
        long gradient = 4L * ROWS * WIDTH;
        assertThat(scratch(new SoftThreshold(0.2f))).isLessThan(gradient);
        assertThat(scratch(null)).isLessThan(gradient);
        assertThat(scratch(new Softmax())).isGreaterThanOrEqualTo(gradient);
    }

    /** Bytes of a program's own. */
    private static long scratch(ProxMap map) {
        try (Backend cuda = CudaBackend.open("emulated"); Setup setup = new Setup(cuda, 1)) {
            body(map, What.KEPT_NOWHERE).body().accept(setup);
            long before = EmulatedDriver.counter("device-bytes");
            try (var program = cuda.compile(setup.operations())) {
                return EmulatedDriver.counter("device-bytes") - before;
            }
        }
    }
}

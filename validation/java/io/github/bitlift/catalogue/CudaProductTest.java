package io.github.bitlift.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.BackendException;
import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Product.Dense;
import io.github.bitlift.backend.Product.Scaled;
import io.github.bitlift.backend.Update;
import io.github.bitlift.backend.cuda.CudaBackend;
import io.github.bitlift.backend.cuda.EmulatedDriver;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.catalogue.Setup.Fill;
import io.github.bitlift.emulator.Emulator;
import io.github.bitlift.prox.Identity;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.ProxMaps;
import io.github.bitlift.prox.SoftThreshold;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Products in the rarest layout, into their own addend, of linear layers; and how many launches products take. */
class CudaProductTest {
    private static final int ROWS = 37;
    private static final int WIDTH = 40;
    private static final ProxMap SOFT = new SoftThreshold(0.2f);

    private static Backend reference;
    private static Backend cuda;

    @BeforeAll
    static void open() {
        Emulator.load();
        reference = new ReferenceBackend();
        cuda = CudaBackend.open("emulated");
    }

    @AfterAll
    static void close() {
        if (cuda != null) {
            cuda.close();
        }
    }

    private static void assertSameBits(Consumer<Setup> body) {
        Case of = new Case("product", "shared operands", body);
        assertThat(of.verify(of.outcome(reference), cuda, 2).text()).endsWith(": no difference");
    }

    private static Matrix matrix(Setup s) {
        return s.matrix(ROWS, WIDTH, Fill.NORMAL);
    }

    private static void run(Setup s, Matrix out, Epilogue epilogue, Product.Term... terms) {
        s.run(Product.of(new Product.Row(out, List.of(terms), epilogue)));
    }

    private static Dense forward(Setup s) {
        return Dense.forward(s.matrix(ROWS, 50, Fill.NORMAL), s.matrix(WIDTH, 50, Fill.NORMAL));
    }

    private static Dense adjoint(Setup s) {
        return Dense.adjoint(s.matrix(ROWS, 50, Fill.NORMAL), s.matrix(50, WIDTH, Fill.NORMAL));
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 0", "31, 33, 1", "40, 50, 1030", "130, 7, 64"})
    void bothFactorsMayBeTransposed(int m, int n, int k) {
        assertSameBits(s -> run(s, s.matrix(m, n, Fill.NORMAL),
                new Epilogue.Activate(s.matrix(1, n, Fill.NORMAL), SOFT, null),
                new Dense(s.matrix(k, m, Fill.NORMAL), true, s.matrix(n, k, Fill.NORMAL), true)));
    }

    @Test
    void outputMayBeTheAddendOfSeveralTerms() {
        assertSameBits(s -> {
            Matrix out = matrix(s);
            run(s, out, new Epilogue.Add(out), forward(s), new Scaled(0.3f, matrix(s)), adjoint(s), new Scaled(-1f, matrix(s)));
        });
        assertSameBits(s -> {
            Matrix out = matrix(s);
            run(s, out, new Epilogue.Add(out), new Scaled(0.3f, matrix(s)), new Scaled(3f, matrix(s)));
        });
    }

    static List<ProxMap> maps() {
        return ProxMaps.examples();
    }

    /** A linear layer takes the kernel of another, with its own bias, target and weights. */
    @ParameterizedTest
    @MethodSource("maps")
    void linearRowsJoinOthers(ProxMap map) {
        assertSameBits(s -> s.run(new Product(List.of(residual(s, new Identity()), residual(s, map), new Product.Row(
                matrix(s), List.of(forward(s)),
                new Epilogue.Activate(s.matrix(1, WIDTH, Fill.SPECIAL), new Identity(), matrix(s)))))));
    }

    @Test
    void launchesAreShared() {
        assertThat(launches(s -> {
            run(s, matrix(s), new Epilogue.Scale(1f), forward(s));
        })).isEqualTo(1);
        assertThat(launches(s -> {
            Product.Row plain = new Product.Row(matrix(s), List.of(forward(s)), new Epilogue.Scale(1f));
            s.run(new Product(List.of(residual(s, SOFT), residual(s, SOFT), residual(s, SOFT), plain)));
        })).isEqualTo(2);
        assertThat(launches(s -> s.run(new Product(List.of(residual(s, new Identity()), residual(s, SOFT)))))).isEqualTo(1);
        assertThat(launches(s -> {
            Update.Step step = UpdateCases.step(s, Update.Adam.of(0.9, 0.999, 1e-8), ROWS, WIDTH, true,
                    new Update.Proximal(SOFT, 0.5f, true), Fill.NORMAL);
            s.run(Product.of(new Product.Row(step.gradient(), List.of(new Scaled(-1f, matrix(s)), adjoint(s)),
                    new Epilogue.Scale(0.5f), step)));
        })).isEqualTo(1);
        assertThat(launches(s -> s.run(Product.of(KeptNowhere.adjoint(s, Update.Adam.of(0.9, 0.999, 1e-8), ROWS, WIDTH,
                new Update.Proximal(SOFT, 0.5f, true)))))).isEqualTo(1);
    }

    private static Product.Row residual(Setup s, ProxMap map) {
        return new Product.Row(matrix(s), List.of(forward(s)), new Epilogue.Residual(
                s.matrix(1, WIDTH, Fill.NORMAL), map, matrix(s), 0.3f, matrix(s), matrix(s), true));
    }

    private static long launches(Consumer<Setup> body) {
        long before = EmulatedDriver.counter("launches");
        new Case("product", "launches", body).outcome(cuda);
        return EmulatedDriver.counter("launches") - before;
    }

    @Test
    void unknownTilesAreRefused() {
        System.setProperty("bitlift.cuda.tile", "medium");
        try {
            assertThatThrownBy(() -> launches(s -> run(s, matrix(s), new Epilogue.Scale(1f), forward(s))))
                    .isInstanceOf(BackendException.class)
                    .hasMessage("-Dbitlift.cuda.tile=medium, expected auto, large or small");
        } finally {
            System.clearProperty("bitlift.cuda.tile");
        }
    }
}

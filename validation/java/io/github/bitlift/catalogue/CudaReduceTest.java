package io.github.bitlift.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Copy;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.Reduce;
import io.github.bitlift.backend.Reduce.Kind;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.backend.cuda.CudaBackend;
import io.github.bitlift.backend.cuda.EmulatedDriver;
import io.github.bitlift.catalogue.Setup.Fill;
import io.github.bitlift.emulator.Emulator;
import io.github.bitlift.lifting.LiftedBregman;
import io.github.bitlift.lifting.Variables;
import io.github.bitlift.network.Mlp;
import io.github.bitlift.network.Network;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.prox.Box;
import io.github.bitlift.prox.ElasticNet;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.Relu;
import io.github.bitlift.prox.Tanh;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Reductions that follow each other share their launches unless they fill the same slot. */
class CudaReduceTest {
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
        new Case("reduce", "launches", body).outcome(cuda);
        return EmulatedDriver.counter("launches") - before;
    }

    private static long launches(List<Operation> operations) {
        try (Program program = cuda.compile(operations)) {
            long before = EmulatedDriver.counter("launches");
            program.run();
            cuda.synchronise();
            return EmulatedDriver.counter("launches") - before;
        }
    }

    private static void run(Setup s, Kind kind, ProxMap map, Sums into, int slot) {
        Matrix a = s.matrix(3, 4, Fill.UNIT);
        s.run(new Reduce(kind, a, kind.isPair() ? a : null, map, into, slot));
    }

    @Test
    void sumsOfTheSameKernelShareALaunch() {
        assertThat(launches(s -> {
            Sums into = s.sums(4);
            run(s, Kind.SQUARED_NORM, null, into, 0);
            run(s, Kind.DOT, null, into, 1);
            run(s, Kind.NONZEROS, null, s.sums(1), 0);
        })).as("row sums and totals").isEqualTo(2);
        assertThat(launches(s -> {
            Sums into = s.sums(5);
            run(s, Kind.PENALTY, new Box(0, 1), into, 0);
            run(s, Kind.PENALTY, new ElasticNet(0.2f, 1), into, 1);
            run(s, Kind.PENALTY, new Box(-2, 2), into, 2);
            run(s, Kind.POTENTIAL, new Box(0, 1), into, 3);
            run(s, Kind.SQUARED_NORM, null, into, 4);
        })).as("penalties of two maps, a potential, a norm, totals").isEqualTo(5);
    }

    @Test
    void nothingIsLaunchedForRowsThatAreNotThere() {
        assertThat(launches(s -> s.run(
                new Reduce(Kind.SQUARED_NORM, s.matrix(0, 4, Fill.UNIT), null, null, s.sums(1), 0)))).isEqualTo(1);
    }

    @Test
    void whatDependsOnOrderKeepsIt() {
        assertThat(launches(s -> {
            Sums into = s.sums(2);
            run(s, Kind.SQUARED_NORM, null, into, 1);
            run(s, Kind.SQUARED_NORM, null, into, 1);
        })).as("the same slot").isEqualTo(4);
        assertThat(launches(s -> {
            Matrix a = s.matrix(3, 4, Fill.UNIT);
            Sums into = s.sums(2);
            s.run(new Reduce(Kind.SQUARED_NORM, a, null, null, into, 0));
            s.run(new Copy(s.matrix(3, 4, Fill.UNIT), a));
            s.run(new Reduce(Kind.SQUARED_NORM, a, null, null, into, 1));
        })).as("another operation between them").isEqualTo(4);
    }

    /** Residuals of all layers, norms and counts, penalties, totals. */
    @Test
    void anObjectiveTakesFourLaunches() {
        assertThat(evaluation(List.of(new Relu(), new Relu(), new Relu(), new Relu(), new Relu(), new Relu()))).isEqualTo(4);
        assertThat(evaluation(List.of(new Tanh(), new Tanh(), new Tanh(), new Tanh(), new Tanh(), new Tanh()))).isEqualTo(4);
    }

    private static long evaluation(List<ProxMap> activations) {
        int[] widths = new int[activations.size() + 2];
        Arrays.fill(widths, 9);
        try (Parameters theta = new Parameters(cuda, widths)) {
            Network network = Mlp.of(theta, activations);
            try (Variables variables = new Variables(cuda, network, 11);
                    Sums into = cuda.allocateSums(1 + 2 * network.layers())) {
                float[] mu = new float[network.layers()];
                Arrays.fill(mu, 1f);
                return launches(new LiftedBregman(variables, mu).evaluate(into));
            }
        }
    }
}

package io.github.bitlift.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.cuda.CudaBackend;
import io.github.bitlift.backend.cuda.EmulatedDriver;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.emulator.Emulator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every case of the catalogue on the CUDA backend and the emulated driver, in several thread orders and with both tiles. */
class CudaBitExactTest {
    private static final String TILE_PROPERTY = "bitlift.cuda.tile";
    /** A run after the first shows what the one before left behind. */
    private static final int RUNS = 2;
    private static final List<Case> CASES = Catalogue.cases();
    private static List<long[][]> expected;

    @BeforeAll
    static void runReference() {
        Emulator.load();
        try (Backend reference = new ReferenceBackend()) {
            expected = CASES.stream().map(each -> each.outcome(reference)).toList();
        }
    }

    @AfterAll
    static void release() {
        expected = null;
        EmulatedDriver.order("forward");
        System.clearProperty(TILE_PROPERTY);
    }

    @ParameterizedTest
    @CsvSource({"forward, large", "reverse, small", "random:1, small", "random:2, large", "forward, auto"})
    void cudaGivesTheReferencesBits(String order, String tile) {
        EmulatedDriver.order(order);
        System.setProperty(TILE_PROPERTY, tile);
        List<Case.Result> different = new ArrayList<>();
        long compared = 0;
        try (Backend cuda = CudaBackend.open("emulated")) {
            for (int i = 0; i < CASES.size(); i++) {
                Case.Result result = CASES.get(i).verify(expected.get(i), cuda, RUNS);
                compared += result.compared();
                if (!result.agrees()) {
                    different.add(result);
                }
            }
        }
        assertThat(different).isEmpty();
        assertThat(compared).isGreaterThan(1_000_000);
    }
}

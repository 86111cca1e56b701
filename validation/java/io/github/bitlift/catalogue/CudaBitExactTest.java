package io.github.bitlift.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.BackendException;
import io.github.bitlift.backend.cuda.CudaBackend;
import io.github.bitlift.backend.cuda.EmulatedDriver;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.emulator.Emulator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every case of the catalogue but products on the CUDA backend and the emulated driver, in several thread orders. */
class CudaBitExactTest {
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
    }

    @ParameterizedTest
    @ValueSource(strings = {"forward", "reverse", "random:1", "random:2"})
    void cudaGivesTheReferencesBits(String order) {
        EmulatedDriver.order(order);
        List<Case.Result> different = new ArrayList<>();
        long compared = 0;
        try (Backend cuda = CudaBackend.open("emulated")) {
            for (int i = 0; i < CASES.size(); i++) {
                try {
                    Case.Result result = CASES.get(i).verify(expected.get(i), cuda, 3);
                    compared += result.compared();
                    if (!result.agrees()) {
                        different.add(result);
                    }
                } catch (BackendException e) {
                    assertThat(e).hasMessageStartingWith("product: ");
                }
            }
        }
        assertThat(different).isEmpty();
        assertThat(compared).isGreaterThan(1_000_000);
    }
}

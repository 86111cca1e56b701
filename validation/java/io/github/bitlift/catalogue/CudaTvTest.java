package io.github.bitlift.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.BackendException;
import io.github.bitlift.backend.cuda.CudaBackend;
import io.github.bitlift.backend.cuda.EmulatedDriver;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.emulator.Emulator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TV-PDHG in each of the ways in which the CUDA backend may carry it out: the reference's bits, in several thread orders. */
class CudaTvTest {
    private static final String PROPERTY = "bitlift.cuda.tv";
    private static final int RUNS = 2;
    private static final List<Case> CASES = cases("tv_pdhg");
    private static final List<Case> BEHIND_LAYERS = cases("tv_penalty");
    private static List<long[][]> expected;
    private static List<long[][]> expectedBehindLayers;

    private static List<Case> cases(String operation) {
        return Catalogue.cases().stream().filter(each -> each.operation().equals(operation)).toList();
    }

    @BeforeAll
    static void runReference() {
        Emulator.load();
        try (Backend reference = new ReferenceBackend()) {
            expected = CASES.stream().map(each -> each.outcome(reference)).toList();
            expectedBehindLayers = BEHIND_LAYERS.stream().map(each -> each.outcome(reference)).toList();
        }
    }

    @AfterEach
    void reset() {
        EmulatedDriver.order("forward");
        System.clearProperty(PROPERTY);
    }

    @AfterAll
    static void release() {
        expected = null;
        expectedBehindLayers = null;
    }

    private static long runs(String kernel) {
        return EmulatedDriver.kernels().get(kernel);
    }

    @ParameterizedTest
    @CsvSource({
        "warp, forward, tv_pdhg_warp", "warp, reverse, tv_pdhg_warp", "warp, random:1, tv_pdhg_warp",
        "warp, random:2, tv_pdhg_warp", "block, forward, tv_pdhg_block", "block, reverse, tv_pdhg_block",
        "block, random:3, tv_pdhg_block", "block, random:4, tv_pdhg_block", "grid, forward, tv_pdhg_grid",
        "grid, reverse, tv_pdhg_grid", "grid, random:5, tv_pdhg_grid", "grid, random:6, tv_pdhg_grid",
        "steps, forward, tv_pdhg_store", "steps, reverse, tv_pdhg_store", "steps, random:7, tv_pdhg_store",
        "steps, random:8, tv_pdhg_store", "auto, forward, tv_pdhg_block"
    })
    void everyWayGivesTheReferencesBits(String choice, String order, String kernel) {
        System.setProperty(PROPERTY, choice);
        EmulatedDriver.order(order);
        long before = runs(kernel);
        requireSame(CASES, expected);
        assertThat(runs(kernel) - before).isGreaterThan(CASES.size() / 2);
    }

    /** One launch where it fits and no other way is asked for, else products and single steps. */
    @ParameterizedTest
    @CsvSource({"auto, forward", "block, reverse", "block, random:1", "block, random:2", "steps, random:3"})
    void soDoesEveryWayBehindALayer(String choice, String order) {
        System.setProperty(PROPERTY, choice);
        EmulatedDriver.order(order);
        long before = runs("relu_tv_penalty");
        requireSame(BEHIND_LAYERS, expectedBehindLayers);
        long fused = runs("relu_tv_penalty") - before;
        assertThat(fused > BEHIND_LAYERS.size()).as("%d launches", fused).isEqualTo(!choice.equals("steps"));
        assertThat(fused % RUNS).isZero();
    }

    private static void requireSame(List<Case> cases, List<long[][]> outcomes) {
        List<Case.Result> different = new ArrayList<>();
        long compared = 0;
        try (Backend cuda = CudaBackend.open("emulated")) {
            for (int i = 0; i < cases.size(); i++) {
                Case.Result result = cases.get(i).verify(outcomes.get(i), cuda, RUNS);
                compared += result.compared();
                if (!result.agrees()) {
                    different.add(result);
                }
            }
        }
        assertThat(different).isEmpty();
        assertThat(compared).isGreaterThan(1_000_000);
    }

    @Test
    void unknownWaysAreRefused() {
        System.setProperty(PROPERTY, "strips");
        try (Backend cuda = CudaBackend.open("emulated")) {
            assertThatThrownBy(() -> CASES.get(0).outcome(cuda)).isInstanceOf(BackendException.class)
                    .hasMessage("-Dbitlift.cuda.tv=strips, expected auto, warp, block, grid, steps");
        }
    }
}

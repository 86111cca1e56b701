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
    private static final String FUSED = "relu_tv_penalty";
    private static final int RUNS = 2;
    private static final List<Case> CASES =
            Catalogue.cases().stream().filter(each -> each.operation().startsWith("tv_")).toList();
    private static List<long[][]> expected;

    @BeforeAll
    static void runReference() {
        Emulator.load();
        try (Backend reference = new ReferenceBackend()) {
            expected = CASES.stream().map(each -> each.outcome(reference)).toList();
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
        long behindLayers = runs(FUSED);
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
        assertThat(runs(kernel) - before).isGreaterThan(CASES.size() / 2);
        boolean fuses = choice.equals("block") || choice.equals("auto");
        assertThat(runs(FUSED) - behindLayers).isBetween(fuses ? 60L : 0L, fuses ? 100L : 0L);
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

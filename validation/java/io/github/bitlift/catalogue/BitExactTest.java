package io.github.bitlift.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.ProxMaps;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every case of the catalogue, on the CPU backend in every configuration, against the reference: bits, no tolerances. */
class BitExactTest {
    private static final List<Case> CASES = Catalogue.cases();
    private static List<long[][]> expected;

    @BeforeAll
    static void runReference() {
        try (Backend reference = new ReferenceBackend()) {
            expected = CASES.stream().map(each -> each.outcome(reference)).toList();
        }
    }

    @AfterAll
    static void release() {
        expected = null;
    }

    @ParameterizedTest
    @CsvSource({"vector,1", "vector,2", "vector,3", "plain,1", "plain,2"})
    void cpuGivesTheReferencesBits(String kernels, int threads) {
        List<Case.Result> different = new ArrayList<>();
        long compared = 0;
        try (Backend cpu = new CpuBackend(threads, kernels)) {
            for (int i = 0; i < CASES.size(); i++) {
                Case.Result result = CASES.get(i).verify(expected.get(i), cpu, 3);
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
    void everyProxMapHasCases() {
        Map<String, Long> byOperation =
                CASES.stream().collect(Collectors.groupingBy(Case::operation, Collectors.counting()));
        for (ProxMap map : ProxMaps.examples()) {
            assertThat(byOperation).containsKey(map.stem());
        }
    }

    @Test
    void noTwoCasesShareAName() {
        assertThat(CASES.stream().map(each -> each.operation() + "/" + each.name())).doesNotHaveDuplicates();
    }

    @Test
    void aChangeOfOneRoundingIsFound() {
        Case product = CASES.stream()
                .filter(each -> each.operation().equals("product") && each.name().contains("31x33x32 NORMAL"))
                .findFirst()
                .orElseThrow();
        long[][] right = product.outcome(new ReferenceBackend());
        long[][] wrong = right.clone();
        wrong[0] = right[0].clone();
        wrong[0][17] ^= 1;
        Case.Result result = product.compare(right, wrong);
        assertThat(result.agrees()).isFalse();
        assertThat(result.differing()).isEqualTo(1);
        assertThat(result.first()).contains("operand 0, index 17");
    }
}

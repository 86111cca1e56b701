package io.github.bitlift.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.ProxMaps;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
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
    @CsvSource({"vector,1,1", "vector,2,3", "vector,3,1", "plain,1,1", "plain,2,3"})
    void cpuGivesTheReferencesBits(String kernels, int threads, int runs) {
        List<Case.Result> different = new ArrayList<>();
        long compared = 0;
        try (Backend cpu = new CpuBackend(threads, kernels)) {
            for (int i = 0; i < CASES.size(); i++) {
                Case.Result result = CASES.get(i).verify(expected.get(i), cpu, runs);
                compared += result.compared();
                if (!result.agrees()) {
                    different.add(result);
                }
            }
        }
        assertThat(different).isEmpty();
        assertThat(compared).isGreaterThan(1_000_000);
    }

    @ParameterizedTest
    @CsvSource({"vector,2", "plain,3"})
    void cpuGivesTheReferencesBitsInRandomCases(String kernels, int threads) {
        try (Backend cpu = new CpuBackend(threads, kernels); Backend reference = new ReferenceBackend()) {
            for (int i = 0; i < 150; i++) {
                Case drawn = Fuzz.draw(20261121, i);
                Case.Result result = drawn.verify(drawn.outcome(reference), cpu, 2);
                assertThat(result.agrees()).as("%s; %s", result.text(), drawn.description()).isTrue();
            }
        }
    }

    @Test
    void everyOperationMeetsAlignedOperandsAndOthers() {
        Map<String, Set<Boolean>> aligned = new TreeMap<>();
        try (Backend reference = new ReferenceBackend()) {
            for (Case each : CASES) {
                try (Setup setup = new Setup(reference, each.seed())) {
                    aligned.computeIfAbsent(each.operation(), name -> new TreeSet<>()).add(setup.allAligned());
                }
            }
        }
        assertThat(aligned).allSatisfy((operation, both) -> assertThat(both).containsExactly(false, true));
    }

    @Test
    void anOperandBeginsWhereItsCaseSays() {
        try (Backend reference = new ReferenceBackend()) {
            Set<Long> places = new TreeSet<>();
            for (int seed = 0; seed < 20; seed++) {
                try (Setup setup = new Setup(reference, seed)) {
                    for (int i = 0; i < 10; i++) {
                        long place = setup.matrix(1, 1, Setup.Fill.NORMAL).offset() % 4;
                        assertThat(place == 0 || !setup.allAligned()).isTrue();
                        places.add(place);
                    }
                }
            }
            assertThat(places).containsExactly(0L, 1L, 2L, 3L);
        }
    }

    @Test
    void aRunThatLeavesSomethingBehindIsFound() {
        Case each = new Case("test", "adds up", s -> {
            Matrix out = s.matrix(2, 3, Setup.Fill.NORMAL);
            s.run(Product.of(new Product.Row(out, List.of(new Product.Scaled(1f, s.matrix(2, 3, Setup.Fill.NORMAL))),
                    new Epilogue.Add(out))));
        });
        try (Backend reference = new ReferenceBackend(); Backend forgetful = new ForgetfulBackend()) {
            Case.Result result = each.verify(each.outcome(reference), forgetful, 3);
            assertThat(result.compared()).isEqualTo(3 * 12);
            assertThat(result.differing()).isEqualTo(2 * 6);
            assertThat(result.text()).contains("operand 0, index 0", "run 2");
            assertThat(each.verify(each.outcome(reference), reference, 3).agrees()).isTrue();
        }
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

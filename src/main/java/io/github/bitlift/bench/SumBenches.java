package io.github.bitlift.bench;

import io.github.bitlift.backend.ColumnSum;
import io.github.bitlift.backend.Copy;
import io.github.bitlift.backend.PowerIteration;
import io.github.bitlift.backend.Reduce;
import io.github.bitlift.prox.SoftThreshold;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Sums of all kinds, power iterations and copies. */
final class SumBenches {
    private static final int WIDTH = 784;

    private SumBenches() {}

    static void addTo(List<BenchCase> cases) {
        for (int rows : new int[] {512, 5000}) {
            for (Reduce.Kind kind : Reduce.Kind.values()) {
                cases.add(BenchCase.of("reduce/" + kind.name().toLowerCase(Locale.ROOT) + "/" + shape(rows), rows,
                        operands -> List.of(new Reduce(
                                kind,
                                operands.normal(rows, WIDTH),
                                kind.isPair() ? operands.normal(rows, WIDTH) : null,
                                new SoftThreshold(0.02f),
                                operands.sums(1),
                                0))));
            }
            columnSums(cases, "784-784", 1, rows);
            columnSums(cases, "7x784", 7, rows);
            cases.add(BenchCase.of("copy/" + shape(rows), rows, operands -> List.of(
                    new Copy(operands.normal(rows, WIDTH), operands.zeros(rows, WIDTH)))));
        }
        cases.add(BenchCase.of("power_iteration/784x784", 1, operands -> List.of(new PowerIteration(
                operands.normal(WIDTH, WIDTH, 0.03f), operands.normal(1, WIDTH), operands.zeros(1, WIDTH), 1,
                operands.sums(1), 0, operands.zeros(1, 1), 1, 1, 1))));
    }

    private static void columnSums(List<BenchCase> cases, String net, int layers, int rows) {
        cases.add(BenchCase.of("column_sum/" + net + "/" + rows, rows, operands -> {
            List<ColumnSum.Entry> entries = new ArrayList<>();
            for (int j = 0; j < layers; j++) {
                entries.add(new ColumnSum.Entry(
                        operands.normal(rows, WIDTH), operands.zeros(1, WIDTH), 1f / rows));
            }
            return List.of(new ColumnSum(entries));
        }));
    }

    private static String shape(int rows) {
        return rows + "x" + WIDTH;
    }
}

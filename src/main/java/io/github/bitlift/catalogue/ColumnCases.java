package io.github.bitlift.catalogue;

import io.github.bitlift.backend.ColumnSum;
import io.github.bitlift.backend.Copy;
import io.github.bitlift.catalogue.Setup.Fill;
import java.util.ArrayList;
import java.util.List;

/** Sums over samples, and copies. */
final class ColumnCases {
    private static final int[][] SHAPES = {
        {1, 1}, {3, 31}, {100, 784}, {1024, 33}, {1025, 257}, {2500, 10}, {0, 5}, {5, 0}, {4097, 3}, {9300, 5}
    };

    private ColumnCases() {}

    static void addTo(List<Case> cases) {
        for (int[] shape : SHAPES) {
            for (Fill fill : List.of(Fill.NORMAL, Fill.SPECIAL)) {
                cases.add(new Case("column_sum", shape[0] + "x" + shape[1] + " " + fill,
                        s -> s.run(new ColumnSum(List.of(entry(s, shape, fill, 0.01f))))));
            }
        }
        cases.add(new Case("column_sum", "several", s -> {
            List<ColumnSum.Entry> entries = new ArrayList<>();
            for (int[] shape : SHAPES) {
                entries.add(entry(s, shape, Fill.NORMAL, 1f / (1 + entries.size())));
            }
            s.run(new ColumnSum(entries));
        }));
        cases.add(new Case("column_sum", "none", s -> {
            s.matrix(1, 1, Fill.NORMAL);
            s.run(new ColumnSum(List.of()));
        }));
        for (int[] shape : new int[][] {{7, 9}, {1, 1}, {0, 4}, {200, 301}}) {
            cases.add(new Case("copy", shape[0] + "x" + shape[1], s -> s.run(new Copy(
                    s.matrix(shape[0], shape[1], Fill.SPECIAL), s.matrix(shape[1], shape[0], Fill.NORMAL)))));
        }
        cases.add(new Case("copy", "within a matrix", s -> {
            var matrix = s.matrix(20, 13, Fill.NORMAL);
            s.run(new Copy(matrix.slice(1, 10), matrix.slice(10, 19)));
        }));
    }

    private static ColumnSum.Entry entry(Setup s, int[] shape, Fill fill, float scale) {
        return new ColumnSum.Entry(s.matrix(shape[0], shape[1], fill), s.matrix(1, shape[1], Fill.NORMAL), scale);
    }
}

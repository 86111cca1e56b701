package io.github.bitlift.catalogue;

import io.github.bitlift.backend.Copy;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.PowerIteration;
import io.github.bitlift.backend.Reduce;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.catalogue.Setup.Fill;
import io.github.bitlift.prox.ProxMap;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Reductions over the fixed tree, and power iterations. */
final class ReductionCases {
    private static final int[][] SHAPES = {
        {1, 1}, {3, 31}, {2, 1024}, {5, 1025}, {1100, 3}, {1, 70001}, {40, 784},
        {5000, 7}, {2, 40000}, {0, 5}, {5, 0}
    };

    /** More row sums than 32 chunks of the tree. */
    private static final int MANY_ROWS = 33_000;
    /** Of the sums of an objective. */
    private static final int[] ROWS = {0, 1, 33, 1025};
    private static final List<Reduce.Kind> WITHOUT_MAP = List.of(
            Reduce.Kind.SQUARED_NORM, Reduce.Kind.SQUARED_DISTANCE, Reduce.Kind.DOT, Reduce.Kind.NONZEROS);
    private static final List<Reduce.Kind> OF_MAPS =
            List.of(Reduce.Kind.POTENTIAL, Reduce.Kind.CONJUGATE, Reduce.Kind.PENALTY);

    private ReductionCases() {}

    static void addTo(List<Case> cases, List<ProxMap> maps) {
        for (Reduce.Kind kind : WITHOUT_MAP) {
            for (int[] shape : SHAPES) {
                add(cases, "reduce", kind, null, shape[0], shape[1], Fill.NORMAL);
            }
            add(cases, "reduce", kind, null, 7, 65, Fill.SPECIAL);
        }
        for (ProxMap map : maps) {
            for (Reduce.Kind kind : OF_MAPS) {
                add(cases, map.stem(), kind, map, 23, MapCases.width(map, 130), Fill.UNIT);
                add(cases, map.stem(), kind, map, 3, MapCases.width(map, 1030), Fill.SMALL);
                add(cases, map.stem(), kind, map, 1, MapCases.width(map, 41), Fill.SPECIAL);
                add(cases, map.stem(), kind, map, 1500, MapCases.width(map, 5), Fill.UNIT);
                add(cases, map.stem(), kind, map, 0, MapCases.width(map, 5), Fill.UNIT);
            }
        }
        cases.add(new Case("reduce", "several", ReductionCases::several));
        for (int first = 0; first < ROWS.length; first++) {
            int from = first;
            cases.add(new Case("objective", "several maps from " + ROWS[from] + " rows on", s -> severalMaps(s, maps, from)));
        }
        cases.add(new Case("reduce", "one after the other", ReductionCases::sameSlots));
        cases.add(new Case("reduce", "many rows", s -> s.run(new Reduce(
                Reduce.Kind.SQUARED_NORM, s.matrix(MANY_ROWS, 1, Fill.NORMAL), null, null, s.sums(1), 0))));
        for (int[] shape : new int[][] {{1, 1}, {8, 3}, {37, 61}, {1030, 12}, {9, 2100}, {100, 784}, {0, 5}, {9, 0}}) {
            cases.add(new Case("power_iteration", shape[0] + "x" + shape[1], s -> power(s, shape, 3, Fill.NORMAL)));
        }
        cases.add(new Case("power_iteration", "none", s -> power(s, new int[] {5, 6}, 0, Fill.NORMAL)));
        cases.add(new Case("power_iteration", "special", s -> power(s, new int[] {9, 17}, 2, Fill.SPECIAL)));
        cases.add(new Case("power_iteration", "several", s -> {
            for (int[] shape : new int[][] {{37, 61}, {0, 5}, {1030, 12}, {9, 0}, {70, 130}, {1, 1}, {0, 0}}) {
                power(s, shape, 3, Fill.NORMAL);
            }
            power(s, new int[] {9, 17}, 2, Fill.NORMAL);
            power(s, new int[] {17, 9}, 2, Fill.NORMAL);
        }));
        cases.add(new Case("power_iteration", "one after the other", ReductionCases::dependent));
    }

    /** Sums without a prox map, of all kinds and shapes. */
    private static void several(Setup s) {
        Sums into = s.sums(SHAPES.length);
        for (int i = 0; i < SHAPES.length; i++) {
            s.run(reduce(s, WITHOUT_MAP.get(i % WITHOUT_MAP.size()), null, SHAPES[i][0], SHAPES[i][1], Fill.NORMAL, into, i));
        }
    }

    /** As an objective has them, kinds and maps in turn; two results. */
    private static void severalMaps(Setup s, List<ProxMap> maps, int from) {
        Sums first = s.sums(3 * maps.size());
        Sums second = s.sums(maps.size());
        for (int i = 0; i < maps.size(); i++) {
            ProxMap map = maps.get(i);
            for (int k = 0; k < OF_MAPS.size(); k++) {
                int columns = MapCases.width(map, k == 0 ? 3 : 10);
                s.run(reduce(s, OF_MAPS.get(k), map, ROWS[(from + i + k) % ROWS.length], columns, Fill.UNIT, first, 3 * i + k));
            }
            s.run(reduce(s, Reduce.Kind.NONZEROS, null, ROWS[(from + i) % ROWS.length], 5, Fill.SPECIAL, second, i));
        }
    }

    /** The later of two sums in a slot stays; each reads what was written before it. */
    private static void sameSlots(Setup s) {
        Sums into = s.sums(2);
        Matrix a = s.matrix(9, 40, Fill.NORMAL);
        s.run(new Reduce(Reduce.Kind.SQUARED_NORM, a, null, null, into, 0));
        s.run(new Reduce(Reduce.Kind.NONZEROS, a, null, null, into, 1));
        s.run(reduce(s, Reduce.Kind.DOT, null, 1030, 3, Fill.NORMAL, into, 0));
        s.run(reduce(s, Reduce.Kind.SQUARED_NORM, null, 0, 3, Fill.NORMAL, into, 1));
        s.run(new Copy(s.matrix(9, 40, Fill.SMALL), a));
        s.run(new Reduce(Reduce.Kind.SQUARED_NORM, a, null, null, into, 1));
    }

    private static Reduce reduce(
            Setup s, Reduce.Kind kind, ProxMap map, int rows, int columns, Fill fill, Sums into, int slot) {
        Matrix a = s.matrix(rows, columns, fill);
        Matrix b = kind.isPair() ? s.matrix(rows, columns, fill) : null;
        return new Reduce(kind, a, b, map, into, slot);
    }

    /** Each reads or overwrites what the one before wrote: vector, image, step, slot, and at last the matrix. */
    private static void dependent(Setup s) {
        Matrix a = s.matrix(12, 40, Fill.NORMAL);
        Matrix x = s.matrix(1, 40, Fill.NORMAL);
        Matrix y = s.matrix(1, 12, Fill.NORMAL);
        Matrix step = s.matrix(1, 1, Fill.NORMAL);
        Sums norms = s.sums(2);
        power(s, a, x, y, norms, step);
        power(s, s.matrix(5, 40, Fill.NORMAL), x, s.matrix(1, 5, Fill.NORMAL), norms, null);
        power(s, s.matrix(12, 7, Fill.NORMAL), s.matrix(1, 7, Fill.NORMAL), y, s.sums(1), null);
        power(s, s.matrix(3, 7, Fill.NORMAL), s.matrix(1, 7, Fill.NORMAL), s.matrix(1, 3, Fill.NORMAL), s.sums(1), step);
        power(s, x, s.matrix(1, 40, Fill.NORMAL), step, norms, null);
        power(s, s.matrix(7, 40, Fill.NORMAL), a.slice(3, 4), s.matrix(1, 7, Fill.NORMAL), s.sums(1), null);
        power(s, a, s.matrix(1, 40, Fill.NORMAL), s.matrix(1, 12, Fill.NORMAL), s.sums(1), null);
    }

    private static void add(
            List<Case> cases, String stem, Reduce.Kind kind, ProxMap map, int rows, int columns, Fill fill) {
        String name = kind.name().toLowerCase(Locale.ROOT) + " " + rows + "x" + columns + " " + fill
                + (map == null ? "" : " " + Arrays.toString(map.parameters()));
        cases.add(new Case(stem, name, s -> s.run(reduce(s, kind, map, rows, columns, fill, s.sums(2), 1))));
    }

    private static void power(Setup s, Matrix a, Matrix x, Matrix y, Sums norms, Matrix step) {
        s.run(new PowerIteration(a, x, y, 2, norms, 0, step, 1.99, 0.01, 1.0));
    }

    private static void power(Setup s, int[] shape, int iterations, Fill fill) {
        s.run(new PowerIteration(
                s.matrix(shape[0], shape[1], fill),
                s.matrix(1, shape[1], Fill.NORMAL),
                s.matrix(1, shape[0], Fill.NORMAL),
                iterations,
                s.sums(1),
                0,
                s.matrix(1, 1, Fill.NORMAL),
                1.99,
                0.01,
                1.0));
    }
}

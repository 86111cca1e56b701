package io.github.bitlift.catalogue;

import io.github.bitlift.backend.Elementwise;
import io.github.bitlift.backend.Elementwise.Kind;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.catalogue.Setup.Fill;
import io.github.bitlift.prox.GroupSoftThreshold;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.SoftThreshold;
import io.github.bitlift.prox.Softmax;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Every prox map, element by element or row by row; large shapes are shared out among threads, many and wide rows. */
final class MapCases {
    private static final int[][] SHAPES = {
        {1, 1}, {1, 31}, {2, 32}, {3, 33}, {1, 255}, {2, 256}, {3, 257}, {37, 111}, {42, 400},
        {2049, 3}, {2, 9001}, {0, 5}
    };
    /** More elements than threads of most launches. */
    private static final int[] LARGE = {700, 784};

    private MapCases() {}

    static void addTo(List<Case> cases, List<ProxMap> maps) {
        for (ProxMap map : maps) {
            for (Kind kind : Kind.values()) {
                for (int[] shape : SHAPES) {
                    add(cases, map, kind, shape[0], width(map, shape[1]), Fill.NORMAL);
                }
                for (Fill fill : List.of(Fill.SMALL, Fill.SPECIAL)) {
                    add(cases, map, kind, 9, width(map, 67), fill);
                }
            }
        }
        for (ProxMap map : List.of(new SoftThreshold(0.5f), new Softmax(), new GroupSoftThreshold(0.5f, 2))) {
            add(cases, map, Kind.RESIDUAL, LARGE[0], LARGE[1], Fill.NORMAL);
        }
    }

    /** The output is v, w or both. */
    private static void inPlace(List<Case> cases, ProxMap map, Kind kind, String name, int rows, int columns) {
        cases.add(new Case(map.stem(), name + ", in place", s -> {
            Matrix v = s.matrix(rows, columns, Fill.SMALL);
            s.run(new Elementwise(kind, map, 0.7f, v, s.matrix(rows, columns, Fill.SMALL), v));
        }));
        if (kind == Kind.RESIDUAL || kind == Kind.PULLBACK) {
            cases.add(new Case(map.stem(), name + ", in place of w", s -> {
                Matrix w = s.matrix(rows, columns, Fill.NORMAL);
                s.run(new Elementwise(kind, map, 0.7f, s.matrix(rows, columns, Fill.NORMAL), w, w));
            }));
            cases.add(new Case(map.stem(), name + ", in place of both", s -> {
                Matrix both = s.matrix(rows, columns, Fill.NORMAL);
                s.run(new Elementwise(kind, map, 0.7f, both, both, both));
            }));
        }
    }

    /** The nearest width from {@code about} on that the map can act on. */
    static int width(ProxMap map, int about) {
        int group = Math.max(1, map.coupling());
        return (about + group - 1) / group * group;
    }

    private static void add(List<Case> cases, ProxMap map, Kind kind, int rows, int columns, Fill fill) {
        String parameters = Arrays.toString(map.parameters());
        String name = kind.name().toLowerCase(Locale.ROOT) + " " + parameters + " " + rows + "x" + columns + " " + fill;
        cases.add(new Case(map.stem(), name, s -> s.run(new Elementwise(
                kind, map, 0.7f, s.matrix(rows, columns, fill), s.matrix(rows, columns, fill),
                s.matrix(rows, columns, Fill.NORMAL)))));
        if (fill == Fill.SMALL) {
            inPlace(cases, map, kind, name, rows, columns);
        }
    }
}

package io.github.bitlift.bench;

import io.github.bitlift.backend.Elementwise;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.ProxMaps;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/** Every prox map on whole matrices. */
final class MapBenches {
    private static final int WIDTH = 784;
    private static final float WEIGHT = 5e-3f;

    private MapBenches() {}

    static void addTo(List<BenchCase> cases) {
        TreeMap<String, ProxMap> maps = new TreeMap<>();
        ProxMaps.examples().forEach(map -> maps.putIfAbsent(map.stem(), map));
        for (Elementwise.Kind kind : Elementwise.Kind.values()) {
            for (ProxMap map : maps.values()) {
                if (isWorth(kind, map)) {
                    add(cases, kind, map, 512);
                    add(cases, kind, map, 5000);
                }
            }
        }
    }

    /** Training applies σ and μ(σ(v) − u) of every map; the other kinds move as many bytes, so one map stands for all. */
    private static boolean isWorth(Elementwise.Kind kind, ProxMap map) {
        return kind == Elementwise.Kind.ACTIVATE || kind == Elementwise.Kind.RESIDUAL
                || map.stem().equals("soft_threshold");
    }

    private static void add(List<BenchCase> cases, Elementwise.Kind kind, ProxMap map, int rows) {
        String name = "elementwise/" + kind.name().toLowerCase(Locale.ROOT) + "/" + map.stem() + "/" + rows + "x" + WIDTH;
        boolean pair = kind == Elementwise.Kind.RESIDUAL || kind == Elementwise.Kind.PULLBACK;
        cases.add(BenchCase.of(name, rows, operands -> {
            Matrix v = operands.normal(rows, WIDTH);
            Matrix w = pair ? operands.normal(rows, WIDTH) : null;
            return List.of(new Elementwise(kind, map, WEIGHT, v, w, operands.zeros(rows, WIDTH)));
        }));
    }
}

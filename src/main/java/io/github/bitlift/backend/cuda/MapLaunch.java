package io.github.bitlift.backend.cuda;

import io.github.bitlift.backend.Elementwise;
import io.github.bitlift.prox.ProxMap;
import java.util.Locale;

/** Launches of the kernels that apply a prox map, or what is built from it, to a matrix. */
final class MapLaunch {
    private MapLaunch() {}

    static String kernel(ProxMap map, Elementwise.Kind kind) {
        return map.stem() + "_" + kind.name().toLowerCase(Locale.ROOT);
    }

    /** Adds a launch for a matrix with at least one element. */
    static void add(Plan plan, RowTask.Mapped task) {
        ProxMap map = task.map();
        MapParameters parameters = MapParameters.of(plan.operands(), map);
        // One warp per row for maps that couple all of it.
        Grid grid = map.coupling() == 0
                ? Grid.ofWarps(task.rows(), plan.device())
                : Grid.ofElements((long) task.rows() * task.columns(), plan.device());
        plan.launch(map.stem(), kernel(map, task.kind()), grid, Value.of((long) task.rows()), Value.of(task.columns()),
                Value.of(task.weight()), parameters.first(), parameters.second(),
                task.v(), task.w(), task.out());
    }
}

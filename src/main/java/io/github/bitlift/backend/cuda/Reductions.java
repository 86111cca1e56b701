package io.github.bitlift.backend.cuda;

import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Reduce;
import io.github.bitlift.prox.ProxMap;
import java.util.Locale;

/** Reductions as launches. */
final class Reductions {
    private Reductions() {}

    /** Row sums into scratch memory, then their sum into the host's. */
    static void plan(Plan plan, Reduce operation) {
        Matrix a = operation.a();
        Operands operands = plan.operands();
        Value sums = plan.scratch(8L * a.rows());
        Value left = operands.at("reduce: a", a);
        Value right = operands.at("reduce: b", operation.kind().isPair() ? operation.b() : null);
        if (a.rows() > 0) {
            String kind = operation.kind().name().toLowerCase(Locale.ROOT);
            Grid grid = Grid.ofWarps(a.rows(), plan.device());
            Value rows = Value.of((long) a.rows());
            Value columns = Value.of(a.columns());
            switch (operation.kind()) {
                case POTENTIAL, CONJUGATE, PENALTY -> {
                    ProxMap map = operation.map();
                    plan.launch(map.stem(), map.stem() + "_" + kind, grid, rows, columns, Value.of(MapParameters.first(map)),
                            Value.of(MapParameters.second(map)), left, right, sums);
                }
                default -> plan.launch("reduce", "reduce_" + kind, grid, rows, columns, left, right, sums);
            }
        }
        plan.launch("reduce", "reduce_total", Grid.ofOneWarp(), Value.of((long) a.rows()), sums,
                operands.at("reduce: result", operation.into()), Value.of(operation.slot()));
    }
}

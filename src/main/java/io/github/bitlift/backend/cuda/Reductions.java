package io.github.bitlift.backend.cuda;

import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.PowerIteration;
import io.github.bitlift.backend.Reduce;
import io.github.bitlift.prox.ProxMap;
import java.util.Locale;

/** Reductions and power iterations as launches. */
final class Reductions {
    private static final String POWER = "power_iteration";

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

    static void plan(Plan plan, PowerIteration operation) {
        Matrix a = operation.a();
        Operands operands = plan.operands();
        Value rows = Value.of(a.rows());
        Value columns = Value.of(a.columns());
        Value matrix = operands.at("power iteration: a", a);
        Value x = operands.at("power iteration: x", operation.x());
        Value y = operands.at("power iteration: y", operation.y());
        Value w = plan.scratch(4L * a.columns());
        for (int iteration = 0; iteration < operation.iterations() && a.columns() > 0; iteration++) {
            apply(plan, a, rows, columns, matrix, x, y);
            plan.launch(POWER, "power_adjoint", Grid.ofTiles(a.columns(), plan.device()), rows, columns, matrix, y, w);
            plan.launch(POWER, "power_normalise", Grid.ofOneWarp(), columns, w, x);
        }
        apply(plan, a, rows, columns, matrix, x, y);
        plan.launch(POWER, "power_finish", Grid.ofOneWarp(), rows, columns, x, y,
                operands.at("power iteration: norm", operation.norm()), Value.of(operation.slot()),
                operands.at("power iteration: step", operation.step()),
                Value.of(operation.numerator()), Value.of(operation.scale()), Value.of(operation.shift()));
    }

    private static void apply(Plan plan, Matrix a, Value rows, Value columns, Value matrix, Value x, Value y) {
        if (a.rows() > 0) {
            plan.launch(POWER, "power_apply", Grid.ofTiles(a.rows(), plan.device()), rows, columns, matrix, x, y);
        }
    }
}

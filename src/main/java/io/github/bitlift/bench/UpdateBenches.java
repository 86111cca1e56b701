package io.github.bitlift.bench;

import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Update;
import io.github.bitlift.prox.SoftThreshold;
import io.github.bitlift.solver.Optimizer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Optimiser steps, with and without a proximal part. */
final class UpdateBenches {
    static final Update.Rule ADAM = Update.Adam.of(Optimizer.BETA1, Optimizer.BETA2, Optimizer.EPSILON);

    private static final int WIDTH = 784;
    private static final float RATE = 8e-4f;

    private UpdateBenches() {}

    static void addTo(List<BenchCase> cases) {
        Map<String, Update.Rule> rules = new LinkedHashMap<>();
        rules.put("gradient", new Update.Gradient());
        rules.put("heavy_ball", Update.HeavyBall.of(0.9));
        rules.put("nesterov", Update.Nesterov.of(0.9));
        rules.put("adam", ADAM);
        Update.Proximal proximal = new Update.Proximal(new SoftThreshold(0.02f), 5e-3f, false);
        for (int rows : new int[] {512, 5000}) {
            rules.forEach((name, rule) -> add(cases, name + "/soft_threshold", rows, rule, proximal));
            add(cases, "adam/plain", rows, ADAM, null);
        }
    }

    private static void add(List<BenchCase> cases, String name, int rows, Update.Rule rule, Update.Proximal proximal) {
        cases.add(BenchCase.of("update/" + name + "/" + rows + "x" + WIDTH, rows, operands -> List.of(
                new Update(List.of(step(
                        operands, rule, operands.normal(rows, WIDTH), operands.normal(rows, WIDTH), proximal))))));
    }

    /** A step with fresh moments; the gradient may be null. */
    static Update.Step step(
            Operands operands, Update.Rule rule, Matrix x, Matrix gradient, Update.Proximal proximal) {
        int rows = x.rows();
        int columns = x.columns();
        return new Update.Step(
                rule,
                x,
                gradient,
                rule instanceof Update.Gradient ? null : operands.zeros(rows, columns),
                rule instanceof Update.Adam ? operands.zeros(rows, columns) : null,
                operands.row(RATE, RATE, 1f),
                null,
                proximal);
    }
}

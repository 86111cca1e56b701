package io.github.bitlift.catalogue;

import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Update;
import io.github.bitlift.catalogue.Setup.Fill;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.SoftThreshold;
import java.util.Arrays;
import java.util.List;

/** Optimiser steps, alone and fused behind a product. */
final class UpdateCases {
    private static final List<Update.Rule> RULES = List.of(
            new Update.Gradient(),
            Update.HeavyBall.of(0.9),
            Update.Nesterov.of(0.9),
            Update.Adam.of(0.9, 0.999, 1e-8));

    private UpdateCases() {}

    static void addTo(List<Case> cases, List<ProxMap> maps) {
        for (Update.Rule rule : RULES) {
            String name = rule.getClass().getSimpleName();
            for (int[] shape : new int[][] {{1, 1}, {1, 33}, {5, 257}, {1, 20011}, {21, 784}}) {
                for (boolean anchored : new boolean[] {false, true}) {
                    cases.add(new Case("update", name + " " + shape[0] + "x" + shape[1] + (anchored ? " anchored" : ""),
                            s -> s.run(new Update(List.of(step(s, rule, shape[0], shape[1], anchored, null, Fill.NORMAL))))));
                }
            }
            cases.add(new Case("update", name + " special", s -> s.run(
                    new Update(List.of(step(s, rule, 9, 77, true, null, Fill.SPECIAL))))));
            cases.add(new Case("update", name + " behind a product", s -> fused(s, rule, 30, 52)));
            for (int rows : ProductCases.SHARED_ROWS) {
                cases.add(new Case("update", name + " behind a product of " + rows + " rows", s -> fused(s, rule, rows, 200)));
            }
        }
        for (ProxMap map : maps) {
            int width = MapCases.width(map, 61);
            cases.add(new Case(map.stem(), "update, step NaN " + Arrays.toString(map.parameters()), s -> {
                Update.Step step = step(s, RULES.get(0), 3, width, false, new Update.Proximal(map, 0.8f, false), Fill.NORMAL);
                s.set(step.coefficients(), Float.NaN);
                s.run(new Update(List.of(step)));
            }));
            int wide = MapCases.width(map, 400);
            cases.add(new Case(map.stem(), "update, proximal, 42 rows " + Arrays.toString(map.parameters()), s -> s.run(
                    new Update(List.of(step(s, RULES.get(0), 42, wide, false,
                            new Update.Proximal(map, 0.8f, true), Fill.NORMAL))))));
            for (boolean ridge : new boolean[] {false, true}) {
                cases.add(new Case(map.stem(), "update, proximal " + Arrays.toString(map.parameters()) + (ridge ? " with ridge " : " ") + width, s -> s.run(
                        new Update(List.of(step(s, RULES.get(0), 8, width, false,
                                new Update.Proximal(map, 0.8f, ridge), Fill.NORMAL))))));
            }
        }
    }

    private static Update.Step step(
            Setup s, Update.Rule rule, int rows, int columns, boolean anchored, Update.Proximal proximal, Fill fill) {
        Update.Anchor anchor = anchored ? new Update.Anchor(s.matrix(rows, columns, fill), 0.01f) : null;
        return new Update.Step(
                rule,
                s.matrix(rows, columns, fill),
                s.matrix(rows, columns, fill),
                s.matrix(rows, columns, fill),
                s.matrix(rows, columns, fill == Fill.SPECIAL ? fill : Fill.UNIT),
                s.set(s.matrix(1, 3, Fill.NORMAL), 0.3f, 0.004f, 700f),
                anchor,
                proximal);
    }

    private static void fused(Setup s, Update.Rule rule, int rows, int columns) {
        Matrix residual = s.matrix(rows, 45, Fill.NORMAL);
        Matrix weights = s.matrix(45, columns, Fill.NORMAL);
        Update.Step step = step(
                s, rule, rows, columns, false, new Update.Proximal(new SoftThreshold(0.2f), 0.5f, false), Fill.NORMAL);
        s.run(Product.of(new Product.Row(
                step.gradient(),
                List.of(Product.Dense.adjoint(residual, weights)),
                new Epilogue.Add(step.gradient()),
                step)));
    }
}

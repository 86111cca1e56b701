package io.github.bitlift.catalogue;

import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Update;
import io.github.bitlift.catalogue.Setup.Fill;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.Relu;
import io.github.bitlift.prox.SoftThreshold;
import io.github.bitlift.prox.Softmax;
import java.util.Arrays;
import java.util.List;

/** Optimiser steps, alone and fused behind a product. */
final class UpdateCases {
    static final List<Update.Rule> RULES = List.of(
            new Update.Gradient(),
            Update.HeavyBall.of(0.9),
            Update.Nesterov.of(0.9),
            Update.Adam.of(0.9, 0.999, 1e-8));

    private UpdateCases() {}

    static void addTo(List<Case> cases, List<ProxMap> maps) {
        for (Update.Rule rule : RULES) {
            String name = rule.getClass().getSimpleName();
            for (int[] shape : new int[][] {{1, 1}, {1, 33}, {5, 257}, {1, 20011}, {21, 784}, {3001, 7}, {0, 5}}) {
                for (boolean anchored : new boolean[] {false, true}) {
                    cases.add(new Case("update", name + " " + shape[0] + "x" + shape[1] + (anchored ? " anchored" : ""),
                            s -> s.run(new Update(List.of(
                                    step(s, rule, shape[0], shape[1], anchored, null, Fill.NORMAL))))));
                }
            }
            cases.add(new Case("update", name + " special", s -> s.run(
                    new Update(List.of(step(s, rule, 9, 77, true, null, Fill.SPECIAL))))));
            cases.add(new Case("update", name + " behind a product", s -> fused(s, rule, 30, 52, null)));
            for (int rows : ProductCases.SHARED_ROWS) {
                cases.add(new Case("update", name + " behind a product of " + rows + " rows",
                        s -> fused(s, rule, rows, 200, new Update.Proximal(new SoftThreshold(0.2f), 0.5f, false))));
            }
            for (Fill fill : List.of(Fill.NORMAL, Fill.SPECIAL)) {
                cases.add(new Case("update", name + " behind products that are kept nowhere " + fill,
                        s -> s.run(new Product(KeptNowhere.rows(s, rule, null, fill)))));
            }
        }
        cases.add(new Case("update", "several steps", s -> s.run(severalSteps(s))));
        cases.add(new Case("update", "no steps", s -> {
            s.matrix(1, 1, Fill.NORMAL);
            s.run(new Update(List.of()));
        }));
        for (ProxMap map : maps) {
            proximalCases(cases, map);
        }
    }

    private static void proximalCases(List<Case> cases, ProxMap map) {
        String parameters = Arrays.toString(map.parameters());
        int width = MapCases.width(map, 61);
        cases.add(new Case(map.stem(), "update, step NaN " + parameters, s -> {
            Update.Step step = step(s, RULES.get(0), 3, width, false, new Update.Proximal(map, 0.8f, false), Fill.NORMAL);
            s.set(step.coefficients(), Float.NaN);
            s.run(new Update(List.of(step)));
        }));
        proximalCase(cases, map, "update, proximal, 42 rows " + parameters, 42, 400, true, Fill.NORMAL);
        proximalCase(cases, map, "update, proximal, 0 rows " + parameters, 0, 61, true, Fill.NORMAL);
        proximalCase(cases, map, "update, proximal, special " + parameters, 9, 67, true, Fill.SPECIAL);
        for (boolean ridge : new boolean[] {false, true}) {
            String name = parameters + (ridge ? " with ridge " : " ") + width;
            proximalCase(cases, map, "update, proximal " + name, 8, 61, ridge, Fill.NORMAL);
            for (Update.Rule rule : RULES) {
                cases.add(new Case(map.stem(), "product, add, then " + rule.getClass().getSimpleName() + " " + name,
                        s -> fused(s, rule, 30, width, new Update.Proximal(map, 0.5f, ridge))));
            }
        }
        for (Update.Rule rule : RULES) {
            for (Fill fill : List.of(Fill.NORMAL, Fill.SPECIAL)) {
                cases.add(new Case(map.stem(), "products kept nowhere, then " + rule.getClass().getSimpleName() + " "
                        + parameters + " " + fill, s -> s.run(new Product(KeptNowhere.rows(s, rule, map, fill)))));
            }
        }
        Update.Proximal ridge = new Update.Proximal(map, 0.5f, true);
        cases.add(new Case(map.stem(), "product, add, then Adam, 140 rows " + parameters,
                s -> fused(s, RULES.get(3), 140, MapCases.width(map, 130), ridge)));
        cases.add(new Case(map.stem(), "product kept nowhere, then Adam, 140 rows " + parameters, s -> s.run(Product.of(
                KeptNowhere.adjoint(s, RULES.get(3), 140, MapCases.width(map, 130), ridge)))));
    }

    private static void proximalCase(
            List<Case> cases, ProxMap map, String name, int rows, int about, boolean ridge, Fill fill) {
        cases.add(new Case(map.stem(), name, s -> s.run(new Update(List.of(step(
                s, RULES.get(0), rows, MapCases.width(map, about), false, new Update.Proximal(map, 0.8f, ridge), fill))))));
    }

    /** Blocks of many shapes, rules and proximal parts in one launch. */
    private static Update severalSteps(Setup s) {
        return new Update(List.of(
                step(s, RULES.get(0), 300, 41, false, new Update.Proximal(new Softmax(), 0.5f, true), Fill.NORMAL),
                step(s, RULES.get(3), 1, 1, true, null, Fill.NORMAL),
                step(s, RULES.get(1), 0, 7, false, null, Fill.NORMAL),
                step(s, RULES.get(2), 7, 257, true, new Update.Proximal(new Relu(), 2f, false), Fill.NORMAL),
                step(s, RULES.get(3), 33, 64, false, new Update.Proximal(new SoftThreshold(0.1f), 2f, true), Fill.SMALL)));
    }

    static Update.Step step(
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

    /** A gradient that is added up behind a product and goes straight into a step. */
    private static void fused(Setup s, Update.Rule rule, int rows, int columns, Update.Proximal proximal) {
        Matrix residual = s.matrix(rows, 45, Fill.NORMAL);
        Matrix weights = s.matrix(45, columns, Fill.NORMAL);
        Update.Step step = step(s, rule, rows, columns, false, proximal, Fill.NORMAL);
        s.run(Product.of(new Product.Row(
                step.gradient(),
                List.of(Product.Dense.adjoint(residual, weights)),
                new Epilogue.Add(step.gradient()),
                step)));
    }
}

package io.github.bitlift.backend.cuda;

import io.github.bitlift.backend.Update;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Optimiser steps as launches: one for all steps with the same kind of prox map, one descriptor per step. */
final class Updates {
    /** The host's side of UpdateStep in {@code kernels/update.cuh}. */
    static final int STEP_BYTES = 104;
    private static final int GRADIENT = 0;
    private static final int HEAVY_BALL = 1;
    private static final int NESTEROV = 2;
    private static final int ADAM = 3;

    private Updates() {}

    static void plan(Plan plan, Update operation) {
        launch(plan, operation.steps().stream()
                .map(step -> new RowTask.Stepped(step, plan.operands().at("update: gradient", step.gradient())))
                .toList());
    }

    /** Adds the launches of steps whose gradients lie where they say. */
    static void launch(Plan plan, List<RowTask.Stepped> steps) {
        Map<String, List<RowTask.Stepped>> byMap = new LinkedHashMap<>();
        for (RowTask.Stepped each : steps) {
            Update.Proximal proximal = each.step().proximal();
            String stem = proximal == null ? "" : proximal.map().stem();
            byMap.computeIfAbsent(stem, none -> new ArrayList<>()).add(each);
        }
        byMap.forEach((stem, ofMap) -> launch(plan, stem, ofMap));
    }

    private static void launch(Plan plan, String stem, List<RowTask.Stepped> steps) {
        List<Struct> structs = steps.stream().map(each -> struct(plan, each.step(), each.gradient())).toList();
        long largest = steps.stream().mapToLong(each -> each.step().x().size()).max().orElse(0);
        if (largest > 0) {
            plan.launchForEach(
                    stem.isEmpty() ? "update" : stem, stem.isEmpty() ? "update" : stem + "_update",
                    Grid.ofElements(largest, plan.device()), structs);
        }
    }

    /** One step as {@code kernels/update.cuh} declares it; in a product's kernel, which has the gradient, that is null. */
    static Struct struct(Plan plan, Update.Step step, Value gradient) {
        Operands operands = plan.operands();
        Update.Anchor anchor = step.anchor();
        Struct struct = new Struct()
                .put(operands.at("update: x", step.x()))
                .put(gradient)
                .put(operands.at("update: first moment", step.first()))
                .put(operands.at("update: second moment", step.second()))
                .put(operands.at("update: coefficients", step.coefficients()))
                .put(operands.at("update: anchor", anchor == null ? null : anchor.point()))
                .put((long) step.x().rows())
                .put(step.x().columns());
        rule(struct, step.rule(), anchor == null ? 0f : anchor.weight());
        return proximal(struct, step.proximal(), operands).ofSize(STEP_BYTES);
    }

    private static void rule(Struct struct, Update.Rule rule, float anchorWeight) {
        if (rule instanceof Update.HeavyBall ball) {
            struct.put(HEAVY_BALL).put(anchorWeight).put(ball.momentum()).put(0f)
                    .put(ball.complement()).put(0f).put(0f);
        } else if (rule instanceof Update.Nesterov nesterov) {
            struct.put(NESTEROV).put(anchorWeight).put(nesterov.momentum()).put(0f)
                    .put(nesterov.complement()).put(0f).put(0f);
        } else if (rule instanceof Update.Adam adam) {
            struct.put(ADAM).put(anchorWeight).put(adam.beta1()).put(adam.beta2()).put(adam.complement1())
                    .put(adam.complement2()).put(adam.epsilon());
        } else {
            struct.put(GRADIENT).put(anchorWeight).put(0f).put(0f).put(0f).put(0f).put(0f);
        }
    }

    private static Struct proximal(Struct struct, Update.Proximal proximal, Operands operands) {
        if (proximal == null) {
            return struct.put(0f).put(0).put(0f).put(0f);
        }
        MapParameters parameters = MapParameters.of(operands, proximal.map());
        return struct.put(proximal.weight()).put(proximal.ridge() ? 1 : 0)
                .put(parameters.first()).put(parameters.second());
    }
}

package io.github.bitlift.catalogue;

import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Update;
import io.github.bitlift.catalogue.Setup.Fill;
import io.github.bitlift.prox.ProxMap;

/** Optimiser steps with drawn rules, coefficients and proximal parts. */
final class FuzzUpdates {
    private final Draw draw;
    private final FuzzOperands operands;

    FuzzUpdates(Draw draw, FuzzOperands operands) {
        this.draw = draw;
        this.operands = operands;
    }

    /** A step on a block of its own. */
    Update.Step step() {
        ProxMap map = draw.chance(50) ? draw.map() : null;
        int columns = map == null ? draw.size() : MapCases.width(map, draw.width());
        int rows = draw.rows(columns);
        Fill fill = draw.fill();
        return step(rows, columns, operands.input(rows, columns, fill), map, fill);
    }

    /** A step on a block of that shape; the gradient may be null. */
    Update.Step step(int rows, int columns, Matrix gradient, ProxMap map, Fill fill) {
        Update.Rule rule = rule();
        Matrix x = operands.output(rows, columns, fill);
        Matrix first = rule instanceof Update.Gradient ? null : operands.output(rows, columns, fill);
        Matrix second = rule instanceof Update.Adam
                ? operands.output(rows, columns, draw.chance(80) ? Fill.UNIT : fill) : null;
        Matrix coefficients = operands.numbers(draw.coefficient(), draw.coefficient(), draw.coefficient());
        Update.Anchor anchor = draw.chance(30)
                ? new Update.Anchor(operands.input(rows, columns, fill), draw.coefficient()) : null;
        Update.Proximal proximal =
                map == null ? null : new Update.Proximal(map, draw.coefficient(), draw.chance(50));
        return new Update.Step(rule, x, gradient, first, second, coefficients, anchor, proximal);
    }

    private Update.Rule rule() {
        return switch (draw.below(4)) {
            case 0 -> new Update.Gradient();
            case 1 -> Update.HeavyBall.of(draw.below(100) / 100.0);
            case 2 -> Update.Nesterov.of(draw.below(100) / 100.0);
            default -> Update.Adam.of(draw.below(100) / 100.0, draw.below(1000) / 1000.0, draw.positive() * 1e-6);
        };
    }
}

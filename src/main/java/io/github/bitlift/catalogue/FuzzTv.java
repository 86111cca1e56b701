package io.github.bitlift.catalogue;

import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.PatchGrid;
import io.github.bitlift.backend.TvPdhg;
import io.github.bitlift.backend.TvPdhg.Rule;
import io.github.bitlift.backend.TvPdhg.State;
import io.github.bitlift.catalogue.Setup.Fill;
import java.util.List;

/** Primal-dual iterations with drawn shapes, rules, states and tolerances. */
final class FuzzTv {
    private static final int MOST_IMAGES = 6;
    private static final int MOST_PIXELS = 6_000;
    private static final int MOST_ITERATIONS = 12;
    private static final int MOST_BETWEEN_CHECKS = 5;
    private static final int MOST_FILTERS = 9;
    /** How often in 100 there is a first layer. */
    private static final int PENALTIES = 30;
    /** How often in 100 a number of the state is one that nobody should pass. */
    private static final int ODD_STATES = 5;

    private final Draw draw;
    private final FuzzOperands operands;
    private final FuzzConvolutions convolutions;

    FuzzTv(Draw draw, FuzzOperands operands, FuzzConvolutions convolutions) {
        this.draw = draw;
        this.operands = operands;
        this.convolutions = convolutions;
    }

    TvPdhg operation() {
        if (draw.chance(PENALTIES)) {
            return penalty();
        }
        int width = draw.width();
        int height = Math.max(1, Math.min(draw.width(), MOST_PIXELS / width));
        int images = draw.below(MOST_IMAGES + 1);
        Fill fill = draw.fill();
        boolean explicit = draw.chance(25);
        Matrix constant = operands.input(images, height * width, fill);
        Matrix x = operands.output(images, height * width, fill);
        Matrix z = operands.output(images, 2 * height * width, fill);
        return new TvPdhg(
                height, width, draw.chance(50),
                explicit ? new TvPdhg.Explicit(constant) : new TvPdhg.Denoise(constant),
                draw.chance(10) ? 0f : draw.positive(), x, z, state(images),
                explicit ? Rule.FIXED : draw.oneOf(List.of(Rule.values())), 1 + draw.below(MOST_BETWEEN_CHECKS),
                tolerance(), tolerance(), draw.below(explicit ? 2 : MOST_ITERATIONS + 1));
    }

    private TvPdhg penalty() {
        PatchGrid grid = convolutions.grid();
        int images = draw.below(MOST_IMAGES + 1);
        int filters = 1 + draw.below(MOST_FILTERS);
        Fill fill = draw.fill();
        TvPdhg.Penalty penalty = new TvPdhg.Penalty(
                grid, operands.input(filters, grid.patchSize(), fill), operands.input(1, filters, fill), convolutions.separable(),
                operands.input(images, grid.patches() * filters, fill));
        return new TvPdhg(
                grid.height(), grid.width() * grid.channels(), draw.chance(50), penalty, draw.chance(10) ? 0f : draw.positive(),
                operands.output(images, grid.imageSize(), fill), operands.output(images, 2 * grid.imageSize(), fill),
                state(images), Rule.FIXED, 1 + draw.below(MOST_BETWEEN_CHECKS), tolerance(), tolerance(),
                draw.below(MOST_ITERATIONS + 1));
    }

    private double tolerance() {
        return draw.chance(50) ? Double.NEGATIVE_INFINITY : 10.0 * draw.positive();
    }

    private Matrix state(int images) {
        float[] values = new float[images * TvPdhg.STATE];
        for (int i = 0; i < values.length; i++) {
            values[i] = number(State.values()[i % TvPdhg.STATE]);
        }
        return operands.written(images, TvPdhg.STATE, values);
    }

    private float number(State column) {
        if (draw.chance(ODD_STATES)) {
            return draw.coefficient();
        }
        return switch (column) {
            case ALPHA -> 0.5f;
            case ITERATIONS -> draw.below(100);
            case STOP -> draw.chance(80) ? 0f : 1 + draw.below(TvPdhg.Stop.values().length - 1);
            default -> draw.positive();
        };
    }
}

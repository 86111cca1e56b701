package io.github.bitlift.catalogue;

import io.github.bitlift.backend.Convolved;
import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Fold;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.PatchGrid;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Unfold;
import io.github.bitlift.backend.Update;
import io.github.bitlift.catalogue.Setup.Fill;
import io.github.bitlift.prox.ProxMap;
import java.util.List;

/** Unfolding, folding and convolutions of drawn geometry. */
final class FuzzConvolutions {
    private static final int WIDEST = 14;
    private static final int MOST_CHANNELS = 9;
    private static final int MOST_IMAGES = 5;

    private final Draw draw;
    private final FuzzOperands operands;
    private final FuzzUpdates updates;

    FuzzConvolutions(Draw draw, FuzzOperands operands, FuzzUpdates updates) {
        this.draw = draw;
        this.operands = operands;
        this.updates = updates;
    }

    Unfold unfold() {
        PatchGrid grid = grid();
        int images = draw.below(MOST_IMAGES);
        return new Unfold(
                operands.input(images, grid.imageSize(), draw.fill()), grid,
                operands.output(images * grid.patches(), grid.patchSize()));
    }

    Fold fold() {
        PatchGrid grid = grid();
        int images = draw.below(MOST_IMAGES);
        return new Fold(
                operands.input(images * grid.patches(), grid.patchSize(), draw.fill()), grid,
                operands.output(images, grid.imageSize()));
    }

    Product product() {
        PatchGrid grid = grid();
        int n = draw.below(MOST_IMAGES);
        int filters = 1 + draw.below(MOST_CHANNELS);
        Fill fill = draw.fill();
        int kind = draw.below(3);
        if (kind == 0) {
            return Product.of(new Product.Row(
                    operands.output(filters, grid.patchSize()),
                    List.of(new Convolved.Gradient(
                            operands.input(n, grid.patches() * filters, fill), operands.input(n, grid.imageSize(), fill),
                            grid)),
                    new Epilogue.Scale(draw.factor())));
        }
        Matrix weights = operands.input(filters, grid.patchSize(), fill);
        Convolved term = kind == 1
                ? new Convolved.Forward(operands.input(n, grid.imageSize(), fill), grid, weights)
                : new Convolved.Adjoint(operands.input(n, grid.patches() * filters, fill), grid, weights);
        int width = kind == 1 ? grid.patches() * filters : grid.imageSize();
        return Product.of(row(term, n, width, fill));
    }

    /** Everything that belongs to it as images. */
    private Product.Row row(Convolved term, int n, int width, Fill fill) {
        boolean steps = draw.chance(35);
        Matrix out = steps && draw.chance(50) ? null : operands.output(n, width, fill);
        Update.Step step = steps ? updates.step(n, width, out, draw.chance(60) ? separable() : null, fill) : null;
        return new Product.Row(out, List.of(term), epilogue(term, out, n, width, fill), step);
    }

    private Epilogue epilogue(Convolved term, Matrix out, int n, int width, Fill fill) {
        return switch (draw.below(5)) {
            case 0 -> new Epilogue.Scale(draw.factor());
            case 1 -> new Epilogue.Add(out == null || draw.chance(50) ? operands.input(n, width, fill) : out);
            case 2 -> new Epilogue.Activate(
                    operands.input(1, term.columns(), fill), separable(), operands.output(n, width));
            case 3 -> new Epilogue.Residual(
                    operands.input(1, term.columns(), fill), separable(), operands.input(n, width, fill), draw.positive(),
                    operands.output(n, width), operands.output(n, width), draw.chance(50));
            default -> new Epilogue.Pullback(separable(), operands.input(n, width, fill));
        };
    }

    ProxMap separable() {
        ProxMap map = draw.map();
        while (map.coupling() != 1) {
            map = draw.map();
        }
        return map;
    }

    PatchGrid grid() {
        int kernel = 1 + draw.below(5);
        int padding = draw.below(kernel);
        int least = Math.max(1, kernel - 2 * padding);
        return new PatchGrid(
                least + draw.below(WIDEST), least + draw.below(WIDEST), 1 + draw.below(MOST_CHANNELS), kernel,
                1 + draw.below(4), padding);
    }
}

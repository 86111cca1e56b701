package io.github.bitlift.catalogue;

import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Update;
import io.github.bitlift.catalogue.Setup.Fill;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.SoftThreshold;
import java.util.ArrayList;
import java.util.List;

/** Products of one to five block rows with drawn terms, epilogues and fused steps. */
final class FuzzProducts {
    /** The most multiplications in a term, so that the reference takes a few milliseconds at most. */
    private static final long MOST = 2_000_000;
    /** Widths beyond which two maps with groups are not combined. */
    private static final int WIDEST_GROUPS = 300;

    private final Draw draw;
    private final FuzzOperands operands;
    private final FuzzUpdates updates;

    FuzzProducts(Draw draw, FuzzOperands operands, FuzzUpdates updates) {
        this.draw = draw;
        this.operands = operands;
        this.updates = updates;
    }

    Product product() {
        int count = draw.chance(50) ? 1 : 2 + draw.below(4);
        List<Product.Row> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(row());
        }
        return new Product(rows);
    }

    private Product.Row row() {
        boolean mapped = draw.chance(60);
        ProxMap map = mapped ? draw.map() : null;
        boolean steps = draw.chance(35);
        ProxMap proximal = steps && draw.chance(70) ? draw.chance(50) && mapped ? map : draw.map() : null;
        if (group(map) * group(proximal) > WIDEST_GROUPS) {
            proximal = new SoftThreshold(draw.positive());
        }
        int n = mapped || proximal != null ? draw.width() : draw.size();
        int multiple = group(map) * group(proximal);
        n = (n + multiple - 1) / multiple * multiple;
        int m = draw.rows(n);
        Fill fill = draw.fill();
        Matrix out = steps && draw.chance(50) ? null : operands.output(m, n, fill);
        Epilogue epilogue = mapped ? mapped(map, m, n, fill) : unmapped(out, m, n, fill);
        Update.Step step = steps ? updates.step(m, n, out, proximal, fill) : null;
        return new Product.Row(out, terms(m, n, fill), epilogue, step);
    }

    private static int group(ProxMap map) {
        return map == null ? 1 : Math.max(1, map.coupling());
    }

    private List<Product.Term> terms(int m, int n, Fill fill) {
        int count = draw.chance(75) ? 1 : 2 + draw.below(3);
        List<Product.Term> terms = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            terms.add(draw.chance(count == 1 ? 5 : 40)
                    ? new Product.Scaled(draw.factor(), operands.input(m, n, fill))
                    : dense(m, n, fill));
        }
        return terms;
    }

    private Product.Dense dense(int m, int n, Fill fill) {
        int k = (int) Math.min(draw.depth(Math.max(m, n)), MOST / Math.max(1, (long) m * n));
        return switch (draw.below(3)) {
            case 0 -> Product.Dense.forward(operands.input(m, k, fill), operands.input(n, k, fill));
            case 1 -> Product.Dense.adjoint(operands.input(m, k, fill), operands.input(k, n, fill));
            default -> Product.Dense.gradient(operands.input(k, m, fill), operands.input(k, n, fill));
        };
    }

    private Epilogue unmapped(Matrix out, int m, int n, Fill fill) {
        return switch (draw.below(3)) {
            case 0 -> new Epilogue.Scale(draw.factor());
            case 1 -> new Epilogue.Add(out == null ? operands.input(m, n, fill) : out);
            default -> new Epilogue.Add(operands.input(m, n, fill));
        };
    }

    private Epilogue mapped(ProxMap map, int m, int n, Fill fill) {
        return switch (draw.below(3)) {
            case 0 -> new Epilogue.Activate(operands.input(1, n, fill), map, perhaps(m, n));
            case 1 -> new Epilogue.Residual(operands.input(1, n, fill), map, operands.input(m, n, fill),
                    draw.coefficient(), perhaps(m, n), perhaps(m, n), draw.chance(50));
            default -> new Epilogue.Pullback(map, operands.input(m, n, fill));
        };
    }

    private Matrix perhaps(int m, int n) {
        return draw.chance(50) ? operands.output(m, n) : null;
    }
}

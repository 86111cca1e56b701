package io.github.bitlift.catalogue;

import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Update;
import io.github.bitlift.catalogue.ProductCases.Layout;
import io.github.bitlift.catalogue.Setup.Fill;
import io.github.bitlift.prox.Identity;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.SoftThreshold;
import io.github.bitlift.prox.Tanh;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Block rows of several terms, and several block rows of different shapes, layouts and epilogues in one product. */
final class BlockCases {
    private static final float[] FACTORS = {1f, -1f, 0.3f};

    private BlockCases() {}

    static void addTo(List<Case> cases, List<ProxMap> maps) {
        for (Layout layout : Layout.values()) {
            for (int place = 0; place < 3; place++) {
                int at = place;
                String name = layout.name().toLowerCase(Locale.ROOT) + ", scaled at " + place;
                cases.add(new Case("product", "terms, " + name,
                        s -> s.run(Product.of(scaledAt(s, layout, at, Fill.NORMAL)))));
                cases.add(new Case("product", "terms, " + name + " SPECIAL",
                        s -> s.run(Product.of(scaledAt(s, layout, at, Fill.SPECIAL)))));
            }
        }
        cases.add(new Case("product", "several terms", BlockCases::severalTerms));
        cases.add(new Case("product", "scaled alone", s -> s.run(new Product(scaledAlone(s)))));
        cases.add(new Case("product", "several rows", BlockCases::severalRows));
        cases.add(new Case("product", "several rows, all layouts", s -> s.run(new Product(layouts(s)))));
        cases.add(new Case("product", "several rows, some empty", s -> s.run(new Product(empty(s)))));
        for (String name : List.of("nothing to sum over, then steps", "nothing to sum over, then steps, once more")) {
            cases.add(new Case("product", name, s -> s.run(new Product(stepsAlone(s)))));
        }
        cases.add(new Case("product", "no rows", s -> {
            s.matrix(1, 1, Fill.NORMAL);
            s.run(new Product(List.of()));
        }));
        for (int i = 0; i < maps.size(); i++) {
            ProxMap map = maps.get(i);
            ProxMap other = maps.get((i + 3) % maps.size());
            String name = "several rows " + Arrays.toString(map.parameters()) + ", then prox " + other.stem()
                    + Arrays.toString(other.parameters());
            cases.add(new Case(map.stem(), name, s -> s.run(new Product(thenAnother(s, map, other, Fill.NORMAL)))));
            cases.add(new Case(map.stem(), name + " SPECIAL",
                    s -> s.run(new Product(thenAnother(s, map, other, Fill.SPECIAL)))));
            cases.add(new Case(map.stem(), name + ", kept nowhere", s -> s.run(new Product(
                    thenAnother(s, map, other, Fill.NORMAL).stream().map(BlockCases::keptNowhere).toList()))));
        }
    }

    /** A scaled term first, in the middle or last, beside products longer than a segment. */
    private static Product.Row scaledAt(Setup s, Layout layout, int place, Fill fill) {
        Matrix out = s.matrix(25, 30, Fill.NORMAL);
        List<Product.Term> terms = new ArrayList<>(List.of(
                layout.term(s, 25, 30, 1030, fill), Layout.FORWARD.term(s, 25, 30, 40, fill)));
        terms.add(place, new Product.Scaled(FACTORS[place], s.matrix(25, 30, fill)));
        return new Product.Row(out, terms, new Epilogue.Activate(
                s.matrix(1, 30, fill), new Tanh(), s.matrix(25, 30, Fill.NORMAL)));
    }

    private static void severalTerms(Setup s) {
        Matrix out = s.matrix(25, 30, Fill.NORMAL);
        s.run(Product.of(new Product.Row(out, List.of(
                new Product.Scaled(-1f, s.matrix(25, 30, Fill.NORMAL)),
                Layout.FORWARD.term(s, 25, 30, 40, Fill.NORMAL),
                new Product.Scaled(0.3f, s.matrix(25, 30, Fill.NORMAL)),
                Layout.ADJOINT.term(s, 25, 30, 1030, Fill.NORMAL)), new Epilogue.Scale(1f))));
    }

    /** Rows without any product: identity blocks. */
    private static List<Product.Row> scaledAlone(Setup s) {
        Matrix residual = s.matrix(9, 35, Fill.NORMAL);
        Matrix added = s.matrix(40, 3, Fill.NORMAL);
        return List.of(
                new Product.Row(s.matrix(20, 33, Fill.NORMAL),
                        List.of(new Product.Scaled(1f, s.matrix(20, 33, Fill.SPECIAL))), new Epilogue.Scale(1f)),
                new Product.Row(s.matrix(7, 130, Fill.NORMAL),
                        List.of(new Product.Scaled(-1f, s.matrix(7, 130, Fill.SPECIAL)),
                                new Product.Scaled(0.7f, s.matrix(7, 130, Fill.SPECIAL))), new Epilogue.Scale(0.5f)),
                new Product.Row(residual, List.of(new Product.Scaled(2f, s.matrix(9, 35, Fill.NORMAL))),
                        new Epilogue.Residual(s.matrix(1, 35, Fill.NORMAL), new SoftThreshold(0.2f),
                                s.matrix(9, 35, Fill.NORMAL), 0.5f, null, s.matrix(9, 35, Fill.NORMAL), true)),
                new Product.Row(added, List.of(new Product.Scaled(0.1f, s.matrix(40, 3, Fill.NORMAL))),
                        new Epilogue.Add(added)));
    }

    private static void severalRows(Setup s) {
        Matrix u = s.matrix(40, 50, Fill.NORMAL);
        Matrix w = s.matrix(60, 50, Fill.NORMAL);
        Matrix residual = s.matrix(40, 60, Fill.NORMAL);
        Matrix target = s.matrix(40, 60, Fill.NORMAL);
        ProxMap map = new SoftThreshold(0.2f);
        s.run(new Product(List.of(
                new Product.Row(residual, List.of(Product.Dense.forward(u, w)), new Epilogue.Residual(
                        s.matrix(1, 60, Fill.NORMAL), map, target, 0.5f, null, null, true)),
                new Product.Row(s.matrix(50, 50, Fill.NORMAL), List.of(Product.Dense.gradient(u, u)),
                        new Epilogue.Scale(0.025f)))));
        s.run(Product.of(new Product.Row(
                s.matrix(40, 50, Fill.NORMAL), List.of(Product.Dense.adjoint(residual, w)), new Epilogue.Scale(1f))));
    }

    /** Large and small tiles, short and long chains, aligned widths and tails in one launch. */
    private static List<Product.Row> layouts(Setup s) {
        int[][] shapes = {{129, 113, 20}, {3, 5, 2100}, {64, 112, 33}, {1, 1, 1}, {130, 10, 64}, {33, 257, 16}};
        List<Product.Row> rows = new ArrayList<>();
        for (int[] shape : shapes) {
            for (Layout layout : Layout.values()) {
                rows.add(new Product.Row(s.matrix(shape[0], shape[1], Fill.NORMAL),
                        List.of(layout.term(s, shape[0], shape[1], shape[2], Fill.NORMAL)),
                        rows.size() % 2 == 0 ? new Epilogue.Scale(1f / (1 + rows.size()))
                                : new Epilogue.Activate(s.matrix(1, shape[1], Fill.NORMAL), new Identity(), null)));
            }
        }
        return rows;
    }

    /** No rows, no columns, nothing to sum over, beside a row that has all three. */
    private static List<Product.Row> empty(Setup s) {
        List<Product.Row> rows = new ArrayList<>();
        for (int[] shape : new int[][] {{0, 5, 3}, {5, 0, 3}, {4, 6, 0}, {31, 33, 34}, {0, 7, 0}, {0, 0, 0}}) {
            for (Layout layout : Layout.values()) {
                rows.add(new Product.Row(s.matrix(shape[0], shape[1], Fill.NORMAL),
                        List.of(layout.term(s, shape[0], shape[1], shape[2], Fill.NORMAL)), new Epilogue.Scale(2f)));
            }
        }
        rows.add(new Product.Row(s.matrix(4, 6, Fill.NORMAL), List.of(Layout.FORWARD.term(s, 4, 6, 0, Fill.NORMAL)),
                new Epilogue.Activate(s.matrix(1, 6, Fill.SPECIAL), new Tanh(), s.matrix(4, 6, Fill.NORMAL))));
        return rows;
    }

    /** Sums over nothing, so that steps follow at once; by turns at multiples of 16 bytes and elsewhere. */
    private static List<Product.Row> stepsAlone(Setup s) {
        List<Product.Row> rows = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Update.Step like = UpdateCases.step(s, UpdateCases.RULES.get(3), 41, 36, false, null, Fill.NORMAL);
            Update.Step step = new Update.Step(like.rule(), from(i % 2, like.x()), from(i % 2, like.gradient()),
                    from(i % 2, like.first()), from(i % 2, like.second()), like.coefficients(), null, null);
            rows.add(new Product.Row(step.gradient(), List.of(Layout.FORWARD.term(s, 40, 36, 0, Fill.NORMAL)),
                    new Epilogue.Add(step.gradient()), step));
        }
        return rows;
    }

    /** All rows but the last, some elements further on. */
    private static Matrix from(int shift, Matrix matrix) {
        return new Matrix(matrix.buffer(), matrix.offset() + shift, matrix.rows() - 1, matrix.columns());
    }

    /** Every epilogue with a step behind it whose proximal part belongs to another map. */
    private static List<Product.Row> thenAnother(Setup s, ProxMap map, ProxMap other, Fill fill) {
        int n = 36;
        Update.Proximal mine = new Update.Proximal(map, 0.5f, false);
        Update.Proximal ridge = new Update.Proximal(other, 0.5f, true);
        Update.Proximal plain = new Update.Proximal(other, 0.5f, false);
        Matrix gradient = s.matrix(8, n, fill);
        return List.of(
                row(s, Layout.FORWARD, 20, 50, new Epilogue.Activate(s.matrix(1, n, fill), map, null), 0, ridge, fill),
                row(s, Layout.ADJOINT, 33, 1030, new Epilogue.Residual(s.matrix(1, n, fill), map, s.matrix(33, n, fill),
                        0.005f, s.matrix(33, n, Fill.NORMAL), s.matrix(33, n, Fill.NORMAL), false), 1, plain, fill),
                row(s, Layout.GRADIENT, 17, 9, new Epilogue.Pullback(map, s.matrix(17, n, fill)), 2, ridge, fill),
                row(s, Layout.ADJOINT, 8, 21, new Epilogue.Add(gradient), 3, mine, fill),
                row(s, Layout.FORWARD, 35, 3, new Epilogue.Scale(-0.25f), 3, null, fill),
                row(s, Layout.ADJOINT, 21, 64, new Epilogue.Scale(1f), 0, mine, fill));
    }

    private static Product.Row keptNowhere(Product.Row row) {
        return new Product.Row(row.terms(), row.epilogue(), KeptNowhere.without(row.then()));
    }

    private static Product.Row row(
            Setup s, Layout layout, int rows, int depth, Epilogue epilogue, int rule, Update.Proximal proximal, Fill fill) {
        Update.Step step = UpdateCases.step(s, UpdateCases.RULES.get(rule), rows, 36, rule == 2, proximal, fill);
        return new Product.Row(
                step.gradient(), List.of(layout.term(s, rows, 36, depth, fill)), epilogue, step);
    }
}

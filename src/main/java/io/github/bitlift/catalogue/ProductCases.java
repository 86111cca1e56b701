package io.github.bitlift.catalogue;

import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Product;
import io.github.bitlift.catalogue.Setup.Fill;
import io.github.bitlift.prox.ProxMap;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Products in all layouts, with segments, tails and every epilogue. */
final class ProductCases {
    /** m, n, k: tails of vectors and tiles, the sizes that matter, k across the ends of segments. */
    private static final int[][] SHAPES = {
        {1, 1, 0}, {1, 1, 1}, {2, 3, 5}, {7, 15, 17}, {31, 33, 32}, {6, 16, 255}, {5, 10, 256}, {3, 784, 257},
        {100, 64, 10}, {33, 10, 64}, {17, 31, 1023}, {16, 32, 1024}, {13, 29, 1025}, {9, 11, 2500}, {129, 97, 112}
    };

    /** Few and many rows of products large enough to be shared out among threads, epilogue included. */
    static final int[] SHARED_ROWS = {100, 150};

    private ProductCases() {}

    static void addTo(List<Case> cases, List<ProxMap> maps) {
        for (Layout layout : Layout.values()) {
            for (int[] shape : SHAPES) {
                cases.add(plain(layout, shape, Fill.NORMAL));
            }
            cases.add(plain(layout, new int[] {31, 33, 32}, Fill.SPECIAL));
            cases.add(plain(layout, new int[] {100, 784, 784}, Fill.NORMAL));
        }
        for (ProxMap map : maps) {
            int width = MapCases.width(map, 37);
            for (Fill fill : List.of(Fill.NORMAL, Fill.SPECIAL)) {
                epilogues(cases, map, 20, width, fill);
            }
            for (int rows : SHARED_ROWS) {
                epilogues(cases, map, rows, MapCases.width(map, 200), Fill.NORMAL);
            }
        }
        cases.add(new Case("product", "add, not in place",
                s -> with(s, n -> new Epilogue.Add(s.matrix(21, n, Fill.NORMAL)), 21, 40)));
        cases.add(new Case("product", "add, in place", s -> {
            Matrix out = s.matrix(21, 40, Fill.NORMAL);
            s.run(Product.of(new Product.Row(out, List.of(dense(s, 21, 40, 33)), new Epilogue.Add(out))));
        }));
        cases.add(new Case("product", "scale", s -> with(s, n -> new Epilogue.Scale(1f / 3), 21, 40)));
        cases.add(new Case("product", "scale, large", s -> with(s, n -> new Epilogue.Scale(-3f), 300, 301)));
    }

    /** Which operand is transposed. */
    enum Layout {
        FORWARD {
            @Override
            Product.Dense term(Setup s, int m, int n, int k, Fill fill) {
                return Product.Dense.forward(s.matrix(m, k, fill), s.matrix(n, k, fill));
            }
        },
        ADJOINT {
            @Override
            Product.Dense term(Setup s, int m, int n, int k, Fill fill) {
                return Product.Dense.adjoint(s.matrix(m, k, fill), s.matrix(k, n, fill));
            }
        },
        GRADIENT {
            @Override
            Product.Dense term(Setup s, int m, int n, int k, Fill fill) {
                return Product.Dense.gradient(s.matrix(k, m, fill), s.matrix(k, n, fill));
            }
        };

        abstract Product.Dense term(Setup s, int m, int n, int k, Fill fill);
    }

    private static Case plain(Layout layout, int[] shape, Fill fill) {
        int m = shape[0];
        int n = shape[1];
        int k = shape[2];
        String name = layout.name().toLowerCase(Locale.ROOT) + " " + m + "x" + n + "x" + k + " " + fill;
        return new Case("product", name, s -> s.run(Product.of(new Product.Row(
                s.matrix(m, n, Fill.NORMAL), List.of(layout.term(s, m, n, k, fill)), new Epilogue.Scale(1f)))));
    }

    private static Product.Dense dense(Setup s, int m, int n, int k) {
        return Layout.FORWARD.term(s, m, n, k, Fill.NORMAL);
    }

    private static void with(Setup s, Function<Integer, Epilogue> epilogue, int m, int n) {
        s.run(Product.of(new Product.Row(s.matrix(m, n, Fill.NORMAL), List.of(dense(s, m, n, 50)), epilogue.apply(n))));
    }

    private static void epilogues(List<Case> cases, ProxMap map, int m, int n, Fill fill) {
        String values = " " + Arrays.toString(map.parameters()) + " " + m + "x" + n + " " + fill;
        cases.add(new Case(map.stem(), "product, activate" + values, s -> with(s, w -> new Epilogue.Activate(
                s.matrix(1, w, fill), map, s.matrix(m, w, Fill.NORMAL)), m, n)));
        for (boolean smooth : new boolean[] {true, false}) {
            cases.add(new Case(map.stem(), "product, residual" + values + (smooth ? ", smooth" : ", proximal"),
                    s -> with(s, w -> new Epilogue.Residual(
                            s.matrix(1, w, fill), map, s.matrix(m, w, fill), 0.005f,
                            s.matrix(m, w, Fill.NORMAL), s.matrix(m, w, Fill.NORMAL), smooth), m, n)));
        }
        cases.add(new Case(map.stem(), "product, pullback" + values, s -> with(s, w -> new Epilogue.Pullback(
                map, s.matrix(m, w, fill)), m, n)));
    }
}

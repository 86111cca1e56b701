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
import io.github.bitlift.prox.Relu;
import io.github.bitlift.prox.SoftThreshold;
import io.github.bitlift.prox.Tanh;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/** Unfolding, folding, and products with convolutions in them. */
final class ConvolutionCases {
    /** Strides within, at and beyond the kernel, paddings up to it, pixels that no patch covers, both layers of §7.3. */
    private static final List<PatchGrid> GRIDS = List.of(
            new PatchGrid(5, 7, 1, 3, 1, 1), new PatchGrid(28, 28, 1, 4, 2, 1), new PatchGrid(14, 14, 8, 4, 2, 1),
            new PatchGrid(9, 6, 3, 3, 3, 0), new PatchGrid(7, 8, 3, 5, 2, 2), new PatchGrid(4, 4, 1, 4, 1, 0),
            new PatchGrid(1, 1, 8, 1, 1, 0), new PatchGrid(10, 11, 3, 2, 3, 1), new PatchGrid(6, 17, 8, 3, 2, 2),
            new PatchGrid(1, 33, 1, 3, 1, 2));
    private static final int[] IMAGES = {0, 1, 5};

    private ConvolutionCases() {}

    static void addTo(List<Case> cases) {
        for (PatchGrid grid : GRIDS) {
            for (int images : IMAGES) {
                for (Fill fill : List.of(Fill.NORMAL, Fill.SPECIAL)) {
                    String name = images + " of " + grid.text() + " " + fill;
                    cases.add(new Case("unfold", name, s -> s.run(
                            new Unfold(images(s, images, grid, fill), grid, patches(s, images, grid, Fill.NORMAL)))));
                    cases.add(new Case("fold", name, s -> s.run(
                            new Fold(patches(s, images, grid, fill), grid, images(s, images, grid, Fill.NORMAL)))));
                }
                products(cases, grid, images);
            }
        }
        cases.add(new Case("convolution", "several rows and terms", ConvolutionCases::several));
        cases.add(new Case("convolution", "gradient over segments",
                s -> s.run(product(s, gradient(s, GRIDS.get(0), 40, 4, Fill.NORMAL), new Epilogue.Scale(0.025f)))));
    }

    private static Matrix images(Setup s, int images, PatchGrid grid, Fill fill) {
        return s.matrix(images, grid.imageSize(), fill);
    }

    private static Matrix patches(Setup s, int images, PatchGrid grid, Fill fill) {
        return s.matrix(images * grid.patches(), grid.patchSize(), fill);
    }

    private static Convolved.Forward forward(Setup s, PatchGrid grid, int images, int filters, Fill fill) {
        return new Convolved.Forward(images(s, images, grid, fill), grid, s.matrix(filters, grid.patchSize(), fill));
    }

    private static Convolved.Adjoint adjoint(Setup s, PatchGrid grid, int images, int filters, Fill fill) {
        return new Convolved.Adjoint(
                s.matrix(images, grid.patches() * filters, fill), grid, s.matrix(filters, grid.patchSize(), fill));
    }

    private static Convolved.Gradient gradient(Setup s, PatchGrid grid, int images, int filters, Fill fill) {
        return new Convolved.Gradient(
                s.matrix(images, grid.patches() * filters, fill), images(s, images, grid, fill), grid);
    }

    private static Product product(Setup s, Convolved term, Epilogue epilogue) {
        return Product.of(new Product.Row(s.matrix(term.rows(), term.columns(), Fill.NORMAL), List.of(term), epilogue));
    }

    private static void products(List<Case> cases, PatchGrid grid, int images) {
        String of = images + " of " + grid.text();
        for (Fill fill : List.of(Fill.NORMAL, Fill.SPECIAL)) {
            cases.add(new Case("convolution", "gradient, " + of + " " + fill,
                    s -> s.run(product(s, gradient(s, grid, images, 3, fill), new Epilogue.Scale(0.5f)))));
            epilogues(cases, "forward, " + of + " " + fill,
                    s -> forward(s, grid, images, 5, fill), images, 5 * grid.patches(), fill);
            epilogues(cases, "adjoint, " + of + " " + fill,
                    s -> adjoint(s, grid, images, 5, fill), images, grid.imageSize(), fill);
        }
    }

    private interface Make {
        Convolved in(Setup setup);
    }

    /** With what belongs to the row as images. */
    private static void epilogues(List<Case> cases, String name, Make make, int n, int width, Fill fill) {
        BiFunction<Setup, Convolved, Epilogue> residual = (s, term) -> new Epilogue.Residual(
                s.matrix(1, term.columns(), fill), new SoftThreshold(0.3f), s.matrix(n, width, fill), 0.7f,
                s.matrix(n, width, Fill.NORMAL), s.matrix(n, width, Fill.NORMAL), true);
        BiFunction<Setup, Convolved, Epilogue> activate = (s, term) -> new Epilogue.Activate(
                s.matrix(1, term.columns(), fill), new Relu(), s.matrix(n, width, Fill.NORMAL));
        add(cases, name + ", activate", make, activate, n, width);
        add(cases, name + ", residual", make, residual, n, width);
        add(cases, name + ", pullback", make, (s, term) -> new Epilogue.Pullback(new Tanh(), s.matrix(n, width, fill)),
                n, width);
        cases.add(new Case("convolution", name + ", add in place, then a step", s -> {
            Matrix out = s.matrix(n, width, fill);
            Update.Step step = step(s, out, n, width, fill, new Relu());
            s.run(Product.of(new Product.Row(out, List.of(make.in(s)), new Epilogue.Add(out), step)));
        }));
        cases.add(new Case("convolution", name + ", add, then a step, kept nowhere", s -> {
            Update.Step step = step(s, null, n, width, fill, new SoftThreshold(0.2f));
            s.run(Product.of(new Product.Row(
                    List.of(make.in(s)), new Epilogue.Add(s.matrix(n, width, fill)), step)));
        }));
    }

    private static void add(
            List<Case> cases, String name, Make make, BiFunction<Setup, Convolved, Epilogue> epilogue, int n, int width) {
        cases.add(new Case("convolution", name, s -> {
            Convolved term = make.in(s);
            s.run(Product.of(new Product.Row(
                    s.matrix(n, width, Fill.NORMAL), List.of(term), epilogue.apply(s, term))));
        }));
    }

    private static Update.Step step(Setup s, Matrix gradient, int n, int width, Fill fill, ProxMap map) {
        return new Update.Step(
                Update.Adam.of(0.9, 0.999, 1e-8), s.matrix(n, width, fill), gradient, s.matrix(n, width, Fill.NORMAL),
                s.matrix(n, width, Fill.UNIT), s.set(s.matrix(1, 3, Fill.NORMAL), 0.1f, 0.2f, 1.5f),
                new Update.Anchor(s.matrix(n, width, fill), 0.25f), new Update.Proximal(map, 0.5f, true));
    }

    /** All kinds in one launch, with sums before and behind, and matrices in rows of their own. */
    private static void several(Setup s) {
        PatchGrid grid = GRIDS.get(4);
        Matrix skipped = s.matrix(3, grid.imageSize(), Fill.NORMAL);
        List<Product.Row> rows = new ArrayList<>(List.of(
                new Product.Row(s.matrix(3, grid.imageSize(), Fill.NORMAL),
                        List.of(new Product.Scaled(-1f, skipped), adjoint(s, grid, 3, 4, Fill.NORMAL)),
                        new Epilogue.Scale(1f)),
                new Product.Row(s.matrix(3, grid.imageSize(), Fill.NORMAL),
                        List.of(adjoint(s, grid, 3, 2, Fill.NORMAL), adjoint(s, grid, 3, 4, Fill.NORMAL),
                                new Product.Scaled(0.5f, skipped)),
                        new Epilogue.Add(skipped)),
                new Product.Row(s.matrix(3, 6 * grid.patches(), Fill.NORMAL),
                        List.of(forward(s, grid, 3, 6, Fill.NORMAL)), new Epilogue.Scale(2f)),
                new Product.Row(s.matrix(4, grid.patchSize(), Fill.NORMAL),
                        List.of(gradient(s, grid, 3, 4, Fill.NORMAL)), new Epilogue.Scale(1f))));
        rows.add(new Product.Row(s.matrix(7, 9, Fill.NORMAL),
                List.of(Product.Dense.forward(s.matrix(7, 5, Fill.NORMAL), s.matrix(9, 5, Fill.NORMAL))),
                new Epilogue.Scale(1f)));
        s.run(new Product(rows));
    }
}

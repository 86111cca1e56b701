package io.github.bitlift.bench;

import io.github.bitlift.backend.Convolved;
import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Fold;
import io.github.bitlift.backend.PatchGrid;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Unfold;
import io.github.bitlift.prox.Relu;
import java.util.List;

/** Unfolding, folding, and the convolutions of the framework paper's §7.3 made of them. */
final class ConvolutionBenches {
    private static final float SCALE = 0.1f;

    private ConvolutionBenches() {}

    static void addTo(List<BenchCase> cases) {
        for (int samples : new int[] {512, 5000}) {
            add(cases, "28x28x1-8", new PatchGrid(28, 28, 1, 4, 2, 1), 8, samples);
            add(cases, "14x14x8-16", new PatchGrid(14, 14, 8, 4, 2, 1), 16, samples);
        }
    }

    private static void add(List<BenchCase> cases, String layer, PatchGrid grid, int filters, int n) {
        String of = "/" + layer + "/" + n;
        int patches = n * grid.patches();
        cases.add(BenchCase.of("unfold" + of, n, operands -> List.of(new Unfold(
                operands.normal(n, grid.imageSize()), grid, operands.zeros(patches, grid.patchSize())))));
        cases.add(BenchCase.of("fold" + of, n, operands -> List.of(new Fold(
                operands.normal(patches, grid.patchSize()), grid, operands.zeros(n, grid.imageSize())))));
        cases.add(BenchCase.of("product/convolution" + of + "/activate", n, operands -> List.of(Product.of(new Product.Row(
                operands.zeros(n, grid.patches() * filters),
                List.of(new Convolved.Forward(
                        operands.normal(n, grid.imageSize()), grid, operands.normal(filters, grid.patchSize(), SCALE))),
                new Epilogue.Activate(operands.normal(1, filters), new Relu(), null))))));
        cases.add(BenchCase.of("product/transposed_convolution" + of + "/activate", n,
                operands -> List.of(Product.of(new Product.Row(
                        operands.zeros(n, grid.imageSize()),
                        List.of(new Convolved.Adjoint(
                                operands.normal(n, grid.patches() * filters), grid,
                                operands.normal(filters, grid.patchSize(), SCALE))),
                        new Epilogue.Activate(operands.normal(1, grid.channels()), new Relu(), null))))));
        cases.add(BenchCase.of("product/convolution_gradient" + of + "/scale", n,
                operands -> List.of(Product.of(new Product.Row(
                        operands.zeros(filters, grid.patchSize()),
                        List.of(new Convolved.Gradient(
                                operands.normal(n, grid.patches() * filters), operands.normal(n, grid.imageSize()), grid)),
                        new Epilogue.Scale(1f / n))))));
    }
}

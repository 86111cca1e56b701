package io.github.bitlift.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.backend.ColumnSum;
import io.github.bitlift.backend.Convolved;
import io.github.bitlift.backend.Copy;
import io.github.bitlift.backend.Elementwise;
import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Fold;
import io.github.bitlift.backend.HostBuffer;
import io.github.bitlift.backend.HostSums;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.PatchGrid;
import io.github.bitlift.backend.PowerIteration;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Reduce;
import io.github.bitlift.backend.TvPdhg;
import io.github.bitlift.backend.Unfold;
import io.github.bitlift.backend.Update;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.SoftThreshold;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Counts worked out by hand: products of 3x4 with inner dimension 5, everything else on 3x4 matrices. */
class WorkCounterTest {
    private static final ProxMap MAP = new SoftThreshold(0.1f);
    private static final int SIZE = 12;

    private static Matrix matrix(int rows, int columns) {
        return Matrix.of(new HostBuffer((long) rows * columns), rows, columns);
    }

    private static Matrix whole() {
        return matrix(3, 4);
    }

    private static Product.Dense dense() {
        return Product.Dense.forward(matrix(3, 5), matrix(4, 5));
    }

    private static Work of(Operation... operations) {
        return WorkCounter.of(List.of(operations));
    }

    private static Work product(Epilogue epilogue, Product.Term... terms) {
        return of(Product.of(new Product.Row(whole(), List.of(terms), epilogue)));
    }

    /** Two images of 3x4 pixels and 2 channels, 3x3 patches: 1 x 2 of 18 numbers each; 5 filters. */
    @Test
    void convolutionsCountTheirProductsAndNoPatches() {
        PatchGrid grid = new PatchGrid(3, 4, 2, 3, 1, 0);
        Matrix images = matrix(2, 24);
        Matrix patches = matrix(4, 18);
        Matrix pixels = matrix(2, 10);
        Matrix weights = matrix(5, 18);
        assertThat(of(new Unfold(images, grid, patches))).isEqualTo(new Work(0, 4 * (48 + 72)));
        assertThat(of(new Fold(patches, grid, images))).isEqualTo(new Work(72, 4 * (48 + 72)));
        assertThat(of(Product.of(new Product.Row(
                pixels, List.of(new Convolved.Forward(images, grid, weights)), new Epilogue.Scale(1)))))
                .isEqualTo(new Work(2 * 20 * 18, 4 * (48 + 90 + 20)));
        assertThat(of(Product.of(new Product.Row(
                images, List.of(new Convolved.Adjoint(pixels, grid, weights)), new Epilogue.Scale(1)))))
                .isEqualTo(new Work(2 * 20 * 18 + 72, 4 * (48 + 90 + 20)));
        assertThat(of(Product.of(new Product.Row(
                weights, List.of(new Convolved.Gradient(pixels, images, grid)), new Epilogue.Scale(1)))))
                .isEqualTo(new Work(2 * 20 * 18, 4 * (48 + 90 + 20)));
    }

    @Test
    void productsCountTwoForEachFma() {
        long operands = 15 + 20;
        assertThat(product(new Epilogue.Scale(1), dense())).isEqualTo(new Work(120, 4 * (operands + SIZE)));
        assertThat(product(new Epilogue.Scale(2), dense())).isEqualTo(new Work(132, 4 * (operands + SIZE)));
        assertThat(of(Product.of(new Product.Row(
                whole(), List.of(Product.Dense.gradient(matrix(5, 3), matrix(5, 4))), new Epilogue.Scale(1)))))
                .isEqualTo(new Work(120, 4 * (operands + SIZE)));
        assertThat(of(Product.of(new Product.Row(
                whole(), List.of(Product.Dense.adjoint(matrix(3, 5), matrix(5, 4))), new Epilogue.Scale(1)))))
                .isEqualTo(new Work(120, 4 * (operands + SIZE)));
    }

    @Test
    void termsAreAdded() {
        Work work = product(
                new Epilogue.Scale(1), dense(), new Product.Scaled(-1, whole()), new Product.Scaled(0.5f, whole()));
        assertThat(work).isEqualTo(new Work(120 + 2 * SIZE + SIZE, 4 * (15 + 20 + 3 * SIZE)));
    }

    @Test
    void epiloguesCountTheirOperands() {
        Matrix bias = matrix(1, 4);
        long plain = 15 + 20 + SIZE;
        assertThat(product(new Epilogue.Activate(bias, MAP, null), dense()))
                .isEqualTo(new Work(120 + 2 * SIZE, 4 * (plain + 4)));
        assertThat(product(new Epilogue.Activate(bias, MAP, whole()), dense()))
                .isEqualTo(new Work(120 + 2 * SIZE, 4 * (plain + 4 + SIZE)));
        assertThat(product(new Epilogue.Residual(bias, MAP, whole(), 1, null, null, true), dense()))
                .isEqualTo(new Work(120 + 4 * SIZE, 4 * (plain + 4 + SIZE)));
        assertThat(product(new Epilogue.Residual(bias, MAP, whole(), 1, null, whole(), true), dense()))
                .isEqualTo(new Work(120 + 6 * SIZE, 4 * (plain + 4 + 2 * SIZE)));
        assertThat(product(new Epilogue.Residual(bias, MAP, whole(), 1, whole(), whole(), false), dense()))
                .isEqualTo(new Work(120 + 5 * SIZE, 4 * (plain + 4 + 3 * SIZE)));
        assertThat(product(new Epilogue.Add(whole()), dense())).isEqualTo(new Work(120 + SIZE, 4 * (plain + SIZE)));
        assertThat(product(new Epilogue.Pullback(MAP, whole()), dense()))
                .isEqualTo(new Work(120 + 2 * SIZE, 4 * (plain + SIZE)));
    }

    @Test
    void operandsSharedByRowsCountOnce() {
        Matrix u = matrix(3, 5);
        Product.Row first = new Product.Row(
                whole(), List.of(Product.Dense.forward(u, matrix(4, 5))), new Epilogue.Scale(1));
        Product.Row second = new Product.Row(
                whole(), List.of(Product.Dense.forward(u, matrix(4, 5))), new Epilogue.Scale(1));
        assertThat(of(new Product(List.of(first, second)))).isEqualTo(new Work(240, 4 * (15 + 2 * (20 + SIZE))));
        assertThat(of(Product.of(first), Product.of(second)))
                .isEqualTo(new Work(240, 4 * 2 * (15 + 20 + SIZE)));
    }

    private static Update.Step step(Update.Rule rule, Matrix gradient, boolean anchored, Update.Proximal proximal) {
        return new Update.Step(rule, whole(), gradient, whole(), whole(), matrix(1, 3),
                anchored ? new Update.Anchor(whole(), 1) : null, proximal);
    }

    @Test
    void updatesCountWhatTheirRuleKeeps() {
        Update.Rule adam = Update.Adam.of(0.9, 0.999, 1e-8);
        long coefficients = 3;
        assertThat(of(new Update(List.of(step(new Update.Gradient(), whole(), false, null)))))
                .isEqualTo(new Work(2 * SIZE, 4 * (3 * SIZE + coefficients)));
        assertThat(of(new Update(List.of(step(Update.HeavyBall.of(0.9), whole(), false, null)))))
                .isEqualTo(new Work(5 * SIZE, 4 * (5 * SIZE + coefficients)));
        assertThat(of(new Update(List.of(step(Update.Nesterov.of(0.9), whole(), true, null)))))
                .isEqualTo(new Work(10 * SIZE, 4 * (6 * SIZE + coefficients)));
        assertThat(of(new Update(List.of(step(adam, whole(), false, new Update.Proximal(MAP, 1, true))))))
                .isEqualTo(new Work(15 * SIZE, 4 * (7 * SIZE + coefficients)));
    }

    @Test
    void fusedStepsHaveTheirGradientAtHand() {
        Matrix gradient = whole();
        Update.Step step = step(Update.Adam.of(0.9, 0.999, 1e-8), gradient, false, new Update.Proximal(MAP, 1, false));
        Product.Row row = new Product.Row(gradient, List.of(dense()), new Epilogue.Scale(1), step);
        assertThat(of(Product.of(row))).isEqualTo(new Work(120 + 14 * SIZE, 4 * (15 + 20 + SIZE + 6 * SIZE + 3)));
    }

    @Test
    void aGradientThatOnlyItsStepReadsIsNotWritten() {
        Update.Step step = step(Update.Adam.of(0.9, 0.999, 1e-8), null, false, new Update.Proximal(MAP, 1, false));
        Product.Row row = new Product.Row(List.of(dense()), new Epilogue.Add(whole()), step);
        assertThat(of(Product.of(row))).isEqualTo(new Work(120 + 15 * SIZE, 4 * (15 + 20 + SIZE + 6 * SIZE + 3)));
    }

    @ParameterizedTest
    @CsvSource({"ACTIVATE, 1, 2", "SCALED_PROX, 1, 2", "RESIDUAL, 3, 3", "PULLBACK, 2, 3"})
    void mapsCountEachOperandOnce(Elementwise.Kind kind, int flops, int operands) {
        assertThat(of(new Elementwise(kind, MAP, 1, whole(), whole(), whole())))
                .isEqualTo(new Work(flops * SIZE, 4L * operands * SIZE));
        Matrix inPlace = whole();
        assertThat(of(new Elementwise(kind, MAP, 1, inPlace, whole(), inPlace)).bytes()).isEqualTo(4L * operands * SIZE);
    }

    @ParameterizedTest
    @CsvSource({"SQUARED_NORM, 2, 1", "SQUARED_DISTANCE, 3, 2", "DOT, 2, 2", "NONZEROS, 1, 1", "POTENTIAL, 2, 1",
        "CONJUGATE, 2, 1", "PENALTY, 2, 2"})
    void sumsWriteOneNumber(Reduce.Kind kind, int flops, int operands) {
        assertThat(of(new Reduce(kind, whole(), kind.isPair() ? whole() : null, MAP, new HostSums(1), 0)))
                .isEqualTo(new Work(flops * SIZE, 4L * operands * SIZE + 8));
    }

    @Test
    void theRest() {
        assertThat(of(new ColumnSum(List.of(new ColumnSum.Entry(whole(), matrix(1, 4), 1)))))
                .isEqualTo(new Work(SIZE + 4, 4 * (SIZE + 4)));
        assertThat(of(new Copy(whole(), whole()))).isEqualTo(new Work(0, 4 * 2 * SIZE));
        Work power = of(new PowerIteration(
                whole(), matrix(1, 4), matrix(1, 3), 2, new HostSums(1), 0, matrix(1, 1), 1, 1, 1));
        assertThat(power).isEqualTo(new Work(5 * 2 * SIZE + 2 * 3 * 4 + 2 * (4 + 3), 4 * (5 * SIZE + 2 * 4 + 1) + 8));
    }

    @Test
    void iterationsForTotalVariationKeepTheirImages() {
        // 2 images of 3x4 for 5 iterations: x, z and the state are read and written, f is read.
        long bytes = 4 * (2 * (24 + 48 + 16) + 24);
        assertThat(of(tv(true, new TvPdhg.Denoise(matrix(2, 12)), 5))).isEqualTo(new Work(5 * 24 * (8 + 16), bytes));
        assertThat(of(tv(false, new TvPdhg.Denoise(matrix(2, 12)), 5))).isEqualTo(new Work(5 * 24 * (8 + 11), bytes));
        assertThat(of(tv(true, new TvPdhg.Explicit(matrix(2, 12)), 1))).isEqualTo(new Work(24 * (7 + 16), bytes));
    }

    @Test
    void iterationsBehindALayerCountItsProductsToo() {
        // 2 images of 3x4, kernel 2: 6 patches of 4 taps, 5 filters.
        PatchGrid grid = new PatchGrid(3, 4, 1, 2, 1, 0);
        TvPdhg.Penalty penalty = new TvPdhg.Penalty(grid, matrix(5, 4), matrix(1, 5), MAP, matrix(2, 30));
        List<Product> once = penalty.gradient(matrix(2, 12), matrix(2, 30), matrix(2, 12));
        long flops = of(once.get(0)).flops() + of(once.get(1)).flops() + 24 * (7 + 16);
        long bytes = 4 * (2 * (24 + 48 + 16) + 20 + 5 + 60);
        assertThat(of(tv(true, penalty, 7))).isEqualTo(new Work(7 * flops, bytes));
    }

    private static TvPdhg tv(boolean isotropic, TvPdhg.Data data, int iterations) {
        return new TvPdhg(3, 4, isotropic, data, 0.1f, matrix(2, 12), matrix(2, 24), matrix(2, TvPdhg.STATE),
                TvPdhg.Rule.FIXED, 10, 0, 0, iterations);
    }
}

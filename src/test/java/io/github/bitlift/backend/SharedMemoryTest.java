package io.github.bitlift.backend;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.bitlift.backend.Product.Dense;
import io.github.bitlift.backend.Product.Scaled;
import io.github.bitlift.prox.Relu;
import io.github.bitlift.prox.SoftThreshold;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Operations refuse operands that overlap what they write, and say which. */
class SharedMemoryTest {
    private static final int N = 4;
    private static final Relu MAP = new Relu();

    /** Squares [4, 4] next to each other, and one across two of them. */
    private final Buffer buffer = new HostBuffer(7 * N * N);
    private final Matrix a = square(0);
    private final Matrix b = square(N * N);
    private final Matrix c = square(2 * N * N);
    private final Matrix d = square(3 * N * N);
    private final Matrix e = square(4 * N * N);
    private final Matrix f = square(6 * N * N);
    private final Matrix across = square(N * N - 1);
    private final Matrix vector = new Matrix(buffer, 5 * N * N, 1, N);
    private final Matrix coefficients = new Matrix(buffer, 5 * N * N + N, 1, 3);

    private Matrix square(long at) {
        return new Matrix(buffer, at, N, N);
    }

    private static Arguments refused(String role, ThrowingCallable made) {
        return Arguments.of(role, made);
    }

    private Product.Row row(Matrix out, Epilogue epilogue, Product.Term... terms) {
        return new Product.Row(out, List.of(terms), epilogue);
    }

    private Product.Row row(Matrix out, Epilogue epilogue) {
        return row(out, epilogue, Dense.forward(d, e));
    }

    private Update.Step step(Matrix x, Matrix gradient, Matrix first, Matrix second, Matrix anchor) {
        return new Update.Step(Update.Adam.of(0.9, 0.9, 1e-8), x, gradient, first, second, coefficients,
                new Update.Anchor(anchor, 1f), null);
    }

    private Product.Row stepping(Update.Step then, Product.Term... terms) {
        return new Product.Row(then.gradient(), List.of(terms), new Epilogue.Scale(1f), then);
    }

    private Product.Row keptNowhere(Update.Step then, Matrix addend) {
        return new Product.Row(List.of(Dense.forward(e, e)), new Epilogue.Add(addend), then);
    }

    private Epilogue.Residual residual(Matrix target, Matrix kept, Matrix pull) {
        return new Epilogue.Residual(vector, MAP, target, 1f, kept, pull, true);
    }

    private PowerIteration power(Matrix of, Matrix x, Matrix y, Matrix step) {
        return new PowerIteration(of, x, y, 1, new HostSums(1), 0, step, 1, 1, 1);
    }

    static Stream<Arguments> refusals() {
        SharedMemoryTest t = new SharedMemoryTest();
        return Stream.of(t.terms(), t.epilogues(), t.fusedSteps(), t.severalRows(), t.convolutions(), t.totalVariation(), t.others()).flatMap(each -> each);
    }

    private Stream<Arguments> terms() {
        Epilogue plain = new Epilogue.Scale(1f);
        return Stream.of(
                refused("product: left factor [4, 4] at 0 overlaps output [4, 4] at 0",
                        () -> row(a, plain, Dense.forward(a, b))),
                refused("product: right factor [4, 4] at 0 overlaps output [4, 4] at 15",
                        () -> row(across, plain, Dense.adjoint(c, a))),
                refused("product: scaled term [4, 4] at 15 overlaps output [4, 4] at 16",
                        () -> row(b, plain, Dense.gradient(c, d), new Scaled(1f, across))),
                refused("product: scaled term [4, 4] at 0 overlaps output", () -> row(a, plain, new Scaled(1f, a))),
                refused("product: left factor [4, 4] at 0 overlaps pull [4, 4] at 0",
                        () -> row(b, residual(c, null, a), Dense.forward(a, d))));
    }

    /** Images of 2 x 2 pixels, whose only patch is all of it. */
    private Stream<Arguments> convolutions() {
        PatchGrid grid = new PatchGrid(2, 2, 1, 2, 1, 0);
        return Stream.of(
                refused("unfold: images [4, 4] at 0 overlaps patches [4, 4] at 0", () -> new Unfold(a, grid, a)),
                refused("unfold: images [4, 4] at 0 overlaps patches [4, 4] at 15", () -> new Unfold(a, grid, across)),
                refused("fold: patches [4, 4] at 16 overlaps images [4, 4] at 15", () -> new Fold(b, grid, across)),
                refused("product: images [4, 4] at 0 overlaps output [4, 4] at 0",
                        () -> row(a, new Epilogue.Scale(1f), new Convolved.Forward(a, grid, b))),
                refused("product: weights [4, 4] at 16 overlaps output [16, 1] at 16",
                        () -> row(b, new Epilogue.Scale(1f), new Convolved.Adjoint(a, grid, b))),
                refused("product: residual [4, 4] at 16 overlaps output [4, 4] at 16",
                        () -> row(b, new Epilogue.Scale(1f), new Convolved.Gradient(b, a, grid))));
    }

    private Stream<Arguments> epilogues() {
        return Stream.of(
                refused("product: addend [4, 4] at 15 overlaps output", () -> row(a, new Epilogue.Add(across))),
                refused("product: pre-activation [4, 4] at 0 overlaps output",
                        () -> row(a, new Epilogue.Activate(vector, MAP, a))),
                refused("product: bias [1, 4] at 4 overlaps output",
                        () -> row(a, new Epilogue.Activate(new Matrix(buffer, 4, 1, N), MAP, null))),
                refused("product: target [4, 4] at 0 overlaps output", () -> row(a, residual(a, null, null))),
                refused("product: target [4, 4] at 16 overlaps pull", () -> row(a, residual(b, null, b))),
                refused("product: target [4, 4] at 16 overlaps pre-activation", () -> row(a, residual(b, b, null))),
                refused("product: pull [4, 4] at 16 overlaps pre-activation", () -> row(a, residual(c, b, b))),
                refused("product: pull [4, 4] at 0 overlaps output", () -> row(a, residual(c, b, a))),
                refused("product: bias [1, 4] at 80 overlaps output", () -> row(square(5 * N * N), residual(a, b, c))),
                refused("product: pre-activation [4, 4] at 0 overlaps output",
                        () -> row(a, new Epilogue.Pullback(MAP, a))));
    }

    private Stream<Arguments> fusedSteps() {
        return Stream.of(
                refused("product: left factor [4, 4] at 0 overlaps x",
                        () -> stepping(step(a, b, c, d, e), Dense.forward(a, e))),
                refused("product: right factor [4, 4] at 32 overlaps first moment",
                        () -> stepping(step(a, b, c, d, e), Dense.forward(e, c))),
                refused("product: scaled term [4, 4] at 48 overlaps second moment",
                        () -> stepping(step(a, b, c, d, e), new Scaled(1f, d))),
                refused("update: gradient [4, 4] at 0 overlaps x", () -> step(a, a, b, c, d)),
                refused("update: first moment [4, 4] at 0 overlaps x", () -> step(a, b, a, c, d)),
                refused("update: second moment [4, 4] at 32 overlaps first moment", () -> step(a, b, c, c, d)),
                refused("update: anchor [4, 4] at 0 overlaps x", () -> step(a, b, c, d, a)),
                refused("update: coefficients [1, 3] at 84 overlaps x", () -> step(square(5 * N * N), a, b, c, d)),
                refused("product: anchor [4, 4] at 16 overlaps output",
                        () -> stepping(step(a, b, c, d, b), Dense.forward(e, e))),
                refused("product: addend [4, 4] at 0 overlaps x", () -> keptNowhere(step(a, null, b, c, d), a)),
                refused("product: addend [4, 4] at 15 overlaps first moment",
                        () -> keptNowhere(step(c, null, b, d, e), across)),
                refused("product: addend [4, 4] at 0 overlaps x", () -> new Product(List.of(
                        keptNowhere(plainStep(b, null), a), keptNowhere(plainStep(a, null), c)))),
                refused("product: right factor [4, 4] at 76 overlaps x",
                        () -> stepping(step(e, a, b, c, d), Dense.forward(f, square(5 * N * N - N)))));
    }

    private Stream<Arguments> severalRows() {
        Epilogue plain = new Epilogue.Scale(1f);
        Product.Row writesA = row(a, plain);
        return Stream.of(
                refused("product: output [4, 4] at 0 overlaps output [4, 4] at 0",
                        () -> new Product(List.of(writesA, writesA))),
                refused("product: left factor [4, 4] at 15 overlaps output",
                        () -> new Product(List.of(writesA, row(c, plain, Dense.forward(across, d))))),
                refused("product: right factor [4, 4] at 0 overlaps output",
                        () -> new Product(List.of(row(c, plain, Dense.forward(d, a)), writesA))),
                refused("product: addend [4, 4] at 0 overlaps output",
                        () -> new Product(List.of(writesA, row(b, new Epilogue.Add(a))))),
                refused("product: target [4, 4] at 0 overlaps pull", () -> new Product(List.of(
                        row(b, residual(c, null, a)), row(f, residual(a, null, null))))),
                refused("update: x [4, 4] at 0 overlaps x",
                        () -> new Update(List.of(plainStep(a, b), plainStep(a, c)))),
                refused("update: gradient [4, 4] at 0 overlaps x", () -> new Update(List.of(
                        plainStep(a, b), plainStep(c, a)))));
    }

    private Update.Step plainStep(Matrix x, Matrix gradient) {
        return new Update.Step(new Update.Gradient(), x, gradient, null, null, coefficients, null, null);
    }

    private Stream<Arguments> others() {
        Matrix first = a.slice(0, 1);
        Matrix second = b.slice(0, 1);
        return Stream.of(
                refused("column sum: in [4, 4] at 0 overlaps out", () -> new ColumnSum.Entry(a, first, 1f)),
                refused("column sum: out [1, 4] at 16 overlaps out", () -> new ColumnSum(List.of(
                        new ColumnSum.Entry(a, second, 1f), new ColumnSum.Entry(c, second, 1f)))),
                refused("column sum: in [4, 4] at 16 overlaps out", () -> new ColumnSum(List.of(
                        new ColumnSum.Entry(a, second, 1f), new ColumnSum.Entry(b, vector, 1f)))),
                refused("element-wise operation: output [4, 4] at 0 overlaps an operand at 15", () -> new Elementwise(
                        Elementwise.Kind.ACTIVATE, MAP, 1f, across, null, a)),
                refused("element-wise operation: output [4, 4] at 0 overlaps an operand at 15", () -> new Elementwise(
                        Elementwise.Kind.RESIDUAL, MAP, 1f, a, across, a)),
                refused("power iteration: y [1, 4] at 16 overlaps x", () -> power(a, second, second, null)),
                refused("power iteration: step [1, 1] at 18 overlaps x",
                        () -> power(a, second, vector, new Matrix(buffer, 18, 1, 1))),
                refused("power iteration: a [4, 4] at 0 overlaps x", () -> power(a, first, second, null)),
                refused("copy: source and target overlap", () -> new Copy(a, across)));
    }

    /** Of 4 images of 2 x 2, one filter for each pixel; z and the state fill two squares each. */
    private TvPdhg tv(Matrix weights, Matrix bias, Matrix target) {
        TvPdhg.Penalty layer = new TvPdhg.Penalty(new PatchGrid(2, 2, 1, 1, 1, 0), weights, bias, MAP, target);
        return new TvPdhg(2, 2, true, layer, 1f, a, new Matrix(buffer, N * N, N, 2 * N), new Matrix(buffer, 3 * N * N, N, 2 * N),
                TvPdhg.Rule.FIXED, 1, 0, 0, 1);
    }

    private Stream<Arguments> totalVariation() {
        Matrix one = new Matrix(buffer, 5 * N * N, 1, 1);
        return Stream.of(
                refused("TV: weights [1, 1] at 3 overlaps x", () -> tv(new Matrix(buffer, 3, 1, 1), one, f)),
                refused("TV: bias [1, 1] at 79 overlaps state", () -> tv(one, new Matrix(buffer, 79, 1, 1), f)),
                refused("TV: target [4, 4] at 32 overlaps z", () -> tv(one, one, c)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusals")
    void saysWhatOverlaps(String message, ThrowingCallable made) {
        assertThatThrownBy(made).isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith(message)
                .hasMessageNotContaining("\n");
    }

    @Test
    void whatIsReadMayBeShared() {
        assertThatCode(() -> {
            row(a, new Epilogue.Add(b), Dense.forward(b, b), new Scaled(1f, b));
            row(a, residual(d, b, c));
            new Product(List.of(row(a, new Epilogue.Add(a)), row(b, new Epilogue.Add(b)), row(c, new Epilogue.Add(d))));
            step(a, b, c, d, b);
            keptNowhere(step(a, null, b, c, d), d);
            new Elementwise(Elementwise.Kind.PULLBACK, new SoftThreshold(1f), 1f, a, a, a);
        }).doesNotThrowAnyException();
    }

    @Test
    void emptyOperandsOverlapNothing() {
        Matrix none = new Matrix(buffer, 1, 0, N);
        assertThatCode(() -> row(a, new Epilogue.Scale(1f), Dense.gradient(none, none))).doesNotThrowAnyException();
    }

    /** As many rows as the largest networks have, all in one buffer. */
    @Test
    void manyRowsAreChecked() {
        Buffer large = new HostBuffer(3000L * N * N);
        List<Product.Row> rows = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            Matrix out = new Matrix(large, (long) i * N * N, N, N);
            rows.add(row(out, new Epilogue.Add(out), Dense.forward(
                    new Matrix(large, (1000L + i) * N * N, N, N), new Matrix(large, (2000L + i) * N * N, N, N))));
        }
        assertThatCode(() -> new Product(rows)).doesNotThrowAnyException();
        rows.add(row(a, new Epilogue.Scale(1f), Dense.forward(new Matrix(large, 500L * N * N + 15, 4, 4), e)));
        assertThatThrownBy(() -> new Product(rows))
                .hasMessageStartingWith("product: left factor [4, 4] at 8015 overlaps output [4, 4] at 8016");
    }
}

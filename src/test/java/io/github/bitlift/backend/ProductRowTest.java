package io.github.bitlift.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.bitlift.backend.Product.Dense;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A block row has an output, or a step that takes the result as its gradient; the step's gradient says which. */
class ProductRowTest {
    private static final Epilogue PLAIN = new Epilogue.Scale(1f);

    private final Matrix out = matrix(2, 3);
    private final List<Product.Term> term = List.of(Dense.forward(matrix(2, 5), matrix(3, 5)));

    private static Matrix matrix(int rows, int columns) {
        return Matrix.of(new HostBuffer((long) rows * columns), rows, columns);
    }

    private static Update.Step step(int rows, int columns, Matrix gradient) {
        return new Update.Step(
                new Update.Gradient(), matrix(rows, columns), gradient, null, null, matrix(1, 3), null, null);
    }

    private static void refused(ThrowingCallable made, String message) {
        assertThatThrownBy(made).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }

    @Test
    void aRowHasTheShapeOfItsTerms() {
        for (Product.Row row : List.of(
                new Product.Row(out, term, PLAIN), new Product.Row(term, PLAIN, step(2, 3, null)))) {
            assertThat(row.rows()).isEqualTo(2);
            assertThat(row.columns()).isEqualTo(3);
            assertThat(row.size()).isEqualTo(6);
        }
    }

    @Test
    void aResultMustGoSomewhere() {
        refused(() -> new Product.Row(null, term, PLAIN), "product: a row needs an output or a step");
    }

    @Test
    void theStepsGradientIsTheOutput() {
        refused(() -> new Product.Row(out, term, PLAIN, step(2, 3, null)),
                "product: the row's output is [2, 3] at 0, the fused step's gradient none; "
                        + "expected the same matrix in both places, or in neither");
        refused(() -> new Product.Row(term, PLAIN, step(2, 3, out)),
                "product: the row's output is none, the fused step's gradient [2, 3] at 0; "
                        + "expected the same matrix in both places, or in neither");
        refused(() -> new Product.Row(out, term, PLAIN, step(2, 3, matrix(2, 3))),
                "product: the row's output is [2, 3] at 0, the fused step's gradient [2, 3] at 0; "
                        + "expected the same matrix in both places, or in neither");
    }

    @Test
    void withoutAnOutputTheStepsVariableHasTheShape() {
        refused(() -> new Product.Row(term, PLAIN, step(3, 2, null)), "product: x of the step is [3, 2], expected [2, 3]");
        refused(() -> new Product.Row(term, new Epilogue.Add(matrix(2, 2)), step(2, 3, null)),
                "addend is [2, 2], expected [2, 3]");
    }

    @Test
    void aStepOutsideAProductNeedsAGradient() {
        refused(() -> new Update(List.of(step(2, 3, out), step(4, 5, null))),
                "update: a step of x [4, 5] has no gradient, which only a step behind a product's row can do without");
    }
}

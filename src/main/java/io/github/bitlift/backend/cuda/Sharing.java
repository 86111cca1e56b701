package io.github.bitlift.backend.cuda;

import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Update;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Which operands of a block row share memory with what the row writes. The reference computes a row of the output, its
 * epilogue and its step before it looks at the next; kernels work on all rows at once. Both give the same bits where an element is
 * written after its last use, for the rest this class says what it takes, or refuses.
 */
final class Sharing {
    private final Product.Row row;
    private final List<Matrix> written;
    private final boolean sumsApart;

    /** @throws IllegalArgumentException if a later row of the output would need what an earlier one wrote */
    Sharing(Product.Row row) {
        this.row = row;
        written = present(Stream.concat(Stream.of(row.out()), Stream.concat(kept(row.epilogue()), moved(row.then()))));
        written.forEach(each -> requireElementwise(each, present(elementwise())));
        written.forEach(each -> written.forEach(other -> requireElementwise(each, List.of(other))));
        written.forEach(each -> vectors().forEach(vector -> requireVector(each, vector)));
        sumsApart = dense().anyMatch(dense -> requireDense(dense.left(), !dense.transposeLeft())
                | requireDense(dense.right(), false));
    }

    /** Whether a factor is overwritten, so that all sums must be there before anything is written. */
    boolean sumsApart() {
        return sumsApart;
    }

    /** Whether the epilogue reads what it wrote before, so that its operations must be done one after the other. */
    boolean inOrder() {
        List<Matrix> results = present(Stream.concat(Stream.of(row.out()), kept(row.epilogue())));
        List<Matrix> used = present(used(row.epilogue()));
        for (int i = 0; i < results.size(); i++) {
            Matrix result = results.get(i);
            Stream<Matrix> others = Stream.concat(used.stream(), results.subList(i + 1, results.size()).stream());
            if (others.anyMatch(other -> overlap(result, other))) {
                return true;
            }
        }
        return false;
    }

    /** What an epilogue writes beside the output. */
    private static Stream<Matrix> kept(Epilogue epilogue) {
        if (epilogue instanceof Epilogue.Activate activate) {
            return Stream.of(activate.preactivation()).filter(Objects::nonNull);
        }
        return epilogue instanceof Epilogue.Residual residual
                ? Stream.of(residual.preactivation(), residual.pull()) : Stream.empty();
    }

    /** What an epilogue reads after the sum is complete; an addend may be written over, as it is read first of all. */
    private static Stream<Matrix> used(Epilogue epilogue) {
        if (epilogue instanceof Epilogue.Activate activate) {
            return Stream.of(activate.bias());
        }
        if (epilogue instanceof Epilogue.Residual residual) {
            return Stream.of(residual.bias(), residual.target());
        }
        return epilogue instanceof Epilogue.Pullback pullback ? Stream.of(pullback.preactivation()) : Stream.empty();
    }

    private static Stream<Matrix> moved(Update.Step step) {
        return step == null ? Stream.empty() : Stream.of(step.x(), step.first(), step.second());
    }

    /** What is read element for element. */
    private Stream<Matrix> elementwise() {
        List<Matrix> operands = new ArrayList<>();
        for (Product.Term term : row.terms()) {
            if (term instanceof Product.Scaled scaled) {
                operands.add(scaled.operand());
            }
        }
        Epilogue epilogue = row.epilogue();
        if (epilogue instanceof Epilogue.Add add) {
            operands.add(add.addend());
        } else if (epilogue instanceof Epilogue.Residual residual) {
            operands.add(residual.target());
        } else if (epilogue instanceof Epilogue.Pullback pullback) {
            operands.add(pullback.preactivation());
        }
        if (row.then() != null && row.then().anchor() != null) {
            operands.add(row.then().anchor().point());
        }
        return operands.stream();
    }

    /** What every row of the output reads. */
    private Stream<Matrix> vectors() {
        Stream<Matrix> biases = row.epilogue() instanceof Epilogue.Activate activate ? Stream.of(activate.bias())
                : row.epilogue() instanceof Epilogue.Residual residual ? Stream.of(residual.bias()) : Stream.empty();
        return row.then() == null ? biases : Stream.concat(biases, Stream.of(row.then().coefficients()));
    }

    private Stream<Product.Dense> dense() {
        return row.terms().stream().filter(Product.Dense.class::isInstance).map(Product.Dense.class::cast);
    }

    private static void requireElementwise(Matrix result, List<Matrix> operands) {
        operands.forEach(operand -> require(!overlap(result, operand) || result.equals(operand), result, operand));
    }

    private void requireVector(Matrix result, Matrix vector) {
        require(!overlap(result, vector) || row.out().rows() == 1 && result.equals(vector), result, vector);
    }

    /** Whether a factor is overwritten: sound where each row of the output needs the same row of the factor alone. */
    private boolean requireDense(Matrix factor, boolean byRows) {
        boolean shared = false;
        for (Matrix result : written) {
            if (overlap(result, factor)) {
                require(row.out().rows() == 1 || byRows && result.equals(factor), result, factor);
                shared = true;
            }
        }
        return shared;
    }

    private static void require(boolean sound, Matrix result, Matrix operand) {
        if (!sound) {
            throw new IllegalArgumentException("product: an operand " + operand.shape() + " at " + operand.offset()
                    + " overlaps what the same row writes, " + result.shape() + " at " + result.offset()
                    + "; expected the same place, or another");
        }
    }

    private static boolean overlap(Matrix a, Matrix b) {
        return a.buffer() == b.buffer() && a.size() > 0 && b.size() > 0
                && a.offset() < b.offset() + b.size() && b.offset() < a.offset() + a.size();
    }

    private static List<Matrix> present(Stream<Matrix> matrices) {
        return matrices.filter(Objects::nonNull).toList();
    }
}

package io.github.bitlift.network;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Buffer;
import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Product;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * The way back through a {@link Composition}: from the gradients in its matrices to those in the parameters, by the chain
 * rule, level by level. Owns a gradient, and for scalings a scratch matrix, beside each matrix.
 */
public final class CompositionGradient implements AutoCloseable {
    private final Composition composition;
    private final List<Buffer> buffers = new ArrayList<>();
    private final Map<Expression, Matrix> gradients = new IdentityHashMap<>();
    private final Map<Expression, Matrix> scratch = new IdentityHashMap<>();

    /** Allocates. */
    public CompositionGradient(Backend backend, Composition composition) {
        this.composition = composition;
        for (Expression expression : composition.learnable()) {
            gradients.put(expression, allocate(backend, expression.value()));
            if (expression.rule() instanceof Expression.ScaledBy) {
                scratch.put(expression, allocate(backend, expression.value()));
            }
        }
    }

    private Matrix allocate(Backend backend, Matrix like) {
        Buffer buffer = backend.allocate(like.size());
        buffers.add(buffer);
        return Matrix.of(buffer, like.rows(), like.columns());
    }

    /**
     * Carries gradients back.
     *
     * @param terms the summands of the gradient in each matrix that blocks hold, by matrix; on return, those of the
     *     parameters alone
     * @return what must run before the remaining summands can be added up
     */
    public List<Operation> pull(Map<Matrix, List<Product.Term>> terms) {
        List<Operation> operations = new ArrayList<>();
        for (int level = composition.levels(); level > 0; level--) {
            List<Product.Row> sums = new ArrayList<>();
            List<Product.Row> scaled = new ArrayList<>();
            for (Expression expression : composition.level(level)) {
                List<Product.Term> summands = terms.remove(expression.value());
                if (summands != null) {
                    Matrix gradient = gradients.get(expression);
                    sums.add(new Product.Row(gradient, summands, new Epilogue.Scale(1f)));
                    hand(expression, gradient, terms, scaled);
                }
            }
            if (!sums.isEmpty()) {
                operations.add(new Product(sums));
            }
            if (!scaled.isEmpty()) {
                operations.add(new Product(scaled));
            }
        }
        return operations;
    }

    /** Adds what a matrix hands on to its operands. */
    private void hand(
            Expression from, Matrix g, Map<Matrix, List<Product.Term>> terms, List<Product.Row> scaled) {
        if (from.rule() instanceof Expression.Times times) {
            add(times.left(), times.leftGradient(g), terms);
            add(times.right(), times.rightGradient(g), terms);
        } else if (from.rule() instanceof Expression.Multiple multiple) {
            add(multiple.operand(), new Product.Scaled(multiple.factor(), g), terms);
        } else if (from.rule() instanceof Expression.IdentityMinus minus) {
            add(minus.operand(), new Product.Scaled(-1f, g), terms);
        } else if (from.rule() instanceof Expression.ScaledBy by) {
            add(by.scalar(), by.scalarGradient(g), terms);
            if (by.operand().learnable()) {
                Matrix out = scratch.get(from);
                scaled.add(by.scaled(g, out));
                add(by.operand(), new Product.Scaled(1f, out), terms);
            }
        }
    }

    private static void add(Expression to, Product.Term term, Map<Matrix, List<Product.Term>> terms) {
        if (to.learnable()) {
            terms.computeIfAbsent(to.value(), none -> new ArrayList<>()).add(term);
        }
    }

    @Override
    public void close() {
        buffers.forEach(Buffer::close);
    }
}

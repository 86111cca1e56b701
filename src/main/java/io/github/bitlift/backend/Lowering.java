package io.github.bitlift.backend;

import java.util.ArrayList;
import java.util.List;

/**
 * A program's operations with nothing but what backends carry out: products with {@link Convolved} terms become unfolding and
 * folding around plain ones. The patches lie in one piece of memory, which belongs to the program and which all its operations
 * share, as they run one after the other.
 */
public final class Lowering implements AutoCloseable {
    private final List<Operation> operations = new ArrayList<>();
    private final Buffer scratch;
    private long used;

    /**
     * Allocates what is needed, nothing if there are no such terms.
     *
     * @param backend where the program runs
     * @param given the operations as they were written
     * @throws BackendException if there isn't enough memory
     */
    public Lowering(Backend backend, List<? extends Operation> given) {
        long most = given.stream().mapToLong(Lowering::need).max().orElse(0);
        boolean any = given.stream().anyMatch(Lowering::isConvolved);
        scratch = any ? backend.allocate(Math.max(1, most)) : null;
        try {
            for (Operation operation : given) {
                used = 0;
                operations.add(isConvolved(operation) ? lower((Product) operation) : operation);
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private static boolean isConvolved(Operation operation) {
        return operation instanceof Product product && product.rows().stream()
                .anyMatch(row -> row.terms().stream().anyMatch(Convolved.class::isInstance));
    }

    private static long need(Operation operation) {
        return !(operation instanceof Product product) ? 0 : product.rows().stream()
                .flatMap(row -> row.terms().stream())
                .mapToLong(term -> term instanceof Convolved convolved ? convolved.scratch() : 0)
                .sum();
    }

    private Product lower(Product product) {
        List<Product.Row> rows = new ArrayList<>();
        for (Product.Row row : product.rows()) {
            List<Product.Term> terms = new ArrayList<>();
            for (Product.Term term : row.terms()) {
                terms.add(term instanceof Convolved convolved ? lower(convolved) : term);
            }
            rows.add(new Product.Row(row.out(), terms, row.epilogue(), row.then()));
        }
        return new Product(rows);
    }

    private Product.Term lower(Convolved term) {
        Convolved.Lowered lowered = term.lower(this::take);
        operations.addAll(lowered.before());
        return lowered.term();
    }

    private Matrix take(int rows, int columns) {
        Matrix piece = new Matrix(scratch, used, rows, columns);
        used += Convolved.padded(piece.size());
        return piece;
    }

    /** What backends carry out, in order. */
    public List<Operation> operations() {
        return List.copyOf(operations);
    }

    /** Frees the patches. */
    @Override
    public void close() {
        if (scratch != null) {
            scratch.close();
        }
    }
}

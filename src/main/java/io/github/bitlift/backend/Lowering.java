package io.github.bitlift.backend;

import java.util.ArrayList;
import java.util.List;

/**
 * A program's operations with nothing but what backends carry out: products with {@link Convolved} terms become unfolding and
 * folding around plain ones, iterations with {@link TvPdhg.Penalty} single steps behind the products that give their gradient.
 * Patches, residuals and gradients lie in one piece of memory, which belongs to the program and which all its operations share, as
 * they run one after the other.
 */
public final class Lowering implements AutoCloseable {
    private final List<Operation> operations = new ArrayList<>();
    private final Backend backend;
    private final Buffer scratch;
    private long used;

    /**
     * Allocates what is needed, nothing if there is nothing to lower.
     *
     * @param backend where the program runs
     * @param given the operations as they were written
     * @throws BackendException if there isn't enough memory
     */
    public Lowering(Backend backend, List<? extends Operation> given) {
        this.backend = backend;
        long most = given.stream().mapToLong(this::need).max().orElse(0);
        boolean any = given.stream().anyMatch(operation -> isConvolved(operation) || isPenalised(operation));
        scratch = any ? backend.allocate(Math.max(1, most)) : null;
        try {
            for (Operation operation : given) {
                used = 0;
                if (isPenalised(operation)) {
                    add((TvPdhg) operation);
                } else {
                    operations.add(isConvolved(operation) ? lower((Product) operation) : operation);
                }
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

    private boolean isPenalised(Operation operation) {
        return operation instanceof TvPdhg tv && tv.data() instanceof TvPdhg.Penalty && !backend.fuses(tv);
    }

    private long need(Operation operation) {
        if (isPenalised(operation)) {
            TvPdhg tv = (TvPdhg) operation;
            TvPdhg.Penalty penalty = (TvPdhg.Penalty) tv.data();
            // The adjoint takes what the convolution takes, and more.
            return Convolved.padded(penalty.target().size()) + Convolved.padded(tv.x().size())
                    + new Convolved.Adjoint(penalty.target(), penalty.grid(), penalty.weights()).scratch();
        }
        return !(operation instanceof Product product) ? 0 : product.rows().stream()
                .flatMap(row -> row.terms().stream())
                .mapToLong(term -> term instanceof Convolved convolved ? convolved.scratch() : 0)
                .sum();
    }

    private void add(TvPdhg tv) {
        TvPdhg.Penalty penalty = (TvPdhg.Penalty) tv.data();
        Matrix residual = take(penalty.target().rows(), penalty.target().columns());
        Matrix gradient = take(tv.x().rows(), tv.x().columns());
        long kept = used;
        for (int i = 0; i < tv.iterations(); i++) {
            for (Product product : penalty.gradient(tv.x(), residual, gradient)) {
                used = kept;
                operations.add(lower(product));
            }
            operations.add(tv.step(gradient));
        }
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

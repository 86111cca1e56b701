package io.github.bitlift.network;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Buffer;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Program;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The matrices of a network that follow from its parameters by products, scalings and the identity, such as the structured
 * weights {@code I − γL*H*HL} of an unrolled algorithm (framework paper, eq. 12). They are computed once per change of the
 * parameters, by {@link #prepare}; after that every block is one matrix, and a block operator still runs in one launch.
 *
 * <p>A learnable scalar is a parameter of shape [1, 1]. Scaling by it is a product of depth one, and its gradient {@code ⟨G,
 * A⟩} a product over all elements: no operation beyond {@link Product} is needed, forward or backward.
 *
 * <p>Owns what it allocates, the constants among it; parameters belong to their {@link Parameters}.
 */
public final class Composition implements AutoCloseable {
    private final Backend backend;
    private final Parameters parameters;
    private final List<Expression> expressions = new ArrayList<>();
    private final List<Buffer> buffers = new ArrayList<>();

    /** An empty one over parameters. */
    public Composition(Backend backend, Parameters parameters) {
        this.backend = backend;
        this.parameters = parameters;
    }

    /** For networks whose blocks are all parameters as they are. */
    static Composition none() {
        return new Composition(null, null);
    }

    /** A parameter by name. */
    public Expression parameter(String name) {
        Matrix value = parameters.named(name);
        String symbol = Monomial.symbol(name);
        boolean scalar = value.rows() == 1 && value.columns() == 1 && Character.isLowerCase(symbol.charAt(0));
        return new Expression(
                new Expression.Given(), value, scalar ? Monomial.scalar(symbol) : Monomial.of(symbol), 0, true);
    }

    /** A matrix that isn't learned. */
    public Expression constant(String name, MeasurementOperator operator) {
        Matrix value = allocate(operator.rows(), operator.columns());
        value.write(operator.values());
        return keep(new Expression(new Expression.Given(), value, Monomial.of(name), 0, false));
    }

    /** {@code [1, n]} of zeros, for a bias that isn't there. */
    Matrix zeros(int n) {
        return allocate(1, n);
    }

    /** {@code A·B}. */
    public Expression times(Expression left, Expression right) {
        return derive(new Expression.Times(left, false, right, false), left.value().rows(), right.value().columns(),
                left.text().times(right.text()));
    }

    /** {@code A*·B}. */
    public Expression adjointTimes(Expression left, Expression right) {
        return derive(new Expression.Times(left, true, right, false), left.value().columns(), right.value().columns(),
                left.text().adjoint().times(right.text()));
    }

    /** {@code A·B*}. */
    public Expression timesAdjoint(Expression left, Expression right) {
        return derive(new Expression.Times(left, false, right, true), left.value().rows(), right.value().rows(),
                left.text().times(right.text().adjoint()));
    }

    /** {@code factor·A}. */
    public Expression multiple(float factor, Expression operand) {
        return derive(new Expression.Multiple(factor, operand), operand.value().rows(), operand.value().columns(),
                operand.text().multiple(factor));
    }

    /** {@code s·A}, s being of shape [1, 1]. */
    public Expression scaled(Expression scalar, Expression operand) {
        return derive(new Expression.ScaledBy(scalar, operand), operand.value().rows(), operand.value().columns(),
                scalar.text().times(operand.text()));
    }

    /** {@code I − A}. */
    public Expression identityMinus(Expression operand) {
        int n = operand.value().rows();
        Matrix identity = allocate(n, n);
        identity.write(MeasurementOperator.identity(n).values());
        return derive(new Expression.IdentityMinus(identity, operand), n, n, operand.text());
    }

    /** Constants are computed here and now. */
    private Expression derive(Expression.Rule rule, int rows, int columns, Monomial text) {
        int level = 1 + rule.operands().stream().mapToInt(Expression::level).max().orElse(0);
        boolean learnable = rule.operands().stream().anyMatch(Expression::learnable);
        Expression made = new Expression(rule, allocate(rows, columns), text, level, learnable);
        if (!learnable) {
            try (Program program = backend.compile(List.of(Product.of(rule.forward(made.value()))))) {
                program.run();
            }
        }
        return keep(made);
    }

    private Expression keep(Expression expression) {
        expressions.add(expression);
        return expression;
    }

    private Matrix allocate(int rows, int columns) {
        Buffer buffer = backend.allocate((long) rows * columns);
        buffers.add(buffer);
        return Matrix.of(buffer, rows, columns);
    }

    /** The learnable matrices of a level, from 1. */
    List<Expression> level(int level) {
        return expressions.stream()
                .filter(expression -> expression.learnable() && expression.level() == level)
                .toList();
    }

    /** The number of levels, each of which is one launch. */
    int levels() {
        return expressions.stream().filter(Expression::learnable).mapToInt(Expression::level).max().orElse(0);
    }

    /** Computes all matrices from the present parameters; nothing for a network without any. */
    public List<Operation> prepare() {
        List<Operation> operations = new ArrayList<>();
        for (int level = 1; level <= levels(); level++) {
            operations.add(new Product(level(level).stream()
                    .map(expression -> expression.rule().forward(expression.value()))
                    .toList()));
        }
        return operations;
    }

    /** What lies at a place, if it is of this composition. */
    public Optional<Expression> at(Matrix value) {
        return expressions.stream().filter(expression -> expression.value().equals(value)).findFirst();
    }

    /** The elements it holds in memory. */
    public long size() {
        return buffers.stream().mapToLong(Buffer::length).sum();
    }

    /** The learnable expressions' values, for the way back. */
    Expression[] learnable() {
        return expressions.stream().filter(Expression::learnable).toArray(Expression[]::new);
    }

    @Override
    public void close() {
        buffers.forEach(Buffer::close);
    }

    @Override
    public String toString() {
        return Arrays.toString(learnable());
    }
}

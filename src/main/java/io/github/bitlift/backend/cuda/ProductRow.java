package io.github.bitlift.backend.cuda;

import io.github.bitlift.prox.Identity;
import io.github.bitlift.prox.ProxMap;

/**
 * One block row of a launch, laid out as {@code kernels/product_row.cuh} declares it. What isn't set is absent: no addend,
 * no step, and the sum itself as the result.
 */
final class ProductRow {
    private static final int BYTES = 128;

    /** In the order of Epilogue in {@code product_row.cuh}. */
    private enum Kind { SCALE, BIAS, ACTIVATE, RESIDUAL, PULLBACK }

    private final int rows;
    private final int columns;
    private final Value left;
    private final Value right;
    private final int depth;
    private Value addend = Value.NULL;
    private float addendFactor = 1f;
    private Kind epilogue = Kind.SCALE;
    private float factor = 1f;
    private Value bias = Value.NULL;
    private Value other = Value.NULL;
    private Value preactivation = Value.NULL;
    private Value pull = Value.NULL;
    private float mu;
    private boolean smoothRidge;
    private MapParameters parameters = MapParameters.NONE;
    private boolean linear;
    private Value step = Value.NULL;
    private boolean proximal;
    private Value out = Value.NULL;

    /** A product: its operands as the kernel's layout wants them. */
    ProductRow(int rows, int columns, Value left, Value right, int depth) {
        this.rows = rows;
        this.columns = columns;
        this.left = left;
        this.right = right;
        this.depth = depth;
    }

    /** A finished sum. */
    ProductRow(int rows, int columns, Value sum) {
        this(rows, columns, sum, Value.NULL, 0);
    }

    int rows() {
        return rows;
    }

    int columns() {
        return columns;
    }

    boolean hasAddend() {
        return addend != Value.NULL;
    }

    /** {@code c ← factor·addend + c}. */
    ProductRow addend(Value matrix, float by) {
        addend = matrix;
        addendFactor = by;
        return this;
    }

    /** {@code factor·c}. */
    ProductRow scale(float by) {
        factor = by;
        return this;
    }

    /** {@code v = c + b}, kept in {@code keep} unless that is null. */
    ProductRow affine(Value vector, Value keep) {
        epilogue = Kind.BIAS;
        bias = vector;
        preactivation = keep;
        return this;
    }

    /** With {@code affine}: what {@link io.github.bitlift.backend.Epilogue.Residual} pulls u with, into {@code to}. */
    ProductRow pull(Value to, Value u, float by, boolean smooth) {
        pull = to;
        other = u;
        mu = by;
        smoothRidge = smooth;
        return this;
    }

    /** After {@code affine}: {@code σ(v)}. */
    ProductRow activate(ProxMap sigma, Operands operands) {
        epilogue = Kind.ACTIVATE;
        return map(sigma, operands);
    }

    /** After {@code affine}: {@code μ·(σ(v) − u)}. */
    ProductRow residual(ProxMap sigma, Value u, float by, Operands operands) {
        epilogue = Kind.RESIDUAL;
        other = u;
        mu = by;
        return map(sigma, operands);
    }

    /** {@code σ'(v)·c}. */
    ProductRow pullback(ProxMap sigma, Value v, Operands operands) {
        epilogue = Kind.PULLBACK;
        other = v;
        return map(sigma, operands);
    }

    private ProductRow map(ProxMap sigma, Operands operands) {
        parameters = MapParameters.of(operands, sigma);
        linear = sigma instanceof Identity;
        return this;
    }

    /** The optimiser step that follows, with the kernel's own prox map or none. */
    ProductRow step(Value descriptor, boolean withProximal) {
        step = descriptor;
        proximal = withProximal;
        return this;
    }

    ProductRow out(Value to) {
        out = to;
        return this;
    }

    /** The descriptor of a row whose first tile has the given number. */
    Struct struct(int firstTile) {
        return new Struct()
                .put(left).put(right).put(addend).put(bias).put(other).put(preactivation).put(pull).put(out).put(step)
                .put(rows).put(columns).put(depth).put(firstTile)
                .put(epilogue.ordinal()).put(smoothRidge ? 1 : 0).put(proximal ? 1 : 0)
                .put(factor).put(addendFactor).put(mu).put(parameters.first()).put(parameters.second()).put(linear ? 1 : 0)
                .ofSize(BYTES);
    }
}

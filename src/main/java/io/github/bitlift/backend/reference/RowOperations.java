package io.github.bitlift.backend.reference;

import static io.github.bitlift.backend.HostBuffer.array;
import static io.github.bitlift.backend.HostBuffer.arrayOrNull;
import static io.github.bitlift.backend.HostBuffer.start;

import io.github.bitlift.backend.Elementwise;
import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Reduce;
import io.github.bitlift.backend.Update;
import io.github.bitlift.numerics.Reduction;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.RowScratch;

/**
 * What epilogues, element-wise operations, optimiser steps and reductions do to rows, in the order of operations
 * fixed by the operations' Javadoc; {@link Maps} and {@link Rows} hold the loops.
 */
public final class RowOperations {
    private static final int CHUNK = 1024;

    private final Maps maps;
    private final Rows rows;
    private final RowScratch scratch = new RowScratch();
    private final float[] gradient = new float[CHUNK];
    private float[] target = {};

    /**
     * With scratch of its own: one instance per thread.
     *
     * @param maps how prox maps are applied
     * @param rows the arithmetic on a row's elements
     */
    public RowOperations(Maps maps, Rows rows) {
        this.maps = maps;
        this.rows = rows;
    }

    /**
     * Does what follows the sums of neighbouring rows of a block row: epilogue, output, step.
     *
     * @param of the block row
     * @param row the first of the rows
     * @param count how many rows
     * @param c where their sums are: in the output itself, unless that is the epilogue's addend, or elsewhere
     * @param at index of the first one
     */
    public void finish(Product.Row of, int row, int count, float[] c, int at) {
        int n = count * of.columns();
        epilogue(of.epilogue(), row, count, c, at, n);
        if (of.out() != null && array(of.out()) != c) {
            System.arraycopy(c, at, array(of.out()), start(of.out(), row), n);
        }
        if (of.then() != null) {
            step(of.then(), (long) row * of.columns(), n, c, at);
        }
    }

    private void epilogue(Epilogue epilogue, int row, int count, float[] c, int at, int n) {
        if (epilogue instanceof Epilogue.Scale scale) {
            if (scale.factor() != 1f) {
                rows.scale(scale.factor(), c, at, n);
            }
        } else if (epilogue instanceof Epilogue.Add add) {
            rows.add(array(add.addend()), start(add.addend(), row), c, at, c, at, n);
        } else if (epilogue instanceof Epilogue.Activate activate) {
            addBias(activate.bias(), count, c, at);
            keep(activate.preactivation(), row, c, at, n);
            activate(activate.sigma(), count, c, at, c, at, n);
        } else if (epilogue instanceof Epilogue.Residual residual) {
            residual(residual, row, count, c, at, n);
        } else if (epilogue instanceof Epilogue.Pullback pullback) {
            Matrix v = pullback.preactivation();
            pullback(pullback.sigma(), count, array(v), start(v, row), c, at, c, at, n);
        }
    }

    private void residual(Epilogue.Residual residual, int row, int count, float[] c, int at, int n) {
        addBias(residual.bias(), count, c, at);
        keep(residual.preactivation(), row, c, at, n);
        float[] u = array(residual.target());
        int uAt = start(residual.target(), row);
        float mu = residual.mu();
        if (residual.pull() != null) {
            float[] pull = array(residual.pull());
            int pullAt = start(residual.pull(), row);
            if (residual.smoothRidge()) {
                rows.scaledDifference(mu, u, uAt, c, at, pull, pullAt, n);
            } else {
                rows.negatedProduct(mu, c, at, pull, pullAt, n);
            }
        }
        residual(residual.sigma(), mu, count, c, at, u, uAt, c, at, n);
    }

    private void residual(
            ProxMap sigma, float mu, int count, float[] v, int vAt, float[] u, int uAt, float[] out, int outAt, int n) {
        activate(sigma, count, v, vAt, out, outAt, n);
        rows.scaledDifference(mu, out, outAt, u, uAt, out, outAt, n);
    }

    private void addBias(Matrix bias, int count, float[] c, int at) {
        rows.addToEach(array(bias), start(bias), bias.columns(), c, at, count);
    }

    private static void keep(Matrix preactivation, int row, float[] c, int at, int n) {
        if (preactivation != null) {
            System.arraycopy(c, at, array(preactivation), start(preactivation, row), n);
        }
    }

    // Maps that couple a whole row take rows one by one; for others, rows that lie side by side are as good as one.

    private static int parts(ProxMap map, int count) {
        return map.coupling() == 0 ? count : 1;
    }

    private void activate(ProxMap map, int count, float[] v, int vAt, float[] u, int uAt, int n) {
        int parts = parts(map, count);
        for (int part = 0; part < parts; part++) {
            int at = part * (n / parts);
            maps.activate(map, v, vAt + at, u, uAt + at, n / parts, scratch);
        }
    }

    private void scaledProx(ProxMap map, float tau, int count, float[] v, int vAt, float[] u, int uAt, int n) {
        int parts = parts(map, count);
        for (int part = 0; part < parts; part++) {
            int at = part * (n / parts);
            maps.scaledProx(map, tau, v, vAt + at, u, uAt + at, n / parts, scratch);
        }
    }

    private void pullback(
            ProxMap map, int count, float[] v, int vAt, float[] w, int wAt, float[] out, int outAt, int n) {
        int parts = parts(map, count);
        for (int part = 0; part < parts; part++) {
            int at = part * (n / parts);
            maps.pullback(map, v, vAt + at, w, wAt + at, out, outAt + at, n / parts, scratch);
        }
    }

    /** Applies an element-wise operation to {@code count} neighbouring rows. */
    public void elementwise(Elementwise operation, int row, int count) {
        int n = count * operation.v().columns();
        float[] v = array(operation.v());
        int vAt = start(operation.v(), row);
        float[] w = arrayOrNull(operation.w());
        int wAt = start(operation.w(), row);
        float[] out = array(operation.out());
        int outAt = start(operation.out(), row);
        ProxMap map = operation.map();
        switch (operation.kind()) {
            case ACTIVATE -> activate(map, count, v, vAt, out, outAt, n);
            case SCALED_PROX -> scaledProx(map, operation.weight(), count, v, vAt, out, outAt, n);
            case PULLBACK -> pullback(map, count, v, vAt, w, wAt, out, outAt, n);
            // σ(v) goes through the output; where that is u, u has to be kept.
            case RESIDUAL -> {
                boolean isOutput = w == out;
                residual(map, operation.weight(), count, v, vAt, isOutput ? kept(w, wAt, n) : w, isOutput ? 0 : wAt, out, outAt, n);
            }
            default -> throw new AssertionError(operation.kind());
        }
    }

    private float[] kept(float[] values, int at, int n) {
        if (target.length < n) {
            target = new float[n];
        }
        System.arraycopy(values, at, target, 0, n);
        return target;
    }

    /**
     * Takes the optimiser step for some elements of a block: whole rows, unless the proximal part acts on each element
     * alone.
     *
     * @param from index of the first element
     * @param count the number of elements
     */
    public void step(Update.Step step, long from, int count) {
        step(step, from, count, array(step.gradient()), (int) (step.gradient().offset() + from));
    }

    /** The same with the gradient of the first element at {@code g[gAt]}. */
    private void step(Update.Step step, long from, int count, float[] g, int gAt) {
        float[] coefficients = array(step.coefficients());
        int at = start(step.coefficients());
        float[] x = array(step.x());
        int xAt = (int) (step.x().offset() + from);
        for (int done = 0; done < count; done += CHUNK) {
            descend(step, coefficients, at, from + done, Math.min(CHUNK, count - done), g, gAt + done);
        }
        if (step.proximal() != null) {
            proximal(step.proximal(), coefficients[at], count / Math.max(1, step.x().columns()), x, xAt, count);
        }
    }

    private void descend(Update.Step step, float[] coefficients, int at, long from, int n, float[] gradients, int first) {
        float tau = coefficients[at];
        float[] x = array(step.x());
        int xAt = (int) (step.x().offset() + from);
        float[] g = gradients;
        int gAt = first;
        Update.Anchor anchor = step.anchor();
        if (anchor != null) {
            int pointAt = (int) (anchor.point().offset() + from);
            rows.pull(anchor.weight(), x, xAt, array(anchor.point()), pointAt, g, gAt, gradient, 0, n);
            g = gradient;
            gAt = 0;
        }
        float[] m = arrayOrNull(step.first());
        int mAt = step.first() == null ? 0 : (int) (step.first().offset() + from);
        if (step.rule() instanceof Update.Gradient) {
            rows.gradient(tau, g, gAt, x, xAt, n);
        } else if (step.rule() instanceof Update.HeavyBall rule) {
            rows.heavyBall(tau, rule.momentum(), rule.complement(), g, gAt, m, mAt, x, xAt, n);
        } else if (step.rule() instanceof Update.Nesterov rule) {
            rows.nesterov(tau, rule.momentum(), rule.complement(), g, gAt, m, mAt, x, xAt, n);
        } else if (step.rule() instanceof Update.Adam rule) {
            float[] q = array(step.second());
            int qAt = (int) (step.second().offset() + from);
            rows.adam(rule, coefficients[at + 1], coefficients[at + 2], g, gAt, m, mAt, q, qAt, x, xAt, n);
        }
    }

    private void proximal(Update.Proximal proximal, float tau, int count, float[] x, int xAt, int n) {
        float t = tau * proximal.weight();
        if (proximal.ridge()) {
            float denominator = 1f + t;
            rows.divide(denominator, x, xAt, n);
            t = t / denominator;
        }
        scaledProx(proximal.map(), t, count, x, xAt, x, xAt, n);
    }

    /** The sum of one row's terms. */
    public static double rowSum(Reduce operation, int row, Reduction sums) {
        Matrix left = operation.a();
        int n = left.columns();
        float[] a = array(left);
        int aAt = start(left, row);
        float[] b = arrayOrNull(operation.b());
        int bAt = start(operation.b(), row);
        ProxMap map = operation.map();
        return switch (operation.kind()) {
            case SQUARED_NORM -> sums.squares(a, aAt, n);
            case SQUARED_DISTANCE -> sums.squaredDistances(a, aAt, b, bAt, n);
            case DOT -> sums.products(a, aAt, b, bAt, n);
            case NONZEROS -> nonzeros(a, aAt, n);
            case POTENTIAL -> map.potential(a, aAt, n, sums);
            case CONJUGATE -> map.conjugate(a, aAt, n, sums);
            case PENALTY -> map.penalty(a, aAt, b, bAt, n, sums);
        };
    }

    /** Numbers of this size are exact in any order. */
    private static double nonzeros(float[] a, int at, int n) {
        int count = 0;
        for (int k = 0; k < n; k++) {
            count += a[at + k] != 0 ? 1 : 0;
        }
        return count;
    }
}

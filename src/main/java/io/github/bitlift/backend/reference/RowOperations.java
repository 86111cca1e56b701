package io.github.bitlift.backend.reference;

import static io.github.bitlift.backend.HostBuffer.array;
import static io.github.bitlift.backend.HostBuffer.arrayOrNull;
import static io.github.bitlift.backend.HostBuffer.start;

import io.github.bitlift.backend.Elementwise;
import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Reduce;
import io.github.bitlift.backend.Update;
import io.github.bitlift.numerics.Reduction;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.RowScratch;

/**
 * What epilogues, element-wise operations, optimiser steps and reductions do to one row: scalar
 * loops that spell out the order of operations fixed by the operations' Javadoc.
 */
public final class RowOperations {
    private static final int CHUNK = 1024;

    private final Maps maps;
    private final RowScratch scratch = new RowScratch();
    private final float[] gradient = new float[CHUNK];

    /**
     * With scratch of its own: one instance per thread.
     *
     * @param maps how prox maps are applied
     */
    public RowOperations(Maps maps) {
        this.maps = maps;
    }

    /**
     * Applies an epilogue to row {@code row}, which holds the product's sums in {@code out}.
     *
     * @param epilogue what is done
     * @param out the output matrix
     * @param row the row
     */
    public void epilogue(Epilogue epilogue, Matrix out, int row) {
        epilogue(epilogue, out, row, array(out), start(out, row));
    }

    /**
     * The same with the row's sums at {@code c[at]}: in the output itself or, for {@link Epilogue.Add} alone, elsewhere.
     */
    public void epilogue(Epilogue epilogue, Matrix out, int row, float[] c, int at) {
        int n = out.columns();
        if (epilogue instanceof Epilogue.Scale scale) {
            scale(c, at, n, scale.factor());
        } else if (epilogue instanceof Epilogue.Add add) {
            add(array(add.addend()), start(add.addend(), row), c, at, array(out), start(out, row), n);
        } else if (epilogue instanceof Epilogue.Activate activate) {
            addBias(activate.bias(), c, at, n);
            keep(activate.preactivation(), row, c, at, n);
            maps.activate(activate.sigma(), c, at, c, at, n, scratch);
        } else if (epilogue instanceof Epilogue.Residual residual) {
            residual(residual, row, c, at, n);
        } else if (epilogue instanceof Epilogue.Pullback pullback) {
            Matrix v = pullback.preactivation();
            maps.pullback(pullback.sigma(), array(v), start(v, row), c, at, c, at, n, scratch);
        }
    }

    private void residual(Epilogue.Residual residual, int row, float[] c, int at, int n) {
        addBias(residual.bias(), c, at, n);
        keep(residual.preactivation(), row, c, at, n);
        float[] u = array(residual.target());
        int uAt = start(residual.target(), row);
        float mu = residual.mu();
        if (residual.pull() != null) {
            pull(c, at, u, uAt, array(residual.pull()), start(residual.pull(), row), n, mu, residual.smoothRidge());
        }
        residual(residual.sigma(), mu, c, at, u, uAt, c, at, n);
    }

    private static void pull(
            float[] v, int vAt, float[] u, int uAt, float[] pull, int pullAt, int n, float mu, boolean smoothRidge) {
        if (smoothRidge) {
            for (int k = 0; k < n; k++) {
                pull[pullAt + k] = mu * (u[uAt + k] - v[vAt + k]);
            }
        } else {
            for (int k = 0; k < n; k++) {
                pull[pullAt + k] = -(mu * v[vAt + k]);
            }
        }
    }

    private void residual(
            ProxMap sigma, float mu, float[] v, int vAt, float[] u, int uAt, float[] out, int outAt, int n) {
        maps.activate(sigma, v, vAt, out, outAt, n, scratch);
        for (int k = 0; k < n; k++) {
            out[outAt + k] = mu * (out[outAt + k] - u[uAt + k]);
        }
    }

    private static void scale(float[] c, int at, int n, float factor) {
        if (factor != 1f) {
            for (int k = 0; k < n; k++) {
                c[at + k] = factor * c[at + k];
            }
        }
    }

    private static void addBias(Matrix bias, float[] c, int at, int n) {
        float[] b = array(bias);
        int bAt = start(bias);
        for (int k = 0; k < n; k++) {
            c[at + k] = c[at + k] + b[bAt + k];
        }
    }

    private static void add(float[] a, int aAt, float[] c, int cAt, float[] out, int outAt, int n) {
        for (int k = 0; k < n; k++) {
            out[outAt + k] = a[aAt + k] + c[cAt + k];
        }
    }

    private static void keep(Matrix preactivation, int row, float[] c, int at, int n) {
        if (preactivation != null) {
            System.arraycopy(c, at, array(preactivation), start(preactivation, row), n);
        }
    }

    /** Applies an element-wise operation to one row. */
    public void elementwise(Elementwise operation, int row) {
        int n = operation.v().columns();
        float[] v = array(operation.v());
        int vAt = start(operation.v(), row);
        float[] w = arrayOrNull(operation.w());
        int wAt = start(operation.w(), row);
        float[] out = array(operation.out());
        int outAt = start(operation.out(), row);
        ProxMap map = operation.map();
        switch (operation.kind()) {
            case ACTIVATE -> maps.activate(map, v, vAt, out, outAt, n, scratch);
            case SCALED_PROX -> maps.scaledProx(map, operation.weight(), v, vAt, out, outAt, n, scratch);
            case PULLBACK -> maps.pullback(map, v, vAt, w, wAt, out, outAt, n, scratch);
            case RESIDUAL -> residual(map, operation.weight(), v, vAt, w, wAt, out, outAt, n);
            default -> throw new AssertionError(operation.kind());
        }
    }

    /** Takes the optimiser step for one row of a block. */
    public void step(Update.Step step, int row) {
        int n = step.x().columns();
        step(step, (long) row * n, n);
    }

    /**
     * Takes the optimiser step for some elements of a block: whole rows, unless the proximal part acts on each element
     * alone.
     *
     * @param from index of the first element
     * @param count the number of elements
     */
    public void step(Update.Step step, long from, int count) {
        float[] coefficients = array(step.coefficients());
        int at = start(step.coefficients());
        float[] x = array(step.x());
        int xAt = (int) (step.x().offset() + from);
        for (int done = 0; done < count; done += CHUNK) {
            int n = Math.min(CHUNK, count - done);
            anchoredGradient(step, from + done, n);
            descend(step, coefficients, at, from + done, n);
        }
        if (step.proximal() != null) {
            int width = step.x().columns();
            for (int done = 0; done < count; done += width) {
                proximal(step.proximal(), coefficients[at], x, xAt + done, Math.min(width, count - done));
            }
        }
    }

    /** g, or fma(w, x − x₀, g) with an anchor, into the scratch. */
    private void anchoredGradient(Update.Step step, long from, int n) {
        float[] g = gradient;
        System.arraycopy(array(step.gradient()), (int) (step.gradient().offset() + from), g, 0, n);
        Update.Anchor anchor = step.anchor();
        if (anchor != null) {
            pullToAnchor(
                    g, n, anchor.weight(),
                    array(step.x()), (int) (step.x().offset() + from),
                    array(anchor.point()), (int) (anchor.point().offset() + from));
        }
    }

    private static void pullToAnchor(float[] g, int n, float weight, float[] x, int xAt, float[] point, int pointAt) {
        for (int k = 0; k < n; k++) {
            g[k] = Math.fma(weight, x[xAt + k] - point[pointAt + k], g[k]);
        }
    }

    private void descend(Update.Step step, float[] coefficients, int at, long from, int n) {
        float tau = coefficients[at];
        float[] x = array(step.x());
        int xAt = (int) (step.x().offset() + from);
        float[] m = arrayOrNull(step.first());
        int mAt = step.first() == null ? 0 : (int) (step.first().offset() + from);
        if (step.rule() instanceof Update.Gradient) {
            gradientStep(gradient, n, tau, x, xAt);
        } else if (step.rule() instanceof Update.HeavyBall rule) {
            heavyBall(gradient, n, tau, rule.momentum(), x, xAt, m, mAt);
        } else if (step.rule() instanceof Update.Nesterov rule) {
            nesterov(gradient, n, tau, rule.momentum(), x, xAt, m, mAt);
        } else if (step.rule() instanceof Update.Adam rule) {
            float[] q = array(step.second());
            int qAt = (int) (step.second().offset() + from);
            adam(gradient, n, rule, coefficients[at + 1], coefficients[at + 2], x, xAt, m, mAt, q, qAt);
        }
    }

    private static void gradientStep(float[] g, int n, float tau, float[] x, int xAt) {
        for (int k = 0; k < n; k++) {
            x[xAt + k] = Math.fma(-tau, g[k], x[xAt + k]);
        }
    }

    private static void heavyBall(float[] g, int n, float tau, float beta, float[] x, int xAt, float[] m, int mAt) {
        for (int k = 0; k < n; k++) {
            float momentum = Math.fma(beta, m[mAt + k], g[k]);
            m[mAt + k] = momentum;
            x[xAt + k] = Math.fma(-tau, momentum, x[xAt + k]);
        }
    }

    private static void nesterov(float[] g, int n, float tau, float beta, float[] x, int xAt, float[] m, int mAt) {
        for (int k = 0; k < n; k++) {
            float momentum = Math.fma(beta, m[mAt + k], g[k]);
            m[mAt + k] = momentum;
            x[xAt + k] = Math.fma(-tau, Math.fma(beta, momentum, g[k]), x[xAt + k]);
        }
    }

    private static void adam(
            float[] g, int n, Update.Adam rule, float s, float inverse,
            float[] x, int xAt, float[] m, int mAt, float[] q, int qAt) {
        float beta1 = rule.beta1();
        float beta2 = rule.beta2();
        float complement1 = rule.complement1();
        float complement2 = rule.complement2();
        float epsilon = rule.epsilon();
        for (int k = 0; k < n; k++) {
            float first = Math.fma(beta1, m[mAt + k], complement1 * g[k]);
            float second = Math.fma(beta2, q[qAt + k], complement2 * (g[k] * g[k]));
            m[mAt + k] = first;
            q[qAt + k] = second;
            float root = (float) Math.sqrt(second * inverse);
            x[xAt + k] = x[xAt + k] - s * first / (root + epsilon);
        }
    }

    private void proximal(Update.Proximal proximal, float tau, float[] x, int xAt, int n) {
        float t = tau * proximal.weight();
        if (proximal.ridge()) {
            float denominator = 1f + t;
            divide(x, xAt, n, denominator);
            t = t / denominator;
        }
        maps.scaledProx(proximal.map(), t, x, xAt, x, xAt, n, scratch);
    }

    private static void divide(float[] x, int at, int n, float denominator) {
        for (int k = 0; k < n; k++) {
            x[at + k] = x[at + k] / denominator;
        }
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
            case SQUARED_NORM -> sums.sum(n, k -> square(a[aAt + k]));
            case SQUARED_DISTANCE -> sums.sum(n, k -> square((double) a[aAt + k] - b[bAt + k]));
            case DOT -> sums.sum(n, k -> (double) a[aAt + k] * b[bAt + k]);
            case NONZEROS -> sums.sum(n, k -> a[aAt + k] != 0 ? 1.0 : 0.0);
            case POTENTIAL -> map.potential(a, aAt, n, sums);
            case CONJUGATE -> map.conjugate(a, aAt, n, sums);
            case PENALTY -> map.penalty(a, aAt, b, bAt, n, sums);
        };
    }

    private static double square(double d) {
        return d * d;
    }
}

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

/**
 * What epilogues, element-wise operations, optimiser steps and reductions do to one row: scalar
 * loops that spell out the order of operations fixed by the operations' Javadoc.
 */
public final class RowOperations {
    private RowOperations() {}

    /**
     * Applies an epilogue to row {@code row}, which holds the product's sums in {@code out}.
     *
     * @param epilogue what is done
     * @param out the output matrix
     * @param row the row
     */
    public static void epilogue(Epilogue epilogue, Matrix out, int row) {
        float[] c = array(out);
        int at = start(out, row);
        int n = out.columns();
        if (epilogue instanceof Epilogue.Scale scale) {
            scale(c, at, n, scale.factor());
        } else if (epilogue instanceof Epilogue.Add add) {
            float[] a = array(add.addend());
            int aAt = start(add.addend(), row);
            for (int k = 0; k < n; k++) {
                c[at + k] = a[aAt + k] + c[at + k];
            }
        } else if (epilogue instanceof Epilogue.Activate activate) {
            addBias(activate.bias(), c, at, n);
            keep(activate.preactivation(), row, c, at, n);
            activate.sigma().activate(c, at, c, at, n);
        } else if (epilogue instanceof Epilogue.Residual residual) {
            residual(residual, row, c, at, n);
        } else if (epilogue instanceof Epilogue.Pullback pullback) {
            Matrix v = pullback.preactivation();
            pullback.sigma().pullback(array(v), start(v, row), c, at, c, at, n);
        }
    }

    private static void residual(Epilogue.Residual residual, int row, float[] c, int at, int n) {
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
        for (int k = 0; k < n; k++) {
            pull[pullAt + k] = smoothRidge ? mu * (u[uAt + k] - v[vAt + k]) : -(mu * v[vAt + k]);
        }
    }

    private static void residual(
            ProxMap sigma, float mu, float[] v, int vAt, float[] u, int uAt, float[] out, int outAt, int n) {
        sigma.activate(v, vAt, out, outAt, n);
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

    private static void keep(Matrix preactivation, int row, float[] c, int at, int n) {
        if (preactivation != null) {
            System.arraycopy(c, at, array(preactivation), start(preactivation, row), n);
        }
    }

    /** Applies an element-wise operation to one row. */
    public static void elementwise(Elementwise operation, int row) {
        int n = operation.v().columns();
        float[] v = array(operation.v());
        int vAt = start(operation.v(), row);
        float[] w = arrayOrNull(operation.w());
        int wAt = start(operation.w(), row);
        float[] out = array(operation.out());
        int outAt = start(operation.out(), row);
        ProxMap map = operation.map();
        switch (operation.kind()) {
            case ACTIVATE -> map.activate(v, vAt, out, outAt, n);
            case SCALED_PROX -> map.scaledProx(operation.weight(), v, vAt, out, outAt, n);
            case PULLBACK -> map.pullback(v, vAt, w, wAt, out, outAt, n);
            case RESIDUAL -> residual(map, operation.weight(), v, vAt, w, wAt, out, outAt, n);
            default -> throw new AssertionError(operation.kind());
        }
    }

    /** Takes the optimiser step for one row of a block. */
    public static void step(Update.Step step, int row) {
        int n = step.x().columns();
        float[] coefficients = array(step.coefficients());
        int coefficientsAt = start(step.coefficients());
        float tau = coefficients[coefficientsAt];
        descend(step, row, n, tau, coefficients[coefficientsAt + 1], coefficients[coefficientsAt + 2]);
        if (step.proximal() != null) {
            proximal(step.proximal(), tau, array(step.x()), start(step.x(), row), n);
        }
    }

    private static void descend(Update.Step step, int row, int n, float tau, float s, float inverse) {
        float[] x = array(step.x());
        int xAt = start(step.x(), row);
        float[] g = array(step.gradient());
        int gAt = start(step.gradient(), row);
        float[] m = arrayOrNull(step.first());
        int mAt = start(step.first(), row);
        float[] q = arrayOrNull(step.second());
        int qAt = start(step.second(), row);
        for (int k = 0; k < n; k++) {
            float gradient = g[gAt + k];
            if (step.anchor() != null) {
                Matrix point = step.anchor().point();
                gradient = Math.fma(
                        step.anchor().weight(), x[xAt + k] - array(point)[start(point, row) + k], gradient);
            }
            if (step.rule() instanceof Update.Gradient) {
                x[xAt + k] = Math.fma(-tau, gradient, x[xAt + k]);
            } else if (step.rule() instanceof Update.HeavyBall rule) {
                m[mAt + k] = Math.fma(rule.momentum(), m[mAt + k], gradient);
                x[xAt + k] = Math.fma(-tau, m[mAt + k], x[xAt + k]);
            } else if (step.rule() instanceof Update.Nesterov rule) {
                m[mAt + k] = Math.fma(rule.momentum(), m[mAt + k], gradient);
                x[xAt + k] = Math.fma(-tau, Math.fma(rule.momentum(), m[mAt + k], gradient), x[xAt + k]);
            } else if (step.rule() instanceof Update.Adam rule) {
                m[mAt + k] = Math.fma(rule.beta1(), m[mAt + k], rule.complement1() * gradient);
                q[qAt + k] = Math.fma(rule.beta2(), q[qAt + k], rule.complement2() * (gradient * gradient));
                float root = (float) Math.sqrt(q[qAt + k] * inverse);
                x[xAt + k] = x[xAt + k] - s * m[mAt + k] / (root + rule.epsilon());
            }
        }
    }

    /** Applies the proximal part of a step of size τ to one row. */
    public static void proximal(Update.Proximal proximal, float tau, float[] x, int xAt, int n) {
        float t = tau * proximal.weight();
        if (proximal.ridge()) {
            float denominator = 1f + t;
            for (int k = 0; k < n; k++) {
                x[xAt + k] = x[xAt + k] / denominator;
            }
            t = t / denominator;
        }
        proximal.map().scaledProx(t, x, xAt, x, xAt, n);
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

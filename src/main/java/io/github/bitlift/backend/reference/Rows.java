package io.github.bitlift.backend.reference;

import io.github.bitlift.backend.Update;

/**
 * The arithmetic of epilogues and optimiser steps on {@code n} consecutive elements: one scalar loop each, unless a
 * backend has faster ones with the same bits. Every written operation is one rounding. Results may replace operands that
 * begin at the same place; otherwise they must not overlap.
 */
public class Rows {

    /** {@code c ← factor·c}. */
    public void scale(float factor, float[] c, int at, int n) {
        for (int k = 0; k < n; k++) {
            c[at + k] = factor * c[at + k];
        }
    }

    /** {@code c ← c / denominator}. */
    public void divide(float denominator, float[] c, int at, int n) {
        for (int k = 0; k < n; k++) {
            c[at + k] = c[at + k] / denominator;
        }
    }

    /** {@code out = a + b}. */
    public void add(float[] a, int aAt, float[] b, int bAt, float[] out, int outAt, int n) {
        for (int k = 0; k < n; k++) {
            out[outAt + k] = a[aAt + k] + b[bAt + k];
        }
    }

    /** {@code c ← c + factor·a}: a multiplication and an addition. */
    public void addScaled(float factor, float[] a, int aAt, float[] c, int at, int n) {
        for (int k = 0; k < n; k++) {
            c[at + k] = c[at + k] + factor * a[aAt + k];
        }
    }

    /** {@code c[i, k] ← c[i, k] + a[k]} for {@code count} rows of n elements that follow each other. */
    public void addToEach(float[] a, int aAt, int n, float[] c, int at, int count) {
        for (int i = 0; i < count; i++) {
            add(c, at + i * n, a, aAt, c, at + i * n, n);
        }
    }

    /** {@code out = μ·(a − b)}. */
    public void scaledDifference(float mu, float[] a, int aAt, float[] b, int bAt, float[] out, int outAt, int n) {
        for (int k = 0; k < n; k++) {
            out[outAt + k] = mu * (a[aAt + k] - b[bAt + k]);
        }
    }

    /** {@code out = −(μ·a)}. */
    public void negatedProduct(float mu, float[] a, int aAt, float[] out, int outAt, int n) {
        for (int k = 0; k < n; k++) {
            out[outAt + k] = -(mu * a[aAt + k]);
        }
    }

    /** {@code out = fma(w, x − x₀, g)}: the pull towards an anchor. */
    public void pull(
            float weight, float[] x, int xAt, float[] point, int pointAt, float[] g, int gAt, float[] out, int outAt, int n) {
        for (int k = 0; k < n; k++) {
            out[outAt + k] = Math.fma(weight, x[xAt + k] - point[pointAt + k], g[gAt + k]);
        }
    }

    /** {@code x ← fma(−τ, g, x)}. */
    public void gradient(float tau, float[] g, int gAt, float[] x, int xAt, int n) {
        for (int k = 0; k < n; k++) {
            x[xAt + k] = Math.fma(-tau, g[gAt + k], x[xAt + k]);
        }
    }

    /** {@code m ← fma(β, m, β̄·g); x ← fma(−τ, m, x)}. */
    public void heavyBall(
            float tau, float beta, float complement, float[] g, int gAt, float[] m, int mAt, float[] x, int xAt, int n) {
        for (int k = 0; k < n; k++) {
            float slope = complement * g[gAt + k];
            float momentum = Math.fma(beta, m[mAt + k], slope);
            m[mAt + k] = momentum;
            x[xAt + k] = Math.fma(-tau, momentum, x[xAt + k]);
        }
    }

    /** {@code m ← fma(β, m, β̄·g); x ← fma(−τ, fma(β, m, β̄·g), x)}. */
    public void nesterov(
            float tau, float beta, float complement, float[] g, int gAt, float[] m, int mAt, float[] x, int xAt, int n) {
        for (int k = 0; k < n; k++) {
            float slope = complement * g[gAt + k];
            float momentum = Math.fma(beta, m[mAt + k], slope);
            m[mAt + k] = momentum;
            x[xAt + k] = Math.fma(-tau, Math.fma(beta, momentum, slope), x[xAt + k]);
        }
    }

    /** {@code m ← fma(β₁, m, β̄₁·g); q ← fma(β₂, q, β̄₂·(g·g)); x ← x − (s·m) / (√(q·inverse) + ε)}. */
    public void adam(
            Update.Adam rule, float s, float inverse, float[] g, int gAt, float[] m, int mAt, float[] q, int qAt,
            float[] x, int xAt, int n) {
        float beta1 = rule.beta1();
        float beta2 = rule.beta2();
        float complement1 = rule.complement1();
        float complement2 = rule.complement2();
        float epsilon = rule.epsilon();
        for (int k = 0; k < n; k++) {
            float slope = g[gAt + k];
            float first = Math.fma(beta1, m[mAt + k], complement1 * slope);
            float second = Math.fma(beta2, q[qAt + k], complement2 * (slope * slope));
            m[mAt + k] = first;
            q[qAt + k] = second;
            float root = (float) Math.sqrt(second * inverse);
            x[xAt + k] = x[xAt + k] - s * first / (root + epsilon);
        }
    }
}

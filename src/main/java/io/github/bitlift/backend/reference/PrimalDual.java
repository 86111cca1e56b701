package io.github.bitlift.backend.reference;

import static io.github.bitlift.backend.HostBuffer.array;
import static io.github.bitlift.backend.HostBuffer.start;

import io.github.bitlift.backend.TvPdhg;
import io.github.bitlift.backend.TvPdhg.Rule;
import io.github.bitlift.backend.TvPdhg.State;
import io.github.bitlift.backend.TvPdhg.Stop;
import io.github.bitlift.numerics.Reduction;

/** {@link TvPdhg} on one image: the formulas of its Javadoc, pixel by pixel. */
final class PrimalDual {
    private final TvPdhg operation;
    private final int height;
    private final int width;
    private final int pixels;
    private final float[] x;
    private final float[] z;
    private final float[] state;
    private final float[] constant;
    private final int xAt;
    private final int z1At;
    private final int z2At;
    private final int stateAt;
    private final int constantAt;

    private final float[] old;
    private final float[] bar;
    private final float[] oldDual;
    private float tau;
    private float sigma;
    private float theta;

    /** On one row of the operation's matrices. */
    PrimalDual(TvPdhg operation, int image) {
        this.operation = operation;
        height = operation.height();
        width = operation.width();
        pixels = operation.pixels();
        x = array(operation.x());
        z = array(operation.z());
        state = array(operation.state());
        constant = array(operation.constant());
        xAt = start(operation.x(), image);
        z1At = start(operation.z(), image);
        z2At = z1At + pixels;
        stateAt = start(operation.state(), image);
        constantAt = start(operation.constant(), image);
        old = new float[pixels];
        bar = new float[pixels];
        oldDual = new float[2 * pixels];
    }

    void run() {
        for (int i = 0; i < operation.iterations() && get(State.STOP) == 0; i++) {
            iterate();
            set(State.ITERATIONS, get(State.ITERATIONS) + 1);
            if ((int) get(State.ITERATIONS) % operation.checkEvery() == 0) {
                check();
            }
        }
    }

    private float get(State column) {
        return state[stateAt + column.ordinal()];
    }

    private void set(State column, float value) {
        state[stateAt + column.ordinal()] = value;
    }

    private void iterate() {
        System.arraycopy(x, xAt, old, 0, pixels);
        System.arraycopy(z, z1At, oldDual, 0, 2 * pixels);
        tau = get(State.TAU);
        sigma = get(State.SIGMA);
        theta = 1f;
        float shrink = 1f / (1f + tau);
        for (int k = 0; k < pixels; k++) {
            x[xAt + k] = primal(k, divergence(k), shrink);
        }
        if (operation.rule() == Rule.ACCELERATED) {
            theta = 1f / (float) Math.sqrt(Math.fma(2f, tau, 1f));
            tau = theta * tau;
            sigma = sigma / theta;
            set(State.TAU, tau);
            set(State.SIGMA, sigma);
        }
        for (int k = 0; k < pixels; k++) {
            bar[k] = Math.fma(theta, x[xAt + k] - old[k], x[xAt + k]);
        }
        float ascent = sigma * operation.weight();
        for (int k = 0; k < pixels; k++) {
            dual(k, Math.fma(ascent, down(bar, 0, k), z[z1At + k]), Math.fma(ascent, right(bar, 0, k), z[z2At + k]));
        }
    }

    private float divergence(int k) {
        float up = k >= width ? z[z1At + k - width] : 0f;
        float left = k % width > 0 ? z[z2At + k - 1] : 0f;
        return (up - z[z1At + k]) + (left - z[z2At + k]);
    }

    private float primal(int k, float p, float shrink) {
        float rho = operation.weight();
        if (operation.data() instanceof TvPdhg.Denoise) {
            return Math.fma(tau, Math.fma(-rho, p, constant[constantAt + k]), old[k]) * shrink;
        }
        return Math.fma(-tau, Math.fma(rho, p, constant[constantAt + k]), old[k]);
    }

    private float down(float[] image, int at, int k) {
        return k + width < pixels ? image[at + k + width] - image[at + k] : 0f;
    }

    private float right(float[] image, int at, int k) {
        return k % width + 1 < width ? image[at + k + 1] - image[at + k] : 0f;
    }

    private void dual(int k, float q1, float q2) {
        if (!operation.isotropic()) {
            z[z1At + k] = clamp(q1);
            z[z2At + k] = clamp(q2);
            return;
        }
        float m = Math.fma(q2, q2, q1 * q1);
        float scale = m > 1f ? 1f / (float) Math.sqrt(m) : 1f;
        z[z1At + k] = m > 1f ? q1 * scale : q1;
        z[z2At + k] = m > 1f ? q2 * scale : q2;
    }

    private static float clamp(float q) {
        return q > 1f ? 1f : q < -1f ? -1f : q;
    }

    private void check() {
        Reduction sums = new Reduction();
        double changeX = Math.sqrt(sums.sum(pixels, k -> square((double) x[xAt + k] - old[k])));
        double changeZ = Math.sqrt(sums.sum(pixels, k -> square((double) z[z1At + k] - oldDual[k])
                + square((double) z[z2At + k] - oldDual[pixels + k])));
        set(State.CHANGE_X, (float) changeX);
        set(State.CHANGE_Z, (float) changeZ);
        double gap = Double.POSITIVE_INFINITY;
        if (operation.data() instanceof TvPdhg.Denoise) {
            gap = sums.sum(pixels, this::gap);
            set(State.GAP, (float) gap);
        }
        Stop stop = stop(changeX, changeZ, gap);
        set(State.STOP, stop.ordinal());
        if (stop == Stop.NONE && operation.rule() == Rule.ADAPTIVE) {
            balance(Math.sqrt(sums.sum(pixels, k -> square(residual(k)))),
                    Math.sqrt(sums.sum(pixels, this::dualResidual)) / operation.weight());
        }
    }

    private Stop stop(double changeX, double changeZ, double gap) {
        if (!(changeX < Double.POSITIVE_INFINITY && changeZ < Double.POSITIVE_INFINITY)) {
            return Stop.DIVERGED;
        }
        if (gap <= operation.gapTolerance()) {
            return Stop.GAP;
        }
        double tolerance = operation.changeTolerance();
        return changeX <= tolerance && changeZ <= tolerance ? Stop.CHANGE : Stop.NONE;
    }

    private static double square(double a) {
        return a * a;
    }

    /** r. */
    private double residual(int k) {
        double up = k >= width ? z[z1At + k - width] : 0.0;
        double left = k % width > 0 ? z[z2At + k - 1] : 0.0;
        double p = (up - z[z1At + k]) + (left - z[z2At + k]);
        return x[xAt + k] - (constant[constantAt + k] - operation.weight() * p);
    }

    private double gap(int k) {
        double r = residual(k);
        double d1 = wideDown(x, xAt, k);
        double d2 = wideRight(x, xAt, k);
        double n = operation.isotropic() ? Math.sqrt(d1 * d1 + d2 * d2) : Math.abs(d1) + Math.abs(d2);
        return 0.5 * (r * r) + operation.weight() * (n - (d1 * z[z1At + k] + d2 * z[z2At + k]));
    }

    private double dualResidual(int k) {
        double a1 = dualPart((double) oldDual[k] - z[z1At + k], wideDown(x, xAt, k), wideDown(bar, 0, k));
        double a2 = dualPart((double) oldDual[pixels + k] - z[z2At + k], wideRight(x, xAt, k), wideRight(bar, 0, k));
        return a1 * a1 + a2 * a2;
    }

    private double dualPart(double change, double d, double e) {
        return change / sigma - operation.weight() * (d - e);
    }

    private double wideDown(float[] image, int at, int k) {
        return k + width < pixels ? (double) image[at + k + width] - image[at + k] : 0.0;
    }

    private double wideRight(float[] image, int at, int k) {
        return k % width + 1 < width ? (double) image[at + k + 1] - image[at + k] : 0.0;
    }

    private void balance(double primal, double dual) {
        float alpha = get(State.ALPHA);
        float rest = 1f - alpha;
        boolean primalLags = primal > TvPdhg.IMBALANCE * dual;
        if (!primalLags && !(TvPdhg.IMBALANCE * primal < dual)) {
            return;
        }
        set(State.TAU, primalLags ? tau / rest : tau * rest);
        set(State.SIGMA, primalLags ? sigma * rest : sigma / rest);
        set(State.ALPHA, TvPdhg.DECAY * alpha);
    }
}

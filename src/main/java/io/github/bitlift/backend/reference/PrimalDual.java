package io.github.bitlift.backend.reference;

import static io.github.bitlift.backend.HostBuffer.array;
import static io.github.bitlift.backend.HostBuffer.start;

import io.github.bitlift.backend.TvPdhg;
import io.github.bitlift.numerics.Reduction;

/** {@link TvPdhg} on one image: the formulas of its Javadoc, pixel by pixel. */
final class PrimalDual {
    private final TvPdhg operation;
    private final int height;
    private final int width;
    private final int pixels;
    private final float[] x;
    private final float[] z;
    private final float[] constant;
    private final int xAt;
    private final int z1At;
    private final int z2At;
    private final int constantAt;

    private final float[] old;
    private final float[] bar;
    private final float[] oldDual;
    private final PrimalDualSteps steps = new PrimalDualSteps();

    /** On one row of the operation's matrices. */
    PrimalDual(TvPdhg operation, int image) {
        this.operation = operation;
        height = operation.height();
        width = operation.width();
        pixels = operation.pixels();
        x = array(operation.x());
        z = array(operation.z());
        constant = array(operation.constant());
        xAt = start(operation.x(), image);
        z1At = start(operation.z(), image);
        z2At = z1At + pixels;
        steps.of(operation, image);
        constantAt = start(operation.constant(), image);
        old = new float[pixels];
        bar = new float[pixels];
        oldDual = new float[2 * pixels];
    }

    void run() {
        for (int i = 0; i < operation.iterations() && steps.running(); i++) {
            steps.begin();
            iterate();
            if (steps.isChecked()) {
                check();
            }
        }
    }

    private void iterate() {
        System.arraycopy(x, xAt, old, 0, pixels);
        System.arraycopy(z, z1At, oldDual, 0, 2 * pixels);
        float shrink = steps.shrink();
        for (int k = 0; k < pixels; k++) {
            x[xAt + k] = primal(k, divergence(k), shrink);
        }
        float theta = steps.theta();
        for (int k = 0; k < pixels; k++) {
            bar[k] = Math.fma(theta, x[xAt + k] - old[k], x[xAt + k]);
        }
        float ascent = steps.ascent();
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
        float tau = steps.tau();
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
        boolean hasGap = operation.data() instanceof TvPdhg.Denoise;
        steps.check(
                sums.sum(pixels, k -> square((double) x[xAt + k] - old[k])),
                sums.sum(pixels, k -> square((double) z[z1At + k] - oldDual[k])
                        + square((double) z[z2At + k] - oldDual[pixels + k])),
                hasGap ? sums.sum(pixels, this::gap) : 0);
        if (steps.isBalanced()) {
            steps.balance(sums.sum(pixels, k -> square(residual(k))), sums.sum(pixels, this::dualResidual));
        }
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
        return change / steps.sigma() - operation.weight() * (d - e);
    }

    private double wideDown(float[] image, int at, int k) {
        return k + width < pixels ? (double) image[at + k + width] - image[at + k] : 0.0;
    }

    private double wideRight(float[] image, int at, int k) {
        return k % width + 1 < width ? (double) image[at + k + 1] - image[at + k] : 0.0;
    }
}

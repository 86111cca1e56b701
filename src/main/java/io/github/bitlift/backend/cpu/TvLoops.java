package io.github.bitlift.backend.cpu;

import io.github.bitlift.backend.TvPdhg;
import io.github.bitlift.backend.reference.PrimalDualSteps;

/**
 * The two halves of an iteration of {@link TvPdhg} on a range of a {@link TvImage}, in plain loops. A range begins and ends at
 * multiples of {@link TvImage#LANES} from the origin. (The compiler leaves them scalar: about a tenth of the speed of
 * {@link VectorTvLoops}.)
 */
class TvLoops {

    /** x⁺ and x̄. */
    final void primal(TvPdhg operation, TvImage image, PrimalDualSteps steps, int from, int to) {
        if (operation.data() instanceof TvPdhg.Denoise) {
            denoise(image, operation.weight(), steps.tau(), steps.shrink(), steps.theta(), from, to);
        } else {
            explicit(image, operation.weight(), steps.tau(), from, to);
        }
    }

    /** z⁺. */
    final void dual(TvPdhg operation, TvImage image, PrimalDualSteps steps, int from, int to) {
        if (operation.isotropic()) {
            isotropic(image, steps.ascent(), from, to);
        } else {
            anisotropic(image, steps.ascent(), from, to);
        }
    }

    private static float masked(float value, int mask) {
        return Float.intBitsToFloat(Float.floatToRawIntBits(value) & mask);
    }

    private static float divergence(float[] z1, float[] z2, int[] right, int width, int k) {
        return (z1[k - width] - z1[k]) + (masked(z2[k - 1], right[k - 1]) - z2[k]);
    }

    void denoise(TvImage image, float weight, float tau, float shrink, float theta, int from, int to) {
        float[] x = image.x;
        float[] z1 = image.z1;
        float[] z2 = image.z2;
        float[] bar = image.bar;
        float[] f = image.constant;
        int[] right = image.right;
        int width = image.width();
        for (int k = from; k < to; k++) {
            float p = divergence(z1, z2, right, width, k);
            float before = x[k];
            float after = Math.fma(tau, Math.fma(-weight, p, f[k]), before) * shrink;
            x[k] = after;
            bar[k] = Math.fma(theta, after - before, after);
        }
    }

    void explicit(TvImage image, float weight, float tau, int from, int to) {
        float[] x = image.x;
        float[] z1 = image.z1;
        float[] z2 = image.z2;
        float[] bar = image.bar;
        float[] g = image.constant;
        int[] right = image.right;
        int width = image.width();
        for (int k = from; k < to; k++) {
            float p = divergence(z1, z2, right, width, k);
            float before = x[k];
            float after = Math.fma(-tau, Math.fma(weight, p, g[k]), before);
            x[k] = after;
            bar[k] = Math.fma(1f, after - before, after);
        }
    }

    void isotropic(TvImage image, float ascent, int from, int to) {
        float[] z1 = image.z1;
        float[] z2 = image.z2;
        float[] bar = image.bar;
        int[] right = image.right;
        int[] down = image.down;
        int width = image.width();
        for (int k = from; k < to; k++) {
            float q1 = Math.fma(ascent, masked(bar[k + width] - bar[k], down[k]), z1[k]);
            float q2 = Math.fma(ascent, masked(bar[k + 1] - bar[k], right[k]), z2[k]);
            float m = Math.fma(q2, q2, q1 * q1);
            if (m > 1f) {
                float scale = 1f / (float) Math.sqrt(m);
                q1 = q1 * scale;
                q2 = q2 * scale;
            }
            z1[k] = q1;
            z2[k] = q2;
        }
    }

    void anisotropic(TvImage image, float ascent, int from, int to) {
        float[] z1 = image.z1;
        float[] z2 = image.z2;
        float[] bar = image.bar;
        int[] right = image.right;
        int[] down = image.down;
        int width = image.width();
        for (int k = from; k < to; k++) {
            z1[k] = clamp(Math.fma(ascent, masked(bar[k + width] - bar[k], down[k]), z1[k]));
            z2[k] = clamp(Math.fma(ascent, masked(bar[k + 1] - bar[k], right[k]), z2[k]));
        }
    }

    private static float clamp(float q) {
        return q > 1f ? 1f : q < -1f ? -1f : q;
    }
}

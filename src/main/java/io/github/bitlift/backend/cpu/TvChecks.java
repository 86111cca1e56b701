package io.github.bitlift.backend.cpu;

import io.github.bitlift.backend.TvPdhg;
import io.github.bitlift.backend.reference.PrimalDualSteps;
import io.github.bitlift.numerics.Reduction;

/**
 * The sums of {@link TvPdhg}'s checks, a chunk of the fixed tree at a time: the sum over a level's chunks is the sum of the
 * chunks' sums, so chunks may be shared out. One instance serves one thread.
 */
final class TvChecks {
    /** Values per chunk of {@link Reduction}'s tree. */
    static final int CHUNK = 1024;

    private final double[] first = new double[CHUNK];
    private final double[] second = new double[CHUNK];
    private final double[] third = new double[CHUNK];

    /** The number of chunks. */
    static int chunks(TvImage image) {
        return (image.pixels() + CHUNK - 1) / CHUNK;
    }

    /** Sums one chunk of the changes and, with {@link TvPdhg.Denoise}, of the gap. */
    void changes(TvPdhg operation, TvImage image, int chunk, double[] changeX, double[] changeZ, double[] gap) {
        int from = image.origin() + chunk * CHUNK;
        int n = Math.min(CHUNK, image.pixels() - chunk * CHUNK);
        changes(image, from, n);
        changeX[chunk] = Reduction.sum(first, 0, n);
        changeZ[chunk] = Reduction.sum(second, 0, n);
        if (operation.data() instanceof TvPdhg.Denoise) {
            gaps(image, operation.isotropic(), operation.weight(), from, n);
            gap[chunk] = Reduction.sum(third, 0, n);
        }
    }

    /** Sums one chunk of the residuals' squares. */
    void residuals(
            TvPdhg operation, TvImage image, PrimalDualSteps steps, int chunk, double[] primal, double[] dual) {
        int from = image.origin() + chunk * CHUNK;
        int n = Math.min(CHUNK, image.pixels() - chunk * CHUNK);
        for (int i = 0; i < n; i++) {
            double r = residual(image, operation.weight(), from + i);
            first[i] = r * r;
        }
        duals(image, operation.weight(), steps.sigma(), from, n);
        primal[chunk] = Reduction.sum(first, 0, n);
        dual[chunk] = Reduction.sum(second, 0, n);
    }

    private void changes(TvImage image, int from, int n) {
        for (int i = 0; i < n; i++) {
            int k = from + i;
            double dx = (double) image.x[k] - image.oldX[k];
            double d1 = (double) image.z1[k] - image.oldZ1[k];
            double d2 = (double) image.z2[k] - image.oldZ2[k];
            first[i] = dx * dx;
            second[i] = d1 * d1 + d2 * d2;
        }
    }

    private void gaps(TvImage image, boolean isotropic, float weight, int from, int n) {
        float[] x = image.x;
        for (int i = 0; i < n; i++) {
            int k = from + i;
            double r = residual(image, weight, k);
            double d1 = image.down[k] != 0 ? (double) x[k + image.width()] - x[k] : 0.0;
            double d2 = image.right[k] != 0 ? (double) x[k + 1] - x[k] : 0.0;
            double norm = isotropic ? Math.sqrt(d1 * d1 + d2 * d2) : Math.abs(d1) + Math.abs(d2);
            third[i] = 0.5 * (r * r) + weight * (norm - (d1 * image.z1[k] + d2 * image.z2[k]));
        }
    }

    private static double residual(TvImage image, float weight, int k) {
        double up = image.z1[k - image.width()];
        double left = image.right[k - 1] != 0 ? image.z2[k - 1] : 0.0;
        double p = (up - image.z1[k]) + (left - image.z2[k]);
        return image.x[k] - (image.constant[k] - weight * p);
    }

    private void duals(TvImage image, float weight, float sigma, int from, int n) {
        float[] x = image.x;
        float[] bar = image.bar;
        int width = image.width();
        for (int i = 0; i < n; i++) {
            int k = from + i;
            boolean down = image.down[k] != 0;
            boolean right = image.right[k] != 0;
            double d1 = down ? (double) x[k + width] - x[k] : 0.0;
            double d2 = right ? (double) x[k + 1] - x[k] : 0.0;
            double e1 = down ? (double) bar[k + width] - bar[k] : 0.0;
            double e2 = right ? (double) bar[k + 1] - bar[k] : 0.0;
            double a1 = ((double) image.oldZ1[k] - image.z1[k]) / sigma - weight * (d1 - e1);
            double a2 = ((double) image.oldZ2[k] - image.z2[k]) / sigma - weight * (d2 - e2);
            second[i] = a1 * a1 + a2 * a2;
        }
    }
}

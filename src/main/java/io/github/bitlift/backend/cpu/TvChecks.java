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
        primals(image, operation.weight(), from, n);
        duals(image, operation.weight(), steps.sigma(), from, n);
        primal[chunk] = Reduction.sum(first, 0, n);
        dual[chunk] = Reduction.sum(second, 0, n);
    }

    private void changes(TvImage image, int from, int n) {
        squaredDifference(image.x, image.oldX, from, n, first);
        squaredDifference(image.z1, image.oldZ1, from, n, second);
        squaredDifference(image.z2, image.oldZ2, from, n, third);
        for (int i = 0; i < n; i++) {
            second[i] = second[i] + third[i];
        }
    }

    private static void squaredDifference(float[] a, float[] b, int from, int n, double[] to) {
        for (int i = 0; i < n; i++) {
            double d = (double) a[from + i] - b[from + i];
            to[i] = d * d;
        }
    }

    private void gaps(TvImage image, boolean isotropic, float weight, int from, int n) {
        float[] x = image.x;
        float[] z1 = image.z1;
        float[] z2 = image.z2;
        float[] f = image.constant;
        int[] down = image.down;
        int[] right = image.right;
        int width = image.width();
        double[] to = third;
        for (int i = 0; i < n; i++) {
            int k = from + i;
            double r = residual(x[k], f[k], z1[k], z2[k], z1[k - width], right[k - 1] != 0 ? z2[k - 1] : 0f, weight);
            double d1 = down[k] != 0 ? (double) x[k + width] - x[k] : 0.0;
            double d2 = right[k] != 0 ? (double) x[k + 1] - x[k] : 0.0;
            double norm = isotropic ? Math.sqrt(d1 * d1 + d2 * d2) : Math.abs(d1) + Math.abs(d2);
            to[i] = 0.5 * (r * r) + weight * (norm - (d1 * z1[k] + d2 * z2[k]));
        }
    }

    private void primals(TvImage image, float weight, int from, int n) {
        float[] x = image.x;
        float[] z1 = image.z1;
        float[] z2 = image.z2;
        float[] f = image.constant;
        int[] right = image.right;
        int width = image.width();
        double[] to = first;
        for (int i = 0; i < n; i++) {
            int k = from + i;
            double r = residual(x[k], f[k], z1[k], z2[k], z1[k - width], right[k - 1] != 0 ? z2[k - 1] : 0f, weight);
            to[i] = r * r;
        }
    }

    private static double residual(double x, double f, double z1, double z2, double up, double left, double weight) {
        return x - (f - weight * ((up - z1) + (left - z2)));
    }

    private void duals(TvImage image, float weight, float sigma, int from, int n) {
        float[] x = image.x;
        float[] bar = image.bar;
        float[] z1 = image.z1;
        float[] z2 = image.z2;
        float[] oldZ1 = image.oldZ1;
        float[] oldZ2 = image.oldZ2;
        int[] down = image.down;
        int[] right = image.right;
        int width = image.width();
        double[] to = second;
        for (int i = 0; i < n; i++) {
            int k = from + i;
            double d1 = down[k] != 0 ? (double) x[k + width] - x[k] : 0.0;
            double e1 = down[k] != 0 ? (double) bar[k + width] - bar[k] : 0.0;
            double d2 = right[k] != 0 ? (double) x[k + 1] - x[k] : 0.0;
            double e2 = right[k] != 0 ? (double) bar[k + 1] - bar[k] : 0.0;
            double a1 = ((double) oldZ1[k] - z1[k]) / sigma - weight * (d1 - e1);
            double a2 = ((double) oldZ2[k] - z2[k]) / sigma - weight * (d2 - e2);
            to[i] = a1 * a1 + a2 * a2;
        }
    }
}

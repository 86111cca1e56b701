package io.github.bitlift.inversion;

import io.github.bitlift.numerics.Reduction;

/**
 * Total variation of images: {@code TV(x) = Σ √(d₁² + d₂²)}, or {@code Σ |d₁| + |d₂|}, of the differences d₁ to the pixel below
 * and d₂ to the right, 0 in the last row and the last column (framework paper, §7.3). Binary64 from binary32 pixels, summed by
 * rule 3 of the contract; {@link io.github.bitlift.backend.TvPdhg} has what is done with it.
 *
 * @param height H
 * @param width W
 * @param isotropic which of the two
 */
public record ImageVariation(int height, int width, boolean isotropic) {

    /** Checks sizes. */
    public ImageVariation {
        if (height < 1 || width < 1) {
            throw new IllegalArgumentException("images of " + height + " x " + width + ", expected at least 1 x 1");
        }
        Math.multiplyExact(height, Math.multiplyExact(2, width));
    }

    /** H·W. */
    public int pixels() {
        return height * width;
    }

    /** TV of the image from {@code at} on. */
    public double of(float[] x, int at) {
        return new Reduction().sum(pixels(), k -> magnitude(x, at, k));
    }

    /**
     * {@code TV(x) − ⟨∇x, z⟩}, term by term: never negative for |z| ≤ 1 but by rounding, and 0 where ∇ᵀz is a subgradient of TV
     * at x. For ∇ᵀz a subgradient at another image it is TV's Bregman distance from there to x.
     *
     * @param x {@code [H·W]}
     * @param z the plane of differences down, behind it that of differences to the right
     */
    public double distance(float[] x, float[] z) {
        int pixels = pixels();
        return new Reduction().sum(
                pixels, k -> magnitude(x, 0, k) - (down(x, 0, k) * z[k] + right(x, 0, k) * z[pixels + k]));
    }

    /** ∇x: the plane of differences down, behind it that of differences to the right. */
    public double[] gradient(double[] x) {
        double[] d = new double[2 * x.length];
        for (int k = 0; k < x.length; k++) {
            d[k] = k + width < x.length ? x[k + width] - x[k] : 0;
            d[x.length + k] = k % width + 1 < width ? x[k + 1] - x[k] : 0;
        }
        return d;
    }

    /** ∇ᵀz. */
    public double[] adjoint(double[] z) {
        double[] p = new double[pixels()];
        for (int k = 0; k < p.length; k++) {
            double up = k >= width ? z[k - width] : 0;
            double left = k % width > 0 ? z[p.length + k - 1] : 0;
            p[k] = (up - z[k]) + (left - z[p.length + k]);
        }
        return p;
    }

    private double magnitude(float[] x, int at, int k) {
        double d1 = down(x, at, k);
        double d2 = right(x, at, k);
        return isotropic ? Math.sqrt(d1 * d1 + d2 * d2) : Math.abs(d1) + Math.abs(d2);
    }

    private double down(float[] x, int at, int k) {
        return k + width < pixels() ? (double) x[at + k + width] - x[at + k] : 0;
    }

    private double right(float[] x, int at, int k) {
        return k % width + 1 < width ? (double) x[at + k + 1] - x[at + k] : 0;
    }
}

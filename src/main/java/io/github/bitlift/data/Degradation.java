package io.github.bitlift.data;

import io.github.bitlift.io.Rows;
import io.github.bitlift.numerics.Numerics;
import io.github.bitlift.numerics.Philox;

/**
 * How a measurement y comes from a clean image x (framework paper §7.2, H being the identity, a convolution or a mask).
 * Pixel i of a set depends on the seed, the stream and i alone, never on how many images there are.
 */
public sealed interface Degradation {

    /** Degrades a set of images from its start. */
    default float[] apply(float[] images, int rows, int columns, long seed, long stream) {
        return apply(images, 0, rows, columns, seed, stream);
    }

    /** A set of images degraded as they are read: the same bits, whichever are read together. */
    default Rows apply(Rows images, int rows, int columns, long seed, long stream) {
        int width = images.width();
        return new Rows(images.count(), width, (first, n, to, at) -> {
            float[] clean = new float[n * width];
            images.read(first, n, clean, 0);
            float[] degraded = apply(clean, (long) first * width, rows, columns, seed, stream);
            System.arraycopy(degraded, 0, to, at, n * width);
        });
    }

    /**
     * Degrades some images of a set.
     *
     * @param images {@code [count, rows·columns]}, values usually in [0, 1]
     * @param first the number of pixels before them in the set
     * @param rows height of an image
     * @param columns width of an image
     * @param seed the run's seed
     * @param stream tells sets apart: training, validation
     * @return {@code [count, rows·columns]}
     */
    float[] apply(float[] images, long first, int rows, int columns, long seed, long stream);

    /** {@code y = x}: the input is what is to be given back. */
    record None() implements Degradation {
        @Override
        public float[] apply(float[] images, long first, int rows, int columns, long seed, long stream) {
            return images.clone();
        }
    }

    /**
     * {@code y = x + σ·n} with n normal of variance 1; nothing is clipped.
     *
     * @param sigma σ
     */
    record GaussianNoise(float sigma) implements Degradation {
        @Override
        public float[] apply(float[] images, long first, int rows, int columns, long seed, long stream) {
            Philox random = new Philox(seed, stream);
            float[] noisy = new float[images.length];
            random.normals(first, noisy);
            for (int i = 0; i < noisy.length; i++) {
                noisy[i] = Math.fma(sigma, noisy[i], images[i]);
            }
            return noisy;
        }
    }

    /**
     * A Gaussian blur, zero outside the image, then noise. The kernel's weights sum to 1 up to rounding.
     *
     * @param radius the kernel is {@code 2·radius + 1} wide and high
     * @param spread σ of the kernel, in pixels
     * @param noise what is added
     */
    record GaussianBlur(int radius, double spread, GaussianNoise noise) implements Degradation {
        @Override
        public float[] apply(float[] images, long first, int rows, int columns, long seed, long stream) {
            float[] kernel = kernel();
            float[] blurred = new float[images.length];
            for (int at = 0; at < images.length; at += rows * columns) {
                blur(images, blurred, at, rows, columns, kernel);
            }
            return noise.apply(blurred, first, rows, columns, seed, stream);
        }

        /** The blur as a matrix {@code [rows·columns, rows·columns]}, H without the noise. */
        public float[] matrix(int rows, int columns) {
            int n = rows * columns;
            float[] units = new float[Math.multiplyExact(n, n)];
            for (int i = 0; i < n; i++) {
                units[i * n + i] = 1f;
            }
            float[] blurred = new float[units.length];
            for (int i = 0; i < n; i++) {
                blur(units, blurred, i * n, rows, columns, kernel());
            }
            float[] matrix = new float[units.length];
            for (int i = 0; i < matrix.length; i++) {
                matrix[i % n * n + i / n] = blurred[i];
            }
            return matrix;
        }

        private float[] kernel() {
            int width = 2 * radius + 1;
            double[] weights = new double[width * width];
            double total = 0;
            for (int i = 0; i < weights.length; i++) {
                int dy = i / width - radius;
                int dx = i % width - radius;
                weights[i] = Numerics.exp64(-(dx * dx + dy * dy) / (2 * spread * spread));
                total += weights[i];
            }
            float[] kernel = new float[weights.length];
            for (int i = 0; i < kernel.length; i++) {
                kernel[i] = (float) (weights[i] / total);
            }
            return kernel;
        }

        private void blur(float[] in, float[] out, int at, int rows, int columns, float[] kernel) {
            int width = 2 * radius + 1;
            for (int y = 0; y < rows; y++) {
                for (int x = 0; x < columns; x++) {
                    float sum = 0f;
                    for (int i = 0; i < kernel.length; i++) {
                        int sy = y + i / width - radius;
                        int sx = x + i % width - radius;
                        if (sy >= 0 && sy < rows && sx >= 0 && sx < columns) {
                            sum = Math.fma(kernel[i], in[at + sy * columns + sx], sum);
                        }
                    }
                    out[at + y * columns + x] = sum;
                }
            }
        }
    }

    /**
     * Removes pixels: each is set to +0 with the given probability.
     *
     * @param share the probability, in [0, 1]
     */
    record MissingPixels(float share) implements Degradation {
        @Override
        public float[] apply(float[] images, long first, int rows, int columns, long seed, long stream) {
            Philox random = new Philox(seed, stream);
            float[] masked = new float[images.length];
            for (int i = 0; i < masked.length; i++) {
                masked[i] = random.uniform(first + i) < share ? 0f : images[i];
            }
            return masked;
        }
    }
}

package io.github.bitlift.backend;

/**
 * How square patches lie on an image of channels-last pixels: the geometry of a convolution. Patch (oy, ox) covers the pixels
 * {@code y = stride·oy − padding + ky, x = stride·ox − padding + kx} for {@code 0 ≤ ky, kx < kernel}; those outside the image
 * count as +0.
 *
 * <p>An image is a row of {@code height·width·channels} numbers in the order (y, x, channel), a patch one of
 * {@code kernel·kernel·channels} in the order (ky, kx, channel), and the patches of an image are rows in the order (oy, ox).
 *
 * @param height of the image, in pixels
 * @param width of the image, in pixels
 * @param channels numbers per pixel
 * @param kernel side of a patch, in pixels
 * @param stride pixels from one patch to the next
 * @param padding pixels of zeros around the image, fewer than the kernel's
 */
public record PatchGrid(int height, int width, int channels, int kernel, int stride, int padding) {
    /** So that sums of two places are whole numbers of 32 bits. */
    private static final int MOST = 1 << 30;

    /** @throws IllegalArgumentException if an extent doesn't make sense: which, and what was expected */
    public PatchGrid {
        atLeast("height", height, 1);
        atLeast("width", width, 1);
        atLeast("channels", channels, 1);
        atLeast("kernel", kernel, 1);
        atLeast("stride", stride, 1);
        bounded("a stride", stride);
        atLeast("padding", padding, 0);
        if (padding >= kernel) {
            throw new IllegalArgumentException(
                    "convolution: padding " + padding + ", expected less than the kernel's " + kernel);
        }
        covered("height", height, kernel, padding);
        covered("width", width, kernel, padding);
        bounded("an image", (double) height * width * channels);
        bounded("a patch", (double) kernel * kernel * channels);
        bounded("the patches of an image", (double) patches(height, kernel, stride, padding)
                * patches(width, kernel, stride, padding) * kernel * kernel * channels);
    }

    private static void atLeast(String extent, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException("convolution: " + extent + " " + value + ", expected at least " + least);
        }
    }

    private static void covered(String extent, int size, int kernel, int padding) {
        if (size + 2L * padding < kernel) {
            throw new IllegalArgumentException("convolution: " + extent + " " + size + " with padding " + padding
                    + ", expected at least the kernel's " + kernel);
        }
    }

    private static void bounded(String what, double numbers) {
        if (numbers > MOST) {
            throw new IllegalArgumentException("convolution: " + what + " of " + (long) numbers
                    + " numbers, expected at most 2^30");
        }
    }

    private static int patches(int size, int kernel, int stride, int padding) {
        return (int) ((size + 2L * padding - kernel) / stride) + 1;
    }

    /** Rows of patches. */
    public int down() {
        return patches(height, kernel, stride, padding);
    }

    /** Patches per row. */
    public int across() {
        return patches(width, kernel, stride, padding);
    }

    /** Patches per image. */
    public int patches() {
        return down() * across();
    }

    /** The most patches that a pixel lies in. */
    public int overlap() {
        int along = (kernel + stride - 1) / stride;
        return along * along;
    }

    /** Numbers in a patch. */
    public int patchSize() {
        return kernel * kernel * channels;
    }

    /** Pixels in an image. */
    public int pixels() {
        return height * width;
    }

    /** Numbers in an image. */
    public int imageSize() {
        return pixels() * channels;
    }

    /** {@code 28x28x1, kernel 4, stride 2, padding 1}, for messages. */
    public String text() {
        return height + "x" + width + "x" + channels + ", kernel " + kernel + ", stride " + stride + ", padding " + padding;
    }

    /** Checks images {@code [n, imageSize]} and patches {@code [n·patches, patchSize]} of an operation. */
    void check(String operation, Matrix images, Matrix patches) {
        images.require(operation + ": images", images.rows(), imageSize());
        patches.require(operation + ": patches", Math.multiplyExact(images.rows(), patches()), patchSize());
    }
}

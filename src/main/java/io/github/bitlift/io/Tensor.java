package io.github.bitlift.io;

import java.util.Arrays;

/**
 * A named array of binary32 values.
 *
 * @param name   its name in a file, such as {@code layers.0.weight}
 * @param shape  lengths of the axes, outermost first; empty for one value
 * @param values row-major; as many as the product of the lengths; not copied
 */
public record Tensor(String name, int[] shape, float[] values) {

    public Tensor {
        long product = 1;
        for (int length : shape) {
            if (length < 0) {
                throw new IllegalArgumentException(name + ": negative length in shape " + Arrays.toString(shape));
            }
            product = Math.multiplyExact(product, (long) length);
        }
        if (product != values.length) {
            throw new IllegalArgumentException(
                    name + ": shape " + Arrays.toString(shape) + " does not describe " + values.length + " values");
        }
    }
}

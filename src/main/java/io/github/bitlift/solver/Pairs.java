package io.github.bitlift.solver;

/**
 * Training data: {@code count} pairs of input y and target x, row-major.
 *
 * @param inputs {@code [count, inputWidth]}
 * @param targets {@code [count, targetWidth]}
 * @param count the number of samples
 * @param inputWidth features of an input
 * @param targetWidth features of a target
 */
public record Pairs(float[] inputs, float[] targets, int count, int inputWidth, int targetWidth) {

    /** Checks sizes. */
    public Pairs {
        if (count < 1 || inputs.length != (long) count * inputWidth || targets.length != (long) count * targetWidth) {
            throw new IllegalArgumentException(inputs.length + " and " + targets.length + " numbers for " + count
                    + " pairs of " + inputWidth + " and " + targetWidth);
        }
    }
}

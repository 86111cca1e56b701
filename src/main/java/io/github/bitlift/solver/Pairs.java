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
public record Pairs(float[] inputs, float[] targets, int count, int inputWidth, int targetWidth)
        implements Samples {

    /** Checks sizes. */
    public Pairs {
        if (count < 1 || inputs.length != (long) count * inputWidth || targets.length != (long) count * targetWidth) {
            throw new IllegalArgumentException(inputs.length + " and " + targets.length + " numbers for " + count
                    + " pairs of " + inputWidth + " and " + targetWidth);
        }
    }

    /** Reads all pairs, {@code atOnce} at a time; what is in memory already is taken as it is. */
    public static Pairs of(Samples samples, int atOnce) {
        if (samples instanceof Pairs pairs) {
            return pairs;
        }
        int count = samples.count();
        float[] inputs = new float[Math.multiplyExact(count, samples.inputWidth())];
        float[] targets = new float[Math.multiplyExact(count, samples.targetWidth())];
        for (int first = 0; first < count; first += atOnce) {
            int n = Math.min(atOnce, count - first);
            samples.readInputs(first, n, inputs, first * samples.inputWidth());
            samples.readTargets(first, n, targets, first * samples.targetWidth());
        }
        return new Pairs(inputs, targets, count, samples.inputWidth(), samples.targetWidth());
    }

    @Override
    public void readInputs(int first, int n, float[] to, int at) {
        System.arraycopy(inputs, first * inputWidth, to, at, n * inputWidth);
    }

    @Override
    public void readTargets(int first, int n, float[] to, int at) {
        System.arraycopy(targets, first * targetWidth, to, at, n * targetWidth);
    }
}

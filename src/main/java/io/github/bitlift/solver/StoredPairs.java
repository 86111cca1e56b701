package io.github.bitlift.solver;

import io.github.bitlift.io.Rows;

/**
 * Training data that stay where they are stored; only what is asked for comes into memory.
 *
 * @param inputs {@code [count, inputWidth]}
 * @param targets {@code [count, targetWidth]}
 */
public record StoredPairs(Rows inputs, Rows targets) implements Samples {

    /** Checks that they belong together. */
    public StoredPairs {
        if (inputs.count() < 1 || inputs.count() != targets.count()) {
            throw new IllegalArgumentException(inputs.count() + " inputs and " + targets.count() + " targets");
        }
    }

    /** Pairs {@code from} (inclusive) to {@code until} (exclusive). */
    public StoredPairs slice(int from, int until) {
        return new StoredPairs(inputs.slice(from, until), targets.slice(from, until));
    }

    @Override
    public int count() {
        return inputs.count();
    }

    @Override
    public int inputWidth() {
        return inputs.width();
    }

    @Override
    public int targetWidth() {
        return targets.width();
    }

    @Override
    public void readInputs(int first, int n, float[] to, int at) {
        inputs.read(first, n, to, at);
    }

    @Override
    public void readTargets(int first, int n, float[] to, int at) {
        targets.read(first, n, to, at);
    }
}

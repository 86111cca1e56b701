package io.github.bitlift.solver;

import io.github.bitlift.backend.Matrix;
import io.github.bitlift.numerics.Philox;

/**
 * Mini-batches in a fresh random order every epoch. The order depends on the seed and the epoch alone, so a
 * resumed run sees the same batches. Where the batch size doesn't divide the number of pairs, the epoch's last few
 * pairs are left for other epochs.
 */
public final class Batches {
    /** Philox streams from here on hold the orders, one per epoch. */
    private static final long ORDER = 1L << 32;

    /** Rows per transfer where all are wanted. */
    private static final int AT_ONCE = 1000;

    private final Samples pairs;
    private final int size;
    private final long seed;
    private final int[] order;
    private final int[] words = new int[4];
    private final float[] inputsOfBatch;
    private final float[] targetsOfBatch;
    private long orderedEpoch = -1;

    /**
     * Batches of a set.
     *
     * @param pairs the set
     * @param size pairs per batch, from 1 to the set's size; the set's size means: all, in their own order
     * @param seed the run's seed
     */
    public Batches(Samples pairs, int size, long seed) {
        if (size < 1 || size > pairs.count()) {
            throw new IllegalArgumentException(
                    "batch of " + size + ", expected 1 to " + pairs.count() + " (the number of training pairs)");
        }
        this.pairs = pairs;
        this.size = size;
        this.seed = seed;
        this.order = new int[pairs.count()];
        this.inputsOfBatch = new float[whole() ? 0 : Math.multiplyExact(size, pairs.inputWidth())];
        this.targetsOfBatch = new float[whole() ? 0 : Math.multiplyExact(size, pairs.targetWidth())];
    }

    /** Pairs per batch. */
    public int size() {
        return size;
    }

    /** Batches per epoch. */
    public int perEpoch() {
        return pairs.count() / size;
    }

    /** Whether every batch is the whole set, in its own order. */
    public boolean whole() {
        return size == pairs.count();
    }

    /** Copies the batch of step {@code index} (from 0) into the given blocks, which it must fill. */
    public void load(long index, Matrix inputs, Matrix targets) {
        if (whole()) {
            loadAll(pairs, inputs, targets);
            return;
        }
        shuffle(index / perEpoch());
        int first = (int) (index % perEpoch()) * size;
        // Side by side on the heap first: one transfer costs a device far less than one per row.
        for (int i = 0; i < size; i++) {
            pairs.readInputs(order[first + i], 1, inputsOfBatch, i * pairs.inputWidth());
            pairs.readTargets(order[first + i], 1, targetsOfBatch, i * pairs.targetWidth());
        }
        inputs.write(inputsOfBatch);
        targets.write(targetsOfBatch);
    }

    /** Copies all pairs into the given blocks, some at a time, so that the heap holds only those. */
    static void loadAll(Samples pairs, Matrix inputs, Matrix targets) {
        int most = Math.min(AT_ONCE, pairs.count());
        float[] someInputs = new float[Math.multiplyExact(most, pairs.inputWidth())];
        float[] someTargets = new float[Math.multiplyExact(most, pairs.targetWidth())];
        for (int first = 0; first < pairs.count(); first += most) {
            int n = Math.min(most, pairs.count() - first);
            pairs.readInputs(first, n, someInputs, 0);
            pairs.readTargets(first, n, someTargets, 0);
            write(inputs.slice(first, first + n), someInputs);
            write(targets.slice(first, first + n), someTargets);
        }
    }

    private static void write(Matrix to, float[] values) {
        to.buffer().write(to.offset(), values, 0, Math.toIntExact(to.size()));
    }

    private void shuffle(long epoch) {
        if (epoch != orderedEpoch) {
            Philox.permute(seed, ORDER + epoch, order, words);
            orderedEpoch = epoch;
        }
    }
}

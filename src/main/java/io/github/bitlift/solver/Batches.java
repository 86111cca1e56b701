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

    private final Pairs pairs;
    private final int size;
    private final long seed;
    private final int[] order;
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
    public Batches(Pairs pairs, int size, long seed) {
        if (size < 1 || size > pairs.count()) {
            throw new IllegalArgumentException(
                    "batch of " + size + ", expected 1 to " + pairs.count() + " (the number of training pairs)");
        }
        this.pairs = pairs;
        this.size = size;
        this.seed = seed;
        this.order = new int[pairs.count()];
        this.inputsOfBatch = new float[whole() ? 0 : size * pairs.inputWidth()];
        this.targetsOfBatch = new float[whole() ? 0 : size * pairs.targetWidth()];
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
            inputs.write(pairs.inputs());
            targets.write(pairs.targets());
            return;
        }
        shuffle(index / perEpoch());
        int first = (int) (index % perEpoch()) * size;
        inputs.write(gather(pairs.inputs(), pairs.inputWidth(), first, inputsOfBatch));
        targets.write(gather(pairs.targets(), pairs.targetWidth(), first, targetsOfBatch));
    }

    /** The batch's rows side by side: one transfer costs a device far less than one per row. */
    private float[] gather(float[] from, int width, int first, float[] to) {
        for (int i = 0; i < size; i++) {
            System.arraycopy(from, order[first + i] * width, to, i * width, width);
        }
        return to;
    }

    private void shuffle(long epoch) {
        if (epoch != orderedEpoch) {
            new Philox(seed, ORDER + epoch).permute(order);
            orderedEpoch = epoch;
        }
    }
}

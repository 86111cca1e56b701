package io.github.bitlift.backend.cpu;

import io.github.bitlift.backend.TvPdhg;
import io.github.bitlift.backend.reference.PrimalDualSteps;
import io.github.bitlift.numerics.Reduction;
import java.util.function.Supplier;

/**
 * {@link TvPdhg} on several threads.
 *
 * <p>A small image is one task: all its iterations run before the thread turns to the next image, so that x, x̄, z and f stay in
 * the core's nearest cache. A large one is cut into bands of rows, one for each thread. There the dual step of a row follows
 * the primal step of the next one while both are in the cache, and an iteration crosses memory once; only the last rows of a
 * band wait for the next band's first.
 *
 * <p>What bounds it, on Zen 3 (AVX2, about 3.4 GHz), one thread, through the Vector API, best of 200 runs: 0.72 ns per pixel and
 * iteration of an isotropic 28 x 28 image, 0.57 ns of an anisotropic one, which has neither root nor quotient: 20 and 16 cycles
 * for 8 pixels. There are 13 loads (8 of them across lines of the cache at times), 4 stores and 17 operations; memory plays no
 * part. A check, scalar in binary64, costs as much as 23 iterations (33 with balanced residuals), so it shouldn't come often.
 */
final class TvIterations {
    /** Images of at least so many pixels are shared out in bands: an iteration then outweighs two meetings of threads. */
    static final int BANDED = 128 * 128;
    /** Pixels of the primal step before the dual step follows; with what it lags behind they stay near. */
    private static final int STRETCH = 1024;
    /** Chunks of the sums per task. */
    private static final int CHUNKS = 16;
    private static final int SUMS = 3;

    private final Workers workers;
    private final TvLoops loops;
    private final Scratch[] scratch;
    private final Workers.Task runImage = this::runImage;
    private final Workers.Task sweepBand = this::sweepBand;
    private final Workers.Task finishBand = this::finishBand;
    private final Workers.Task sumChanges = this::sumChanges;
    private final Workers.Task sumResiduals = this::sumResiduals;

    private TvPdhg operation;
    private int bands;

    /** What a worker needs for an image of its own. */
    private static final class Scratch {
        private final TvImage image = new TvImage();
        private final PrimalDualSteps steps = new PrimalDualSteps();
        private final TvChecks checks = new TvChecks();
        private final Reduction sums = new Reduction();
        private double[] first = {};
        private double[] second = {};
        private double[] third = {};
        private final PenaltyGradient gradient;

        private Scratch(PenaltyGradient gradient) {
            this.gradient = gradient;
        }

        private void size(TvPdhg operation) {
            image.size(operation.height(), operation.width());
            int chunks = TvChecks.chunks(image);
            if (first.length < chunks) {
                first = new double[chunks];
                second = new double[chunks];
                third = new double[chunks];
            }
        }

        private double sum(double[] chunkSums) {
            return sums.sumOf(chunkSums, 0, TvChecks.chunks(image));
        }
    }

    /**
     * On these threads.
     *
     * @param gradients makes what one thread needs for {@link TvPdhg.Penalty}
     */
    TvIterations(Workers workers, TvLoops loops, Supplier<PenaltyGradient> gradients) {
        this.workers = workers;
        this.loops = loops;
        this.scratch = new Scratch[workers.threads()];
        for (int worker = 0; worker < scratch.length; worker++) {
            scratch[worker] = new Scratch(gradients.get());
        }
    }

    /** Bytes of the images that workers copy theirs into, and of the sums of their chunks; a layer's planes aren't counted. */
    static long scratchBytes(TvPdhg tv, int threads) {
        if (tv.iterations() == 0) {
            return 0;
        }
        int copies = isBanded(tv, threads) ? Math.min(1, tv.x().rows()) : Math.min(threads, tv.x().rows());
        long chunks = (tv.pixels() + TvChecks.CHUNK - 1) / TvChecks.CHUNK;
        return copies * (TvImage.bytes(tv.height(), tv.width()) + SUMS * Double.BYTES * chunks);
    }

    private static boolean isBanded(TvPdhg tv, int threads) {
        return tv.pixels() >= BANDED && threads > 1;
    }

    /** Runs the operation. */
    void run(TvPdhg tv) {
        operation = tv;
        int images = tv.x().rows();
        if (!isBanded(tv, workers.threads())) {
            bands = 1;
            workers.run(images, runImage);
            return;
        }
        bands = workers.threads();
        for (int image = 0; image < images; image++) {
            iterate(image, scratch[0], true);
        }
    }

    private void runImage(int image, int worker) {
        iterate(image, scratch[worker], false);
    }

    private void iterate(int image, Scratch own, boolean banded) {
        own.steps.of(operation, image);
        if (operation.iterations() == 0 || !own.steps.running()) {
            return;
        }
        own.size(operation);
        own.image.load(operation, image);
        boolean moves = operation.data() instanceof TvPdhg.Penalty;
        if (moves) {
            own.gradient.load(operation, own.image, image);
        }
        for (int i = 0; i < operation.iterations() && own.steps.running(); i++) {
            own.steps.begin();
            if (moves) {
                own.gradient.take(own.image);
            }
            if (banded) {
                workers.run(bands, sweepBand);
                workers.run(bands, finishBand);
            } else {
                sweep(own, own.image.origin(), own.image.end());
                finish(own, own.image.origin(), own.image.end());
            }
            if (own.steps.isChecked()) {
                check(own, banded);
            }
        }
        own.image.store(operation, image);
    }

    /** x⁺ of a band, and z⁺ of its rows but the last. */
    private void sweep(Scratch of, int from, int to) {
        if (of.steps.isChecked()) {
            of.image.keep(from, to);
        }
        int done = from;
        for (int at = from; at < to; at += STRETCH) {
            int end = Math.min(to, at + STRETCH);
            loops.primal(operation, of.image, of.steps, at, end);
            int ready = end - of.image.lag();
            if (ready > done) {
                loops.dual(operation, of.image, of.steps, done, ready);
                done = ready;
            }
        }
    }

    /** z⁺ of a band's last rows. */
    private void finish(Scratch of, int from, int to) {
        loops.dual(operation, of.image, of.steps, Math.max(from, to - of.image.lag()), to);
    }

    private int bandStart(int band) {
        TvImage image = scratch[0].image;
        long vectors = (image.end() - image.origin()) / TvImage.LANES;
        return image.origin() + (int) (vectors * band / bands) * TvImage.LANES;
    }

    private void sweepBand(int band, int worker) {
        sweep(scratch[0], bandStart(band), bandStart(band + 1));
    }

    private void finishBand(int band, int worker) {
        finish(scratch[0], bandStart(band), bandStart(band + 1));
    }

    private void check(Scratch own, boolean banded) {
        int tasks = (TvChecks.chunks(own.image) + CHUNKS - 1) / CHUNKS;
        if (banded) {
            workers.run(tasks, sumChanges);
        } else {
            sumChanges(own, own.checks, 0, TvChecks.chunks(own.image));
        }
        boolean hasGap = operation.data() instanceof TvPdhg.Denoise;
        own.steps.check(own.sum(own.first), own.sum(own.second), hasGap ? own.sum(own.third) : 0);
        if (!own.steps.isBalanced()) {
            return;
        }
        if (banded) {
            workers.run(tasks, sumResiduals);
        } else {
            sumResiduals(own, own.checks, 0, TvChecks.chunks(own.image));
        }
        own.steps.balance(own.sum(own.first), own.sum(own.second));
    }

    private void sumChanges(int task, int worker) {
        int chunks = TvChecks.chunks(scratch[0].image);
        sumChanges(scratch[0], scratch[worker].checks, task * CHUNKS, Math.min(chunks, (task + 1) * CHUNKS));
    }

    private void sumChanges(Scratch of, TvChecks checks, int from, int to) {
        for (int chunk = from; chunk < to; chunk++) {
            checks.changes(operation, of.image, chunk, of.first, of.second, of.third);
        }
    }

    private void sumResiduals(int task, int worker) {
        int chunks = TvChecks.chunks(scratch[0].image);
        sumResiduals(scratch[0], scratch[worker].checks, task * CHUNKS, Math.min(chunks, (task + 1) * CHUNKS));
    }

    private void sumResiduals(Scratch of, TvChecks checks, int from, int to) {
        for (int chunk = from; chunk < to; chunk++) {
            checks.residuals(operation, of.image, of.steps, chunk, of.first, of.second);
        }
    }
}

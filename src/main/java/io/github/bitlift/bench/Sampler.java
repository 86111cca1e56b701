package io.github.bitlift.bench;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Buffer;
import io.github.bitlift.backend.Copy;
import io.github.bitlift.backend.Elementwise;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Program;
import io.github.bitlift.prox.Identity;
import java.util.List;

/**
 * Takes times. A sample is so many runs, enqueued one behind the other, that the clock and the wait for the last one don't
 * matter; before each sample a large buffer is written, so that it starts with none of its operands in a cache. From its
 * second run on, operands that fit into a cache are found there.
 */
final class Sampler implements AutoCloseable {
    /** 128 MiB, more than the caches of today's machines; read and written it is twice that. */
    private static final int FLUSHED = 1 << 25;
    private static final int COLUMNS = 1 << 10;
    private static final long MOST_REPLAYS = 1 << 20;

    private final int samples;
    private final double leastSample;
    private final double warmUp;
    private final Buffer from;
    private final Buffer to;
    private final Program flush;
    private final Program identity;
    private final float[] probe = new float[1];

    /**
     * Allocates what is written between samples.
     *
     * @param quick fewer and shorter samples
     */
    Sampler(Backend backend, boolean quick) {
        samples = quick ? 5 : 9;
        leastSample = quick ? 0.005 : 0.02;
        warmUp = quick ? 0.15 : 0.3;
        from = backend.allocate(FLUSHED);
        to = backend.allocate(FLUSHED);
        Matrix source = Matrix.of(from, FLUSHED / COLUMNS, COLUMNS);
        Matrix target = Matrix.of(to, FLUSHED / COLUMNS, COLUMNS);
        List<Operation> copy = List.of(new Copy(source, target));
        flush = backend.compile(copy);
        identity = backend.compile(List.of(
                new Elementwise(Elementwise.Kind.ACTIVATE, new Identity(), 1, source, null, target)));
    }

    /** Bytes per second of a large copy, read and written bytes counted, by the faster of the two ways to copy. */
    double bandwidth() {
        double bytes = 2.0 * Float.BYTES * FLUSHED;
        return bytes / Math.min(time(flush::run).low(), time(identity::run).low());
    }

    /** Warms up, finds how many runs make a sample, and takes the samples. */
    Timing time(Runnable run) {
        long replays = replays(run);
        double[] seconds = new double[samples];
        for (int i = 0; i < samples; i++) {
            flush.run();
            await();
            seconds[i] = seconds(run, replays) / replays;
        }
        return Timing.of(seconds, replays);
    }

    private long replays(Runnable run) {
        long replays = 1;
        double spent = 0;
        while (true) {
            double took = seconds(run, replays);
            spent += took;
            if (took < leastSample && replays < MOST_REPLAYS) {
                double wanted = Math.min(10, 1.2 * leastSample / took);
                replays = Math.min(MOST_REPLAYS, (long) Math.ceil(replays * wanted));
            } else if (spent >= warmUp) {
                return replays;
            }
        }
    }

    private double seconds(Runnable run, long replays) {
        long start = System.nanoTime();
        for (long i = 0; i < replays; i++) {
            run.run();
        }
        await();
        return (System.nanoTime() - start) * 1e-9;
    }

    /** Reading waits for all that was enqueued. */
    private void await() {
        to.read(0, probe, 0, 1);
    }

    @Override
    public void close() {
        flush.close();
        identity.close();
        from.close();
        to.close();
    }
}

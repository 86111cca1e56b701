package io.github.bitlift.backend.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Fused multiply-adds that never leave the registers: what a processor does at most. Twelve chains keep two pipelines of up
 * to six cycles' latency busy. Must not be loaded where the module {@code jdk.incubator.vector} is absent.
 */
final class FmaLoop {
    /** Operations per round: 12 vectors, two operations per lane. */
    static final int FLOPS = 12 * 2 * FloatVector.SPECIES_PREFERRED.length();

    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int TASKS_PER_THREAD = 4;
    private static final int ROUNDS = 500_000;
    private static final int REPEATS = 40;

    private FmaLoop() {}

    /** Operations per second on all threads: the best of some short runs, the first of which compile the loop. */
    static double flopsPerSecond(Workers workers) {
        int tasks = TASKS_PER_THREAD * workers.threads();
        float[] results = new float[tasks];
        Workers.Task task = (index, worker) -> results[index] = run(ROUNDS, index);
        double best = Double.POSITIVE_INFINITY;
        for (int i = 0; i < REPEATS; i++) {
            long start = System.nanoTime();
            workers.run(tasks, task);
            best = Math.min(best, (System.nanoTime() - start) * 1e-9);
        }
        return (double) FLOPS * ROUNDS * tasks / best;
    }

    /** A number that depends on all of the work, so that none of it can be left out. */
    static float run(int rounds, float start) {
        FloatVector x = FloatVector.broadcast(SPECIES, 0.5f);
        FloatVector y = FloatVector.broadcast(SPECIES, 1f + start);
        FloatVector a = y;
        FloatVector b = y.add(1f);
        FloatVector c = y.add(2f);
        FloatVector d = y.add(3f);
        FloatVector e = y.add(4f);
        FloatVector f = y.add(5f);
        FloatVector g = y.add(6f);
        FloatVector h = y.add(7f);
        FloatVector i = y.add(8f);
        FloatVector j = y.add(9f);
        FloatVector k = y.add(10f);
        FloatVector l = y.add(11f);
        for (int round = 0; round < rounds; round++) {
            a = a.fma(x, y);
            b = b.fma(x, y);
            c = c.fma(x, y);
            d = d.fma(x, y);
            e = e.fma(x, y);
            f = f.fma(x, y);
            g = g.fma(x, y);
            h = h.fma(x, y);
            i = i.fma(x, y);
            j = j.fma(x, y);
            k = k.fma(x, y);
            l = l.fma(x, y);
        }
        FloatVector sum = a.add(b).add(c).add(d).add(e).add(f).add(g).add(h).add(i).add(j).add(k).add(l);
        return sum.reduceLanes(VectorOperators.ADD);
    }
}

package io.github.bitlift.backend.cpu;

import io.github.bitlift.backend.reference.Maps;
import io.github.bitlift.backend.reference.RowOperations;
import io.github.bitlift.backend.reference.Rows;
import io.github.bitlift.numerics.Reduction;

/**
 * The threads of one program with what each needs for itself, and the choice whether to wake them. What is small runs on the
 * calling thread, always as worker 0.
 */
final class Crew {
    /** Rows {@code from} to {@code to - 1} of an operation. */
    interface Range {
        void run(int from, int to, int worker);
    }

    /** Elements below which one thread is as fast: some ten microseconds' work, as long as it takes to wake another. */
    static final long WORTH_SHARING = 1 << 16;
    /** Elements per task where threads share. */
    private static final int GRAIN = 16 * 1024;
    /** Elements that several passes go over while they are in the first-level cache. */
    static final int BLOCK = 2 * 1024;

    final Workers workers;
    final Rows loops;
    final RowOperations[] rows;
    final Reduction[] sums;
    final float[][] chains;

    Crew(Workers workers, Maps maps, Rows loops) {
        this.workers = workers;
        this.loops = loops;
        this.rows = new RowOperations[workers.threads()];
        this.sums = new Reduction[workers.threads()];
        this.chains = new float[workers.threads()][ColumnSums.WIDTH];
        for (int worker = 0; worker < rows.length; worker++) {
            rows[worker] = new RowOperations(maps, loops);
            sums[worker] = new Reduction();
        }
    }

    /** Whether so many elements are worth waking threads for. */
    boolean sharesOut(long elements) {
        return workers.threads() > 1 && elements >= WORTH_SHARING;
    }

    /** All tasks, on this thread or, where so many elements are worth it, on all. */
    Runnable tasks(int count, long elements, Workers.Task task) {
        if (sharesOut(elements)) {
            return () -> workers.run(count, task);
        }
        return () -> {
            for (int index = 0; index < count; index++) {
                task.run(index, 0);
            }
        };
    }

    /**
     * Rows of an operation, some at a time.
     *
     * @param width elements of a row
     * @param weight how many times an addition's time each element takes
     */
    Runnable ranges(int count, int width, int weight, Range range) {
        int most = Math.max(1, width);
        int block = Math.max(1, BLOCK / most);
        long elements = (long) count * width * weight;
        int each = sharesOut(elements) ? Math.max(1, (int) (GRAIN / Math.min(GRAIN, (long) most * weight))) : count;
        int tasks = each == 0 ? 0 : (count + each - 1) / each;
        return tasks(tasks, elements, (task, worker) -> {
            int end = Math.min(count, (task + 1) * each);
            for (int from = task * each; from < end; from += block) {
                range.run(from, Math.min(end, from + block), worker);
            }
        });
    }
}

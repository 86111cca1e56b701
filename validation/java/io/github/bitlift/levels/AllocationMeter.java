package io.github.bitlift.levels;

import com.sun.management.ThreadMXBean;
import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.levels.VectorWork.Piece;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;

/**
 * A program that measures what each piece of {@link VectorWork} allocates, on the caller's thread and the workers', once all is
 * compiled. First, every class that uses vectors runs on small matrices, in turn and by the interpreter, so that what the compiler
 * learns about vectors comes from all of them. Compilation is to run in the foreground ({@code -Xbatch}); then no clock matters.
 *
 * <p>The first line says how many numbers a vector has. Each other line is: threads, bytes per run, bytes allowed, name.
 */
final class AllocationMeter {
    /** Runs of each piece before the next has its turn. */
    private static final int RUNS = 60;
    /** Rounds on small matrices: enough for the compilers to begin. */
    private static final int SMALL_ROUNDS = 8;
    /** Rounds until all is quiet. As many without an end mean that something always allocates. */
    private static final int MOST_ROUNDS = 8;
    /** A piece counts with the best of so many windows, for Java itself may allocate in one. */
    private static final int WINDOWS = 2;

    private final ThreadMXBean bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    /** The caller's thread and the workers'. */
    private final long[] ids;

    private AllocationMeter(int threads) {
        Thread[] all = new Thread[Thread.activeCount() + 1];
        ids = Arrays.stream(all, 0, Thread.enumerate(all))
                .filter(thread -> thread == Thread.currentThread() || thread.getName().startsWith("bitlift-worker-"))
                .mapToLong(Thread::getId).toArray();
        if (ids.length != threads) {
            throw new IllegalStateException(ids.length + " threads found, expected " + threads);
        }
    }

    public static void main(String[] args) {
        System.out.println(new CpuBackend(1, "vector").description());
        for (int threads = 1; threads <= 2; threads++) {
            try (Backend backend = new CpuBackend(threads, "vector")) {
                List<Piece> small = VectorWork.on(backend, true);
                for (int round = 0; round < SMALL_ROUNDS; round++) {
                    small.forEach(piece -> piece.run().run());
                }
                new AllocationMeter(threads).measure(threads, VectorWork.on(backend, false));
            }
        }
    }

    private void measure(int count, List<Piece> pieces) {
        for (int round = 0; round < MOST_ROUNDS && !isQuiet(pieces); round++) {
            // The compilers go on.
        }
        long[] least = new long[pieces.size()];
        Arrays.fill(least, Long.MAX_VALUE);
        for (int window = 0; window < WINDOWS; window++) {
            for (int i = 0; i < least.length; i++) {
                least[i] = Math.min(least[i], bytesPerRun(pieces.get(i)));
            }
        }
        for (int i = 0; i < least.length; i++) {
            Piece piece = pieces.get(i);
            System.out.println(count + "\t" + least[i] + "\t" + piece.name());
        }
    }

    private boolean isQuiet(List<Piece> pieces) {
        boolean quiet = true;
        for (Piece piece : pieces) {
            quiet &= bytesPerRun(piece) == 0;
        }
        return quiet;
    }

    /** Rounded up. */
    private long bytesPerRun(Piece piece) {
        long before = allocated();
        for (int run = 0; run < RUNS; run++) {
            piece.run().run();
        }
        return (allocated() - before + RUNS - 1) / RUNS;
    }

    private long allocated() {
        long sum = 0;
        for (long id : ids) {
            sum += bean.getThreadAllocatedBytes(id);
        }
        return sum;
    }
}

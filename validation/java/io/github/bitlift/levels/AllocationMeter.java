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
    private static final int RUNS = 100;
    /** Rounds on small matrices: enough for the compilers to begin. */
    private static final int SMALL_ROUNDS = 30;
    /** Rounds until all is quiet. As many without an end mean that something always allocates. */
    private static final int MOST_ROUNDS = 30;
    /** A piece counts with the best of so many windows, for Java itself may allocate in one. */
    private static final int WINDOWS = 3;

    private final ThreadMXBean bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final long[] threads;

    private AllocationMeter() {
        long own = Thread.currentThread().getId();
        Thread[] all = new Thread[Thread.activeCount() + 1];
        int count = Thread.enumerate(all);
        threads = Arrays.stream(all, 0, count).filter(thread -> thread.getName().startsWith("bitlift-worker-"))
                .mapToLong(Thread::getId).toArray();
        ids = Arrays.copyOf(threads, threads.length + 1);
        ids[threads.length] = own;
    }

    private final long[] ids;

    public static void main(String[] args) {
        System.out.println(new CpuBackend(1, "vector").description());
        boolean fused = Boolean.parseBoolean(args[0]);
        for (int threads = 1; threads <= 2; threads++) {
            try (Backend backend = new CpuBackend(threads, "vector")) {
                List<Piece> small = VectorWork.on(backend, true);
                for (int round = 0; round < (fused ? SMALL_ROUNDS : 1); round++) {
                    small.forEach(piece -> piece.run().run());
                }
                List<Piece> pieces = VectorWork.on(backend, false).stream().filter(piece -> fused || !piece.fused()).toList();
                new AllocationMeter().measure(threads, pieces);
            }
        }
    }

    private void measure(int count, List<Piece> pieces) {
        int round = 0;
        while (round < MOST_ROUNDS && !isQuiet(pieces)) {
            round++;
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
            System.out.println(count + "\t" + least[i] + "\t" + piece.most() + "\t" + piece.name());
        }
        System.err.println(count + " threads: quiet after rounds " + round);
    }

    private boolean isQuiet(List<Piece> pieces) {
        boolean quiet = true;
        for (Piece piece : pieces) {
            quiet &= bytesPerRun(piece) <= piece.most();
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

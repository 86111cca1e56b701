package io.github.bitlift.cli;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.io.InputException;
import io.github.bitlift.io.SystemFault;
import java.io.PrintWriter;
import java.util.List;

/**
 * Opens the backend that was asked for, never another.
 *
 * @param backend the backend, which the caller closes
 * @param threads how many threads it uses
 */
record Backends(Backend backend, int threads) implements AutoCloseable {
    static final List<String> NAMES = List.of("auto", "reference", "cpu", "cuda", "opencl");
    private static final int MOST_THREADS = 1024;

    /**
     * Opens a backend; says on {@code remarks} which one {@code auto} picked and why.
     *
     * @throws InputException for an unknown name or a bad number of threads
     * @throws SystemFault if the named backend can't run
     */
    static Backends open(BackendOptions options, PrintWriter remarks) {
        check(options);
        int threads = options.threads == null ? Runtime.getRuntime().availableProcessors() : options.threads;
        return switch (options.backend) {
            case "reference" -> new Backends(new ReferenceBackend(), 1);
            case "cpu" -> cpu(threads);
            case "auto" -> {
                Backends picked = cpu(threads);
                remarks.println("backend: cpu, " + picked.backend.description()
                        + " (auto: the CUDA backend is not part of this version)");
                yield picked;
            }
            default -> throw new SystemFault("--backend " + options.backend
                    + ": not part of this version; use --backend cpu (same bits) or leave the option out");
        };
    }

    /** Refuses bad values without opening anything. */
    static void check(BackendOptions options) {
        Choice.require("--backend", options.backend, NAMES);
        if (options.threads == null) {
            return;
        }
        Values.atLeast("--threads", options.threads, 1);
        if (options.threads > MOST_THREADS) {
            throw new InputException("--threads " + options.threads + ": expected at most " + MOST_THREADS);
        }
        if (options.backend.equals("reference") && options.threads != 1) {
            throw new InputException("--threads " + options.threads
                    + ": the reference backend runs in 1 thread; expected --threads 1 or another --backend");
        }
    }

    private static Backends cpu(int threads) {
        return new Backends(new CpuBackend(threads), threads);
    }

    @Override
    public void close() {
        backend.close();
    }
}

package io.github.bitlift.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.BackendException;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.backend.cuda.CudaBackend;
import io.github.bitlift.backend.cuda.EmulatedDriver;
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
 * @param device what was asked for with {@code --device}, the first device's number if nothing was; null without devices
 * @param description of the backend, as reports have it
 */
record Backends(Backend backend, int threads, String device, String description) implements AutoCloseable {
    static final List<String> NAMES = List.of("auto", "reference", "cpu", "cuda", "opencl");
    private static final int MOST_THREADS = 1024;
    private static final String FIRST_DEVICE = "0";

    /**
     * Opens a backend; says on {@code remarks} which one {@code auto} picked and why.
     *
     * @throws InputException for an unknown name, a bad number of threads or a device that the backend doesn't have
     * @throws SystemFault if the named backend is not part of this version
     * @throws BackendException if it can't run here
     */
    static Backends open(BackendOptions options, PrintWriter remarks) {
        return open(options, List.of(), remarks);
    }

    /** The same for a command that chooses the emulated driver's orders itself. */
    static Backends open(BackendOptions options, List<String> orders, PrintWriter remarks) {
        check(options);
        return switch (options.backend) {
            case "reference" -> of(new ReferenceBackend(), 1, null);
            case "cpu" -> cpu(options);
            case "cuda" -> named(options, orders, remarks);
            case "auto" -> automatic(options, remarks);
            default -> throw new SystemFault("--backend " + options.backend
                    + ": not part of this version; use --backend cpu (same bits) or leave the option out");
        };
    }

    /** Refuses bad values without opening anything. */
    static void check(BackendOptions options) {
        Choice.require("--backend", options.backend, NAMES);
        checkDevice(options);
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
        if (options.backend.equals("cuda")) {
            throw new InputException("--threads " + options.threads
                    + ": the cuda backend has no use for it; expected no --threads or --backend cpu");
        }
    }

    private static void checkDevice(BackendOptions options) {
        if (options.device == null) {
            return;
        }
        if (!options.backend.equals("cuda")) {
            throw new InputException("--device " + options.device + ": the " + options.backend
                    + " backend has no devices to choose from; expected --backend cuda as well"
                    + (options.backend.equals("auto") ? "" : " instead of --backend " + options.backend));
        }
        if (options.device.isBlank()) {
            throw new InputException("--device '" + options.device
                    + "': expected a device's number, part of its name, or emulated");
        }
        if (!options.isEmulated() && Nearest.isNear(options.device, BackendOptions.EMULATED)) {
            throw new InputException("--device " + options.device + ": did you mean --device emulated?");
        }
    }

    private static Backends of(Backend backend, int threads, String device) {
        return new Backends(backend, threads, device, backend.description());
    }

    private static Backends named(BackendOptions options, List<String> orders, PrintWriter remarks) {
        if (options.isEmulated()) {
            EmulatedDriver.prepare(remarks::println);
        }
        Backends opened = cuda(options.device == null ? FIRST_DEVICE : options.device);
        if (options.isEmulated() && !orders.isEmpty()) {
            opened = new Backends(opened.backend, opened.threads, opened.device, "emulated driver, "
                    + (orders.size() == 1 ? "order " : "orders ") + String.join(", ", orders));
        }
        remarks.println("backend: cuda, " + opened.description);
        return opened;
    }

    /** A working GPU, else the processor; the emulated driver is for those who name it. */
    private static Backends automatic(BackendOptions options, PrintWriter remarks) {
        if (options.threads != null) {
            return remark(cpu(options), "--threads is given", remarks);
        }
        try {
            return remark(cuda(FIRST_DEVICE), "it works here", remarks);
        } catch (BackendException absent) {
            return remark(cpu(options), reason(absent.getMessage()), remarks);
        }
    }

    /** Without the remedy, which is not needed to go on. */
    private static String reason(String message) {
        return message.replaceFirst("^cuda: ", "").replaceFirst(";.*", "");
    }

    private static Backends remark(Backends picked, String why, PrintWriter remarks) {
        remarks.println("backend: " + picked.backend.name() + ", " + picked.description + " (auto: " + why + ")");
        return picked;
    }

    private static Backends cpu(BackendOptions options) {
        int threads = options.threads == null ? Runtime.getRuntime().availableProcessors() : options.threads;
        return of(new CpuBackend(threads), threads, null);
    }

    private static Backends cuda(String device) {
        return of(CudaBackend.open(device), 1, device);
    }

    /** Whether results come from the emulated driver, which every report has to say. */
    boolean isEmulated() {
        return BackendOptions.EMULATED.equals(device);
    }

    /** What every report says about where the arithmetic ran. */
    ObjectNode describe(ObjectNode report) {
        return report.put("backend", backend.name()).put("threads", threads).put("device", device)
                .put("backend_description", description);
    }

    @Override
    public void close() {
        backend.close();
    }
}

package io.github.bitlift.cli;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.BackendException;
import io.github.bitlift.backend.cuda.EmulatedDriver;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.catalogue.Case;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Cases on a backend beside the reference: what was compared, what differs, and which case was the first to differ. */
final class Verification {
    /** A case that differs, and how to repeat it. */
    record Difference(Case.Result result, String order, String command) {}

    /** What was found for one operation or in one order. */
    static final class Tally {
        private long cases;
        private long compared;
        private long differing;
        private Difference first;

        long cases() {
            return cases;
        }

        long compared() {
            return compared;
        }

        long differing() {
            return differing;
        }

        /** The first difference, or null. */
        Difference first() {
            return first;
        }

        private void add(Case.Result result, Difference difference) {
            compared += result.compared();
            differing += result.differing();
            first = first == null ? difference : first;
        }
    }

    private final VerifyOptions options;
    private final BackendOptions backendOptions;
    private final GoldenHashes golden = new GoldenHashes();
    private final Map<String, Tally> operations = new LinkedHashMap<>();
    private final Map<String, Tally> orders = new LinkedHashMap<>();
    private final Tally all = new Tally();

    Verification(VerifyOptions options, BackendOptions backendOptions) {
        this.options = options;
        this.backendOptions = backendOptions;
        options.orders(backendOptions).forEach(order -> orders.put(order, new Tally()));
    }

    /**
     * Runs every case, in every order.
     *
     * @throws BackendException if the backend fails; the message names the case
     */
    void run(Backend backend, Progress progress) {
        long index = 0;
        try (Backend reference = new ReferenceBackend(); Stream<Case> cases = options.cases()) {
            for (Iterator<Case> each = cases.iterator(); each.hasNext(); index++) {
                Case next = each.next();
                long[][] expected = next.outcome(reference);
                golden.add(next, expected);
                all.cases++;
                tally(next).cases++;
                for (String order : orders.keySet()) {
                    run(next, index, expected, backend, order);
                }
                progress.note(next.operation() + (all.differing == 0 ? "" : ", " + all.differing + " numbers differ"));
                progress.step(index + 1);
            }
        }
    }

    private Tally tally(Case which) {
        return operations.computeIfAbsent(which.operation(), name -> new Tally());
    }

    private void run(Case which, long index, long[][] expected, Backend backend, String order) {
        if (!order.isEmpty()) {
            EmulatedDriver.order(order);
        }
        String command = options.command(backendOptions, backend.name(), which, index, order);
        Case.Result result;
        try {
            result = which.verify(expected, backend, options.repeat());
        } catch (BackendException | IllegalArgumentException failed) {
            throw new BackendException(which.operation() + ", " + which.name() + ": " + failed.getMessage()
                    + "; to repeat: " + command, failed);
        }
        Difference difference = result.agrees() ? null : new Difference(result, order, command);
        tally(which).add(result, difference);
        orders.get(order).add(result, difference);
        all.add(result, difference);
    }

    /** By operation, in the order of the cases. */
    Map<String, Tally> operations() {
        return operations;
    }

    /** By order of blocks and threads; one without a name unless the driver is emulated. */
    Map<String, Tally> orders() {
        return orders;
    }

    /** Everything together. */
    Tally all() {
        return all;
    }

    /** Hashes of what the reference gave. */
    GoldenHashes golden() {
        return golden;
    }

    /** The differences to report: the first of each operation. */
    List<Difference> differences() {
        return operations.values().stream().map(Tally::first).filter(each -> each != null).toList();
    }
}

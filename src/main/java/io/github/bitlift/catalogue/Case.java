package io.github.bitlift.catalogue;

import io.github.bitlift.backend.Backend;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Operations on seeded operands that every backend must carry out with the same bits.
 *
 * @param operation the operation's stem, for example {@code product} or {@code soft_threshold}
 * @param name what tells the case apart from others of the operation: layout, shape, values
 * @param seed of its operands
 * @param body makes operands and operations
 */
public record Case(String operation, String name, long seed, Consumer<Setup> body) {

    /** With a seed from its names, so that adding a case changes no other. */
    public Case(String operation, String name, Consumer<Setup> body) {
        this(operation, name, (operation + "/" + name).hashCode(), body);
    }

    /** What a comparison found. */
    public record Result(Case which, long compared, long differing, String first) {

        /** Whether every bit agreed. */
        public boolean agrees() {
            return differing == 0;
        }

        /** Operation, case and the first difference. */
        public String text() {
            return which.operation() + ", " + which.name() + ": " + (agrees() ? "no difference" : first);
        }
    }

    /** Everything in memory after the case ran on a backend. */
    public long[][] outcome(Backend backend) {
        return outcomes(backend, 1).get(0);
    }

    private List<long[][]> outcomes(Backend backend, int runs) {
        try (Setup setup = new Setup(backend, seed)) {
            body.accept(setup);
            return setup.outcomes(runs);
        }
    }

    /**
     * Compares an outcome with the expected one.
     *
     * @return how many numbers were compared, how many differ, and where the first does
     */
    public Result compare(long[][] expected, long[][] actual) {
        long compared = 0;
        long differing = 0;
        String first = null;
        for (int operand = 0; operand < expected.length; operand++) {
            for (int i = 0; i < expected[operand].length; i++) {
                compared++;
                if (expected[operand][i] != actual[operand][i]) {
                    differing++;
                    if (first == null) {
                        first = String.format(
                                Locale.ROOT, "operand %d, index %d: %x, expected %x",
                                operand, i, actual[operand][i], expected[operand][i]);
                    }
                }
            }
        }
        return new Result(this, compared, differing, first);
    }

    /**
     * Compiles the case on a backend, runs it several times, each time on fresh operands, and compares every outcome with
     * what the reference gave. A run after the first that differs points at something left behind by the one before.
     */
    public Result verify(long[][] expected, Backend backend, int runs) {
        long compared = 0;
        long differing = 0;
        String first = null;
        try {
            List<long[][]> outcomes = outcomes(backend, runs);
            for (int run = 0; run < runs; run++) {
                Result result = compare(expected, outcomes.get(run));
                compared += result.compared();
                differing += result.differing();
                if (first == null && !result.agrees()) {
                    first = result.first() + (run == 0 ? "" : " (run " + (run + 1) + "; the earlier ones agreed)");
                }
            }
        } catch (IllegalStateException guard) {
            return new Result(this, compared, differing + 1, guard.getMessage());
        }
        return new Result(this, compared, differing, first);
    }

    /** The case's operations and their shapes, in words. */
    public String description() {
        return OperationText.of(this);
    }
}

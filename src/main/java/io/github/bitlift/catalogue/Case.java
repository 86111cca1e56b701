package io.github.bitlift.catalogue;

import io.github.bitlift.backend.Backend;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Operations on seeded operands that every backend must carry out with the same bits.
 *
 * @param operation the operation's stem, for example {@code product} or {@code soft_threshold}
 * @param name what tells the case apart from others of the operation: layout, shape, values
 * @param body makes operands and operations
 */
public record Case(String operation, String name, Consumer<Setup> body) {

    /** The seed of the case's operands: from its names, so that adding a case changes no other. */
    long seed() {
        return (operation + "/" + name).hashCode();
    }

    /** What a comparison found. */
    public record Result(Case which, long compared, long differing, String first) {

        /** Whether every bit agreed. */
        public boolean agrees() {
            return differing == 0;
        }
    }

    /** Everything in memory after the case ran on a backend. */
    public long[][] outcome(Backend backend) {
        try (Setup setup = new Setup(backend, seed())) {
            body.accept(setup);
            return setup.outcome();
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

    /** Runs the case on a backend and compares it with what the reference gave. */
    public Result verify(long[][] expected, Backend backend) {
        try {
            return compare(expected, outcome(backend));
        } catch (IllegalStateException e) {
            return new Result(this, 0, 1, e.getMessage());
        }
    }
}

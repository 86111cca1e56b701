package io.github.bitlift.cli;

import io.github.bitlift.catalogue.Case;
import io.github.bitlift.catalogue.Catalogue;
import io.github.bitlift.catalogue.Fuzz;
import io.github.bitlift.io.InputException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** What {@code bitlift verify} runs, and how. */
final class VerifyOptions {
    private static final List<String> ORDERS = List.of("forward", "reverse", "random:1", "random:2");
    private static final String ORDER = "forward|reverse|random:[0-9]{1,18}";

    @Option(names = "--operation", paramLabel = "NAME", order = 100,
            description = "Only the cases of one operation, for example product or soft_threshold; not with --fuzz or --golden.")
    private String operation;

    @Option(names = "--repeat", paramLabel = "N", order = 101, defaultValue = "3",
            description = "How often each case's program runs, each time on fresh operands (default: ${DEFAULT-VALUE}).")
    private int repeat;

    @Option(names = "--fuzz", paramLabel = "N", order = 102,
            description = "Instead of the catalogue, N cases drawn at random; not with --operation or --golden.")
    private Long fuzz;

    @Option(names = "--seed", paramLabel = "S", order = 103,
            description = "With --fuzz only: which random cases (default: 1); the same seed gives the same ones everywhere.")
    private Long seed;

    @Option(names = "--first", paramLabel = "I", order = 104,
            description = "With --fuzz only: number of the first random case (default: 0).")
    private Long first;

    @Option(names = "--order", paramLabel = "ORDER", order = 105,
            description = "With --backend cuda --device emulated only: the order in which blocks and threads run, forward, reverse or"
                    + " random:SEED (default: forward, reverse, random:1 and random:2, one after the other).")
    private String order;

    @Option(names = "--golden", paramLabel = "FILE", order = 106,
            description = "Also write hashes of the reference's results of the whole catalogue to FILE; not with --fuzz or"
                    + " --operation.")
    private Path golden;

    /** Refuses bad values. */
    void check(BackendOptions backend) {
        Values.atLeast("--repeat", repeat, 1);
        checkFuzz();
        if (operation != null) {
            Choice.require("--operation", operation,
                    Catalogue.cases().stream().map(Case::operation).distinct().toList());
        }
        if (golden != null) {
            if (fuzz != null || operation != null) {
                throw new InputException("--golden " + golden + ": hashes are of the whole catalogue; expected no "
                        + (fuzz != null ? "--fuzz" : "--operation"));
            }
            OutputOptions.requireWritable(golden);
        }
        if (order == null) {
            return;
        }
        if (!order.matches(ORDER)) {
            throw new InputException("--order '" + order + "': expected forward, reverse or random:SEED");
        }
        if (!backend.isEmulated()) {
            throw new InputException("--order " + order + ": expected --backend cuda --device emulated as well");
        }
    }

    private void checkFuzz() {
        if (fuzz == null) {
            if (seed != null || first != null) {
                throw new InputException((seed != null ? "--seed " + seed : "--first " + first)
                        + ": the catalogue has none; expected --fuzz N as well");
            }
            return;
        }
        Values.atLeast("--fuzz", fuzz, 1);
        if (first != null) {
            Values.atLeast("--first", first, 0);
        }
        if (operation != null) {
            throw new InputException("--operation " + operation + ": random cases draw theirs; expected no --fuzz");
        }
        if (fuzz > Long.MAX_VALUE - first()) {
            throw new InputException("--fuzz " + fuzz + ": expected at most " + (Long.MAX_VALUE - first()));
        }
    }

    /** The cases, made one after the other. */
    Stream<Case> cases() {
        if (fuzz != null) {
            return LongStream.range(first(), first() + fuzz).mapToObj(i -> Fuzz.draw(seed(), i));
        }
        return Catalogue.cases().stream().filter(each -> operation == null || each.operation().equals(operation));
    }

    long count() {
        return fuzz != null ? fuzz : cases().count();
    }

    /** The orders to run every case in; one that stands for none unless the driver is emulated. */
    List<String> orders(BackendOptions backend) {
        return !backend.isEmulated() ? List.of("") : order != null ? List.of(order) : ORDERS;
    }

    int repeat() {
        return repeat;
    }

    /** Where hashes go, or null. */
    Path golden() {
        return golden;
    }

    /** Whether cases are drawn at random. */
    boolean isFuzz() {
        return fuzz != null;
    }

    long seed() {
        return seed == null ? 1 : seed;
    }

    private long first() {
        return first == null ? 0 : first;
    }

    /** The command that repeats one case on the backend of that name: a random case alone, else its operation. */
    String command(BackendOptions backend, String name, Case which, long index, String inOrder) {
        return "./bitlift verify --backend " + name
                + (backend.threads == null ? "" : " --threads " + backend.threads)
                + (backend.device == null ? "" : " --device " + quoted(backend.device))
                + (inOrder.isEmpty() ? "" : " --order " + inOrder)
                + (fuzz == null ? " --operation " + which.operation()
                        : " --fuzz 1 --seed " + seed() + " --first " + (first() + index));
    }

    private static String quoted(String text) {
        return text.matches("[A-Za-z0-9_.-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}

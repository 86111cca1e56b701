package io.github.bitlift.peers;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;

/**
 * A run of {@code benchmarks/run-peers.sh}: says where it runs, lets contenders take turns, prints what was found, and with
 * {@code json=FILE} appends every row to that file, one JSON object a line.
 *
 * <p>All ratios are their time / ours, formed round by round: more than 1 means that Bitlift is faster.
 */
final class Comparison {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String name;
    private final Arguments arguments;
    private final int rounds;
    private final boolean processorTime;
    private final Host host = Host.here();

    /**
     * Prints the first line.
     *
     * @param name the script's word for it
     * @param rounds unless the arguments say otherwise
     */
    Comparison(String name, Arguments arguments, String threads, int rounds) {
        this.name = name;
        this.arguments = arguments;
        this.rounds = arguments.number("rounds", rounds);
        this.processorTime = arguments.text("clock", "wall").equals("cpu");
        System.out.printf(Locale.ROOT, "JDK %s; vectors of %d floats (%s), micro-kernel %s; threads %s; %s; load %.1f%n",
                host.jdk(), host.lanes(), host.level(), host.kernel(), threads, host.machine(), load());
        System.out.println((processorTime ? "processor time" : "time passed")
                + " per run, median [least–most] of " + this.rounds + " rounds; ratio: their time / ours");
    }

    /**
     * What all contenders do.
     *
     * @param work its name
     * @param threads of every contender
     * @param words the arguments that repeat this row alone, {@code threads} and {@code rounds} apart
     * @param parts how many of what is measured a run does
     * @param flop of one such part, 0 where rates say nothing
     */
    record Task(String work, int threads, String words, int parts, double flop) {

        Task(String work, int threads, String words) {
            this(work, threads, words, 1, 0);
        }
    }

    /** Lets contenders, ours first, take turns, and prints and keeps what was found. */
    void of(Task task, List<Contender> contenders) {
        double load = load();
        Turns turns = Turns.take(contenders, rounds, task.threads, processorTime);
        double seconds = turns.seconds(0).median() / task.parts;
        String unit = seconds < 1e-3 ? "µs" : seconds < 1 ? "ms" : "s";
        double scale = (seconds < 1e-3 ? 1e6 : seconds < 1 ? 1e3 : 1) / task.parts;
        System.out.println(task.work + ", " + task.threads + (task.threads == 1 ? " thread" : " threads"));
        for (int i = 0; i < contenders.size(); i++) {
            Spread time = turns.seconds(i).times(scale);
            String rate = task.flop == 0 ? ""
                    : String.format(Locale.ROOT, ", %.0f GFLOP/s", 1e-9 * task.flop * task.parts / turns.seconds(i).median());
            System.out.println("  " + contenders.get(i).name() + ": " + time.text() + " " + unit + rate
                    + (i == 0 ? "" : ", ratio " + turns.ratio(i).text()));
        }
        String file = arguments.text("json", "");
        if (!file.isEmpty()) {
            append(Path.of(file), row(task, contenders, turns, unit, scale, load));
        }
    }

    private ObjectNode row(
            Task task, List<Contender> contenders, Turns turns, String unit, double scale, double load) {
        ObjectNode row = JSON.createObjectNode().put("work", task.work).put("threads", task.threads)
                .put("vectorLevel", host.level()).put("kernel", host.kernel()).put("jdk", host.jdk())
                .put("machine", host.machine()).put("unit", unit).put("rounds", rounds)
                .put("clock", processorTime ? "processor" : "wall").put("load", load)
                .put("date", LocalDate.now(ZoneOffset.UTC).toString())
                .put("command", "benchmarks/run-peers.sh " + name + " threads=" + task.threads + " " + task.words
                        + " rounds=" + rounds + (processorTime ? " clock=cpu" : ""))
                .put("javaOptions", System.getenv().getOrDefault("BITLIFT_JAVA_OPTS", ""));
        row.set("ours", JSON.valueToTree(turns.seconds(0).times(scale)));
        for (int i = 1; i < contenders.size(); i++) {
            ObjectNode theirs = row.withArray("contenders").addObject().put("name", contenders.get(i).name());
            theirs.set("time", JSON.valueToTree(turns.seconds(i).times(scale)));
            theirs.set("ratio", JSON.valueToTree(turns.ratio(i)));
        }
        return row;
    }

    private static void append(Path file, ObjectNode row) {
        try {
            Files.writeString(file, row + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException problem) {
            throw new UncheckedIOException(file + " can't be written", problem);
        }
    }

    private static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    /**
     * Makes sure that a contender computes what ours does.
     *
     * @param close the largest difference that is let through, in multiples of the largest magnitude
     */
    static void requireClose(String what, float[] ours, float[] theirs, double close) {
        double largest = 0;
        double difference = 0;
        for (int i = 0; i < ours.length; i++) {
            largest = Math.max(largest, Math.abs(ours[i]));
            difference = Math.max(difference, Math.abs((double) ours[i] - theirs[i]));
        }
        System.out.printf(Locale.ROOT, "%s: differs from ours by at most %.1e (largest magnitude %.1e)%n",
                what, difference, largest);
        if (ours.length != theirs.length || !(difference <= close * largest)) {
            throw new IllegalStateException(what + " doesn't compute what Bitlift does");
        }
    }
}

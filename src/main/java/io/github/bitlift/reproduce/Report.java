package io.github.bitlift.reproduce;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What an experiment found: written as {@code report.json} and {@code report.md}. Filled part by part. */
public final class Report {
    private final List<Claim> claims = new ArrayList<>();
    private final List<Comparison> comparisons = new ArrayList<>();
    private final List<String> differences = new ArrayList<>();
    private final List<Table> tables = new ArrayList<>();
    private final List<Figure> figures = new ArrayList<>();
    private final List<Run> runs = new ArrayList<>();
    private final Map<String, String> digests = new LinkedHashMap<>();

    /**
     * What the paper says and this run bears out, or doesn't.
     *
     * @param text the claim with the numbers found
     * @param holds whether it does
     */
    public record Claim(String text, boolean holds) {}

    /**
     * The paper's figure beside ours.
     *
     * @param what is compared, with the unit
     * @param paper what the paper prints, in its own words where it prints no number
     * @param ours what was found here
     */
    public record Comparison(String what, String paper, String ours) {}

    /**
     * Rows of cells.
     *
     * @param title above it
     * @param columns headings, with units
     * @param rows cells, numbers or texts, as many as there are columns
     */
    public record Table(String title, List<String> columns, List<List<Object>> rows) {

        /** Copies are kept. */
        public Table {
            columns = List.copyOf(columns);
            rows = rows.stream().map(List::copyOf).toList();
            for (List<Object> row : rows) {
                if (row.size() != columns.size()) {
                    throw new IllegalArgumentException(row.size() + " cells for " + columns.size() + " columns");
                }
            }
        }
    }

    /**
     * A picture in the report's folder.
     *
     * @param file its name
     * @param caption what it shows
     */
    public record Figure(String file, String caption) {}

    /**
     * A training run.
     *
     * @param name its folder within the report's
     * @param command that repeats it
     * @param digest of all parameters
     * @param seconds spent in steps
     * @param processorSeconds of all threads, evaluation included
     */
    public record Run(String name, String command, String digest, double seconds, double processorSeconds) {}

    /** Adds a claim. */
    public Report claim(String text, boolean holds) {
        claims.add(new Claim(text, holds));
        return this;
    }

    /** Adds a comparison with the paper. */
    public Report compare(String what, String paper, String ours) {
        comparisons.add(new Comparison(what, paper, ours));
        return this;
    }

    /** Adds what differs from the paper's experiment, and why. */
    public Report differs(String text) {
        differences.add(text);
        return this;
    }

    /** Adds a table. */
    public Report table(Table table) {
        tables.add(table);
        return this;
    }

    /** Adds pictures. */
    public Report figures(List<Figure> more) {
        figures.addAll(more);
        return this;
    }

    /** Adds a training run and its digest. */
    public Report run(Trainings.Training training) {
        runs.add(new Run(
                training.name(), training.command(), training.digest(), training.seconds(),
                training.processorSeconds()));
        return digest(training.name(), training.digest());
    }

    /** Adds the digest of something that is the same on every backend. */
    public Report digest(String name, String sha256) {
        digests.put(name, sha256);
        return this;
    }

    /** What was claimed. */
    public List<Claim> claims() {
        return List.copyOf(claims);
    }

    /** Whether every claim holds. */
    public boolean holds() {
        return claims.stream().allMatch(Claim::holds);
    }

    /** The paper beside this run. */
    public List<Comparison> comparisons() {
        return List.copyOf(comparisons);
    }

    /** What differs from the paper's experiment, and why. */
    public List<String> differences() {
        return List.copyOf(differences);
    }

    /** All tables. */
    public List<Table> tables() {
        return List.copyOf(tables);
    }

    /** All pictures. */
    public List<Figure> figures() {
        return List.copyOf(figures);
    }

    /** All training runs. */
    public List<Run> runs() {
        return List.copyOf(runs);
    }

    /** Digests by name, in order. */
    public Map<String, String> digests() {
        return new LinkedHashMap<>(digests);
    }
}

package io.github.bitlift.cli;

import io.github.bitlift.reproduce.Report;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A report in words: Markdown for {@code report.md}, aligned text for a terminal. */
record ReproduceText(ReproduceReport of) {
    private static final int DIGITS = 4;

    /** The whole report. */
    String markdown() {
        Report report = of.report();
        StringBuilder text = new StringBuilder("# " + of.experiment().name() + ": " + of.experiment().title() + "\n\n");
        text.append(of.experiment().source()).append("; ").append(making()).append("\n");
        section(text, "Claims", report.claims().stream()
                .map(claim -> "- " + verdict(claim) + ": " + claim.text()).toList());
        report.tables().forEach(table -> text.append("\n## ").append(table.title()).append("\n\n")
                .append(rows(table.columns(), cells(table))));
        text.append("\n## The paper and this run\n\n").append(rows(
                List.of("", "paper", "here"),
                report.comparisons().stream().map(each -> List.of(each.what(), each.paper(), each.ours())).toList()));
        section(text, "What differs from the paper, and why",
                report.differences().stream().map(each -> "- " + each).toList());
        report.figures().forEach(each -> text.append("\n## ").append(each.caption()).append("\n\n![")
                .append(each.caption()).append("](").append(each.file()).append(")\n"));
        section(text, "Digests (SHA-256), the same on every backend", report.digests().entrySet().stream()
                .map(each -> "- " + each.getKey() + ": `" + each.getValue() + "`").toList());
        section(text, "Each run alone",
                report.runs().stream().map(run -> "- " + run.name() + ": `" + run.command() + "`").toList());
        return text.toString();
    }

    /** Tables, the paper's figures beside ours, claims. */
    String plain() {
        Report report = of.report();
        StringBuilder text = new StringBuilder();
        report.tables().forEach(table -> text.append(table.title()).append("\n")
                .append(aligned(table.columns(), cells(table))).append("\n"));
        report.comparisons().forEach(each -> text.append(each.what()).append(": paper ").append(each.paper())
                .append(", here ").append(each.ours()).append("\n"));
        text.append("\n");
        report.claims().forEach(claim -> text.append(verdict(claim)).append("  ").append(claim.text()).append("\n"));
        return text.append("\n").append(making()).append("\n").toString();
    }

    private String making() {
        return String.format(
                Locale.ROOT, "scale %s, seed %d, backend %s (%s); %.1f s, %.1f s of processor time",
                of.scale().title(), of.seed(), of.backends().backend().name(), of.backends().backend().description(),
                of.seconds(), of.processorSeconds());
    }

    private static String verdict(Report.Claim claim) {
        return claim.holds() ? "holds" : "FAILS";
    }

    private static void section(StringBuilder text, String title, List<String> lines) {
        if (!lines.isEmpty()) {
            text.append("\n## ").append(title).append("\n\n").append(String.join("\n", lines)).append("\n");
        }
    }

    private static List<List<String>> cells(Report.Table table) {
        return table.rows().stream().map(row -> row.stream().map(ReproduceText::cell).toList()).toList();
    }

    /** A few digits for people; {@code report.json} has them all. */
    private static String cell(Object value) {
        if (!(value instanceof Double number)) {
            return String.valueOf(value);
        }
        double size = Math.abs(number);
        return size >= 100 && size < 1e7 ? String.format(Locale.ROOT, "%.1f", number)
                : String.format(Locale.ROOT, "%." + DIGITS + "g", number);
    }

    private static String rows(List<String> columns, List<List<String>> cells) {
        List<List<String>> all = new ArrayList<>(List.of(columns, columns.stream().map(each -> "---").toList()));
        all.addAll(cells);
        return all.stream().map(row -> row.stream().map(each -> each.replace("|", "\\|"))
                .collect(Collectors.joining(" | ", "| ", " |\n"))).collect(Collectors.joining());
    }

    private static String aligned(List<String> columns, List<List<String>> cells) {
        List<List<String>> all = new ArrayList<>(List.of(columns));
        all.addAll(cells);
        StringBuilder text = new StringBuilder();
        for (List<String> row : all) {
            for (int i = 0; i < row.size(); i++) {
                int column = i;
                int width = all.stream().mapToInt(each -> each.get(column).length()).max().orElse(0);
                text.append(String.format(Locale.ROOT, i == 0 ? "%-" + width + "s" : "  %" + width + "s", row.get(i)));
            }
            text.append("\n");
        }
        return text.toString();
    }
}

package io.github.bitlift.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Makes {@code benchmarks/results/README.md} and {@code peers.png} of what {@code json=FILE} has collected. Of rows that were
 * measured twice the later ones count.
 *
 * <p>Arguments: the files, and {@code out=FOLDER} for another place.
 */
public final class ResultsPage {
    private static final List<Group> GROUPS = List.of(
            new Group("product", "Matrix product", "Layout and m x n x k, as a layer of width 784 has them for 64 to 5000 samples:"
                    + " NT for its output, NN for the gradient in its input, TN for that in its weights."),
            new Group("predict", "Forward pass", "`784x7` has seven layers of 784 and soft-thresholding, the other net ReLU."
                    + " Ours takes and returns Java arrays, copies included; the others keep input and output in place."),
            new Group("step", "Training step", "Block-coordinate descent with Adam on both blocks, all images at once."),
            new Group("isgm", "Implicit stochastic gradient method", "An inner iteration on one batch: z, power iterations"
                    + " for the step sizes, θ."),
            new Group("deep", "Many layers from given auxiliary variables", "What `reproduce table2` and `table3` compute."
                    + " Ours does all layers at once."),
            new Group("tv", "Total variation", "Primal-dual iterations for denoising."));

    /**
     * What a heading stands over.
     *
     * @param word of the script
     * @param title the heading
     * @param note what a reader must know
     */
    record Group(String word, String title, String note) {}

    private final List<ResultRow> rows;
    /** In the order of their lengths. */
    private final List<String> levels;
    private final StringBuilder text = new StringBuilder();

    private ResultsPage(List<ResultRow> rows) {
        this.rows = rows;
        this.levels = rows.stream().map(ResultRow::level).distinct().sorted(ResultsPage::byLength).toList();
    }

    private static int byLength(String left, String right) {
        return left.length() != right.length() ? left.length() - right.length() : left.compareTo(right);
    }

    public static void main(String[] args) throws IOException {
        Arguments arguments = Arguments.of(args);
        List<Path> files = arguments.words().stream().filter(word -> !word.startsWith("out=")).map(Path::of).toList();
        List<ResultRow> rows = ResultRow.read(files);
        if (rows.isEmpty()) {
            throw new IllegalArgumentException("no rows in " + files + ", expected files that json= has written");
        }
        Path folder = Path.of(arguments.text("out", "benchmarks/results"));
        Files.createDirectories(folder);
        ResultsPage page = new ResultsPage(rows);
        Files.writeString(folder.resolve("README.md"), page.write());
        ResultsPlot.write(folder.resolve("peers.png"), page.levels, page.groups());
        System.out.println(folder.resolve("README.md") + ": " + rows.size() + " rows");
    }

    /** The rows of each group by what they have in common, then by level. */
    private Map<Group, Collection<Map<String, ResultRow>>> groups() {
        Map<Group, Collection<Map<String, ResultRow>>> groups = new LinkedHashMap<>();
        for (Group group : GROUPS) {
            Map<String, Map<String, ResultRow>> byKey = new LinkedHashMap<>();
            rows.stream().filter(row -> row.group().equals(group.word)).forEach(
                    row -> byKey.computeIfAbsent(row.key(), key -> new TreeMap<>()).put(row.level(), row));
            if (!byKey.isEmpty()) {
                groups.put(group, byKey.values());
            }
        }
        return groups;
    }

    private String write() {
        line("# Bitlift beside other libraries");
        line("");
        line("**Ratio: their time / ours. More than 1 means that Bitlift is faster.** Each is the median of the rounds"
                + " [least–most]. Within a round the libraries take turns, in one process and with as many threads.");
        line("");
        line("![Ratios of all comparisons, logarithmic](peers.png)");
        line("");
        machines();
        groups().forEach(this::table);
        line("");
        line("## All of it again");
        line("");
        line("```");
        line("benchmarks/measure-peers.sh avx2 avx2.json");
        line("benchmarks/measure-peers.sh avx512 avx512.json");
        line("benchmarks/run-peers.sh results avx2.json avx512.json");
        line("```");
        return text.toString();
    }

    private void machines() {
        line("| vectors | machine | Java | micro-kernel | `BITLIFT_JAVA_OPTS` | measured | load average |");
        line("|---|---|---|---|---|---|---|");
        for (String level : levels) {
            Map<ResultRow.Setting, DoubleSummaryStatistics> loads = new LinkedHashMap<>();
            rows.stream().filter(row -> row.level().equals(level)).forEach(row ->
                    loads.computeIfAbsent(row.setting(), setting -> new DoubleSummaryStatistics()).accept(row.load()));
            loads.forEach((setting, load) -> line("| " + String.join(" | ", level, setting.machine(), setting.jdk(),
                    setting.kernel(), setting.options().isEmpty() ? "" : "`" + setting.options() + "`", setting.date(),
                    String.format(Locale.ROOT, "%.1f–%.1f", load.getMin(), load.getMax())) + " |"));
        }
        line("");
        line("With `-XX:UseAVX=2` OpenBLAS and PyTorch are limited to AVX2 as well; ONNX Runtime always chooses for itself. A command below"
                + " gives its row; set `BITLIFT_JAVA_OPTS` first for the column's vectors.");
    }

    private void table(Group group, Collection<Map<String, ResultRow>> byKey) {
        line("");
        line("## " + group.title);
        line("");
        line(group.note);
        line("");
        line("| | threads | beside | " + String.join(" | ", levels) + " | command |");
        line("|---|---|---|" + "---|".repeat(levels.size() + 1));
        for (Map<String, ResultRow> byLevel : byKey) {
            ResultRow any = byLevel.values().iterator().next();
            List<String> cells = new ArrayList<>(List.of(any.work(), Integer.toString(any.threads()), any.peer()));
            levels.forEach(level -> cells.add(byLevel.containsKey(level) ? ratio(byLevel.get(level).ratio()) : ""));
            cells.add("`" + any.command() + "`");
            line("| " + String.join(" | ", cells) + " |");
        }
    }

    private static String ratio(Spread ratio) {
        return String.format(Locale.ROOT, "**%.2f** [%.2f–%.2f]", ratio.median(), ratio.least(), ratio.most());
    }

    private void line(String line) {
        text.append(line).append('\n');
    }
}

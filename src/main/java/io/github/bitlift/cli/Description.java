package io.github.bitlift.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.bitlift.io.BlockPicture;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.network.Structure;
import io.github.bitlift.network.Structure.Entry;
import io.github.bitlift.network.Structure.Kind;
import io.github.bitlift.network.Structure.Operator;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * An architecture as {@code bitlift describe} shows it.
 *
 * @param name on the command line
 * @param text what it is
 * @param parameters names and shapes of θ
 * @param depth how many layers follow each other
 * @param structure its blocks
 */
record Description(String name, String text, List<Parameters.Shape> parameters, int depth, Structure structure) {
    /** As many blocks of an operator are printed; all are in the JSON report. */
    private static final int MOST_LINES = 40;
    private static final Map<Kind, BlockPicture.Kind> COLOURS = colours();

    /** Told apart by colour-blind eyes too: tints of Okabe and Ito's palette. */
    private static Map<Kind, BlockPicture.Kind> colours() {
        Map<Kind, BlockPicture.Kind> colours = new EnumMap<>(Kind.class);
        colours.put(Kind.ZERO, new BlockPicture.Kind("zero", 0xf3f4f6));
        colours.put(Kind.IDENTITY, new BlockPicture.Kind("identity", 0x9fd3f3));
        colours.put(Kind.SCALED_IDENTITY, new BlockPicture.Kind("multiple of the identity", 0xe2b6d0));
        colours.put(Kind.LEARNED, new BlockPicture.Kind("learned matrix", 0xf4c04d));
        colours.put(Kind.CONVOLUTION, new BlockPicture.Kind("learned convolution", 0xf0a27a));
        colours.put(Kind.COMPOSITION, new BlockPicture.Kind("composed of learned ones", 0x66c2a5));
        colours.put(Kind.FIXED, new BlockPicture.Kind("known matrix", 0xb6bcc4));
        return colours;
    }

    private long count(List<String> names) {
        return parameters.stream()
                .filter(shape -> names.contains(shape.name()))
                .mapToLong(shape -> (long) shape.rows() * shape.columns())
                .sum();
    }

    private long count() {
        return count(parameters.stream().map(Parameters.Shape::name).toList());
    }

    void print(PrintWriter out) {
        out.printf(Locale.ROOT, "%s: %s%n", name, text);
        out.println("N(y) = K u + d,  M u = V z,  z = σ(W u + b)");
        out.printf(Locale.ROOT, "%d layers, %d of them one after the other; %,d parameters%n",
                structure.layers().size(), depth, count());
        section(out, "θ", parameters.stream()
                .map(shape -> String.format(Locale.ROOT, "%-18s [%d, %d]", shape.name(), shape.rows(), shape.columns()))
                .toList());
        section(out, "u", structure.unknowns().stream()
                .map(block -> String.format(Locale.ROOT, "%-18s %d", block.name(), block.width()))
                .toList());
        section(out, "z = σ(W u + b)", structure.layers().stream()
                .map(layer -> String.format(Locale.ROOT, "%-6s %-11d %-26s b = %s",
                        layer.name(), layer.width(), layer.sigma(), layer.bias().formula()))
                .toList());
        structure.operators().forEach(operator -> section(out, heading(operator), isPlain(operator) ? List.of() : lines(operator)));
        out.println();
        out.println("d = " + structure.output().formula());
    }

    private static void section(PrintWriter out, String title, List<String> lines) {
        out.println();
        out.println(title);
        lines.stream().limit(MOST_LINES).forEach(line -> out.println("  " + line));
        if (lines.size() > MOST_LINES) {
            out.println("  ... and " + (lines.size() - MOST_LINES) + " more; --json FILE writes all");
        }
    }

    private static String heading(Operator operator) {
        if (isPlain(operator)) {
            String blocks = operator.columnSizes().size() > operator.rowSizes().size() ? "(0 I)" : "I";
            return String.format(Locale.ROOT, "%s [%d, %d] = %s", operator.name(), sum(operator.rowSizes()),
                    sum(operator.columnSizes()), blocks);
        }
        return String.format(Locale.ROOT, "%s [%d, %d], %d of %d x %d blocks are not zero", operator.name(),
                sum(operator.rowSizes()), sum(operator.columnSizes()), operator.entries().size(),
                operator.rowSizes().size(), operator.columnSizes().size());
    }

    /** Several identities in a row say nothing that (0 I) doesn't. */
    private static boolean isPlain(Operator operator) {
        return operator.isIdentity() && !operator.name().equals("K");
    }

    private static long sum(List<Integer> sizes) {
        return sizes.stream().mapToLong(Integer::longValue).sum();
    }

    private List<String> lines(Operator operator) {
        List<String> lines = new ArrayList<>();
        for (Entry entry : operator.entries()) {
            String place = operator.rowNames().get(entry.row()) + ", " + operator.columnNames().get(entry.column());
            String shape = "[" + entry.rows() + ", " + entry.columns() + "]";
            long size = entry.kind() == Kind.LEARNED ? (long) entry.rows() * entry.columns() : count(entry.parameters());
            String used = size == 0 ? ""
                    : String.format(Locale.ROOT, "  %s: %,d", String.join(" ", entry.parameters()), size);
            lines.add(String.format(Locale.ROOT, "%-12s %-24s %-14s %-25s%s", place, entry.formula(), shape,
                    COLOURS.get(entry.kind()).name(), used).stripTrailing());
        }
        return lines;
    }

    ObjectNode json() {
        ObjectNode report = Json.object().put("command", "describe").put("version", Version.text());
        report.put("architecture", name).put("text", text).put("depth", depth).put("parameters", count());
        for (Parameters.Shape shape : parameters) {
            report.withArray("theta").addObject().put("name", shape.name()).put("rows", shape.rows())
                    .put("columns", shape.columns());
        }
        structure.unknowns().forEach(
                block -> report.withArray("u").addObject().put("name", block.name()).put("width", block.width()));
        for (Structure.Layer layer : structure.layers()) {
            ObjectNode node = report.withArray("z").addObject().put("name", layer.name()).put("width", layer.width());
            node.put("sigma", layer.sigma()).set("b", entry(layer.bias()));
        }
        for (Operator operator : structure.operators()) {
            ObjectNode node = report.putObject(operator.name());
            node.set("row_sizes", Json.MAPPER.valueToTree(operator.rowSizes()));
            node.set("column_sizes", Json.MAPPER.valueToTree(operator.columnSizes()));
            operator.entries().forEach(entry -> node.withArray("blocks").add(
                    entry(entry).put("row", entry.row()).put("column", entry.column())));
        }
        report.set("d", entry(structure.output()));
        return report;
    }

    private ObjectNode entry(Entry entry) {
        ObjectNode node = Json.object().put("kind", entry.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .put("formula", entry.formula()).put("rows", entry.rows()).put("columns", entry.columns());
        node.set("depends_on", Json.MAPPER.valueToTree(entry.parameters()));
        return node;
    }

    void draw(Path path) {
        List<BlockPicture.Grid> grids = new ArrayList<>();
        structure.operators().forEach(operator -> grids.add(grid(operator)));
        String title = String.format(Locale.ROOT, "%s: N(y) = K u + d,  M u = V z,  z = σ(W u + b);  %,d parameters",
                name, count());
        BlockPicture.write(path, title, grids, List.copyOf(COLOURS.values()));
    }

    private BlockPicture.Grid grid(Operator operator) {
        boolean isWeights = operator.name().equals("W");
        List<String> rows = new ArrayList<>();
        for (int j = 0; j < operator.rowNames().size(); j++) {
            rows.add(operator.rowNames().get(j) + "  " + (isWeights ? structure.layers().get(j).sigma() + "  " : "")
                    + operator.rowSizes().get(j));
        }
        List<String> columns = new ArrayList<>();
        for (int j = 0; j < operator.columnNames().size(); j++) {
            columns.add(operator.columnNames().get(j) + "  " + operator.columnSizes().get(j));
        }
        List<BlockPicture.Cell> cells = new ArrayList<>();
        for (Entry entry : operator.entries()) {
            cells.add(new BlockPicture.Cell(entry.row(), entry.column(), COLOURS.get(entry.kind()), entry.formula()));
        }
        String title = operator.name();
        if (isWeights) {
            columns.add("b");
            title = "W and b";
            structure.layers().forEach(layer -> addBias(cells, layer.bias(), columns.size() - 1));
        } else if (title.equals("K")) {
            columns.add("d");
            title = "K and d";
            addBias(cells, structure.output(), columns.size() - 1);
        }
        return new BlockPicture.Grid(title, rows, columns, cells);
    }

    private static void addBias(List<BlockPicture.Cell> cells, Entry bias, int column) {
        if (bias.kind() != Kind.ZERO) {
            cells.add(new BlockPicture.Cell(bias.row(), column, COLOURS.get(bias.kind()), bias.formula()));
        }
    }
}

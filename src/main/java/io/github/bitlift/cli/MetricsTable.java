package io.github.bitlift.cli;

import io.github.bitlift.io.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code metrics.csv} read back, for curves.
 *
 * @param columns their names
 * @param rows their values
 */
record MetricsTable(List<String> columns, List<double[]> rows) {

    /** Reads a table that a run wrote. */
    static MetricsTable read(Path path) {
        try {
            List<String> lines = Files.readAllLines(path, StandardCharsets.UTF_8);
            return new MetricsTable(
                    List.of(lines.get(0).split(",")),
                    lines.stream().skip(1).map(MetricsTable::row).toList());
        } catch (IOException problem) {
            throw InputException.unreadable(path, problem);
        }
    }

    private static double[] row(String line) {
        String[] cells = line.split(",");
        double[] row = new double[cells.length];
        for (int i = 0; i < cells.length; i++) {
            row[i] = Double.parseDouble(cells[i]);
        }
        return row;
    }

    /** All values of a column. */
    double[] column(String name) {
        int index = columns.indexOf(name);
        return rows.stream().mapToDouble(row -> row[index]).toArray();
    }
}

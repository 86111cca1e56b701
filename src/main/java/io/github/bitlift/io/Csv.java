package io.github.bitlift.io;

import java.io.BufferedWriter;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A table of measurements that grows row by row: a header line, then rows with a fixed number of cells.
 *
 * <p>Each row reaches the operating system before {@link #append} returns, so a killed process loses none. The same
 * values give the same bytes on every machine, locale and Java release.
 */
public final class Csv implements AutoCloseable {

    private final Path path;
    private final int columns;
    private final BufferedWriter out;

    private Csv(Path path, int columns) {
        this.path = path;
        this.columns = columns;
        try {
            this.out = Files.newBufferedWriter(path, StandardCharsets.UTF_8, StandardOpenOption.APPEND);
        } catch (IOException problem) {
            throw InputException.unwritable(path, problem);
        }
    }

    /** Starts a table anew with its header line, replacing what was there. */
    public static Csv create(Path path, List<String> columns) {
        writeWhole(path, header(columns));
        return new Csv(path, columns.size());
    }

    /**
     * Goes on with a table, keeping its rows up to a step: the first column is the step, a whole number. A last line
     * without its end, cut off when a process was killed, is dropped. A missing table is started.
     *
     * @throws InputException if the file is not a table of these columns
     */
    public static Csv resume(Path path, List<String> columns, long lastStep) {
        if (!Files.exists(path)) {
            return create(path, columns);
        }
        try {
            String text = Files.readString(path, StandardCharsets.UTF_8);
            writeWhole(path, kept(path, text.substring(0, text.lastIndexOf('\n') + 1), columns, lastStep));
        } catch (IOException problem) {
            throw InputException.unreadable(path, problem);
        }
        return new Csv(path, columns.size());
    }

    /**
     * Adds a row. Numbers are written as {@link #number} does, anything else by its {@code toString}.
     *
     * @throws IllegalArgumentException if the number of cells is not that of the columns, or a text holds a comma,
     *                                  a quote or a line end
     * @throws InputException           if it can't be written
     */
    public void append(Object... cells) {
        if (cells.length != columns) {
            throw new IllegalArgumentException(cells.length + " cells for " + columns + " columns of " + path);
        }
        String row = Arrays.stream(cells).map(Csv::cell).collect(Collectors.joining(",", "", "\n"));
        try {
            out.write(row);
            out.flush();
        } catch (IOException problem) {
            throw InputException.unwritable(path, problem);
        }
    }

    /**
     * The shortest decimal that reads back to the same value, as binary32 for a {@code Float} and as binary64 else.
     * ({@code Double.toString} gives other digits before and after Java 19.) NaN and infinities are {@code NaN},
     * {@code Infinity}, {@code -Infinity}.
     */
    public static String number(Number value) {
        double wide = value.doubleValue();
        if (!(value instanceof Float || value instanceof Double) || wide == 0 || !Double.isFinite(wide)) {
            return value.toString();
        }
        BigDecimal exact = new BigDecimal(wide);
        for (int digits = 1;; digits++) {
            BigDecimal rounded = exact.round(new MathContext(digits)).stripTrailingZeros();
            boolean same = value instanceof Float ? rounded.floatValue() == value.floatValue()
                    : rounded.doubleValue() == wide;
            if (same) {
                int exponent = rounded.precision() - rounded.scale() - 1;
                return exponent < -5 || exponent > 15 ? rounded.toString() : rounded.toPlainString();
            }
        }
    }

    private static String cell(Object value) {
        String text = value instanceof Number number ? number(number) : String.valueOf(value);
        if (text.matches("(?s).*[,\"\r\n].*")) {
            throw new IllegalArgumentException("a cell can't hold a comma, a quote or a line end: " + text);
        }
        return text;
    }

    private static String header(List<String> columns) {
        return columns.stream().map(Csv::cell).collect(Collectors.joining(",", "", "\n"));
    }

    private static String kept(Path path, String text, List<String> columns, long lastStep) {
        StringBuilder kept = new StringBuilder(header(columns));
        if (!text.startsWith(kept.toString())) {
            throw InputException.in(path, "its first line is not the header of this run",
                    String.join(",", columns));
        }
        String[] lines = text.split("\n");
        for (int line = 1; line < lines.length; line++) {
            String[] cells = lines[line].split(",", -1);
            if (cells.length != columns.size() || !cells[0].matches("\\d{1,18}")) {
                throw InputException.in(path, "line " + (line + 1) + " is not a row of this table",
                        columns.size() + " cells, the first a step");
            }
            if (Long.parseLong(cells[0]) <= lastStep) {
                kept.append(lines[line]).append('\n');
            }
        }
        return kept.toString();
    }

    private static void writeWhole(Path path, String text) {
        AtomicFile.write(path, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException problem) {
            throw InputException.unwritable(path, problem);
        }
    }
}

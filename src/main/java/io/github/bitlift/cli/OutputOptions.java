package io.github.bitlift.cli;

import io.github.bitlift.io.InputException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** How a command reports. */
final class OutputOptions {
    @Option(names = "--json", paramLabel = "FILE", order = 900, description = "Also write the results to FILE as JSON.")
    Path json;

    @Option(names = {"-q", "--quiet"}, order = 901, description = "Print results alone: no progress, no remarks.")
    boolean quiet;

    /** Refuses a report that couldn't be written in the end. */
    void check() {
        if (json != null) {
            requireWritable(json);
        }
    }

    /** Refuses a file that couldn't be written in the end. */
    static void requireWritable(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file)) {
            throw InputException.in(file, "is a folder", "the name of a file to write");
        }
        if (!Files.isDirectory(folder) || Files.exists(file) && !Files.isWritable(file)
                || !Files.exists(file) && !Files.isWritable(folder)) {
            throw InputException.in(file, "cannot be written", "a file in an existing, writable folder");
        }
    }

    /** Refuses two results in one file. */
    static void requireApart(String option, Path file, String other, Path otherFile) {
        if (file != null && otherFile != null
                && file.toAbsolutePath().normalize().equals(otherFile.toAbsolutePath().normalize())) {
            throw InputException.in(file, "is given as " + option + " and as " + other, "a file of its own for each");
        }
    }

    /** Where remarks and progress go: standard error, or nowhere if quiet. */
    PrintWriter remarks(CommandSpec spec) {
        return quiet ? new PrintWriter(java.io.Writer.nullWriter()) : spec.commandLine().getErr();
    }
}

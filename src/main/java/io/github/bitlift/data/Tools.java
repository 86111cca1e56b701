package io.github.bitlift.data;

import io.github.bitlift.io.SystemFault;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/** The programs of this machine, as far as fetching data needs them; tests put their own in place. */
interface Tools {

    /** Whether a program is installed. */
    boolean has(String program);

    /**
     * Runs a program in a folder to its end.
     *
     * @throws SystemFault with what the program said, if it fails
     */
    void run(Path folder, String... command);

    /** Those found on the search path. */
    static Tools installed() {
        return new Tools() {
            @Override
            public boolean has(String program) {
                for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
                    try {
                        if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, program))) {
                            return true;
                        }
                    } catch (InvalidPathException skipped) {
                        // Not a folder that could hold it.
                    }
                }
                return false;
            }

            @Override
            public void run(Path folder, String... command) {
                execute(folder, command);
            }
        };
    }

    private static void execute(Path folder, String... command) {
        try {
            Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
            process.getOutputStream().close(); // a program that asks a question gets no answer instead of waiting
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int status = process.waitFor();
            if (status != 0) {
                throw new SystemFault(String.join(" ", command) + " failed (exit " + status + "): " + complaint(text));
            }
        } catch (IOException problem) {
            throw new SystemFault(String.join(" ", command) + " could not be run: " + problem.getMessage(), problem);
        } catch (InterruptedException problem) {
            Thread.currentThread().interrupt();
            throw new SystemFault(String.join(" ", command) + " was interrupted", problem);
        }
    }

    /** The line of a program's output that says what went wrong: the first marked as an error, else the last. */
    static String complaint(String output) {
        List<String> lines = output.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
        return lines.stream()
                .filter(line -> line.startsWith("E:") || line.matches("(?i)(npm )?err(or|!).*")).findFirst()
                .orElse(lines.isEmpty() ? "it said nothing" : lines.get(lines.size() - 1));
    }
}

package io.github.bitlift.cli;

import io.github.bitlift.io.InputException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** All options of {@code bitlift train}, in the groups that its help shows. */
final class TrainOptions {
    @ArgGroup(validate = false, order = 1, heading = "%nData:%n")
    DataOptions data = new DataOptions();

    @ArgGroup(validate = false, order = 2, heading = "%nNetwork:%n")
    NetworkOptions network = new NetworkOptions();

    @ArgGroup(validate = false, order = 3, heading = "%nStrategy:%n")
    StrategyOptions strategy = new StrategyOptions();

    @ArgGroup(validate = false, order = 4, heading = "%nMethod:%n")
    MethodOptions method = new MethodOptions();

    @ArgGroup(validate = false, order = 5, heading = "%nRun:%n")
    RunOptions run = new RunOptions();

    /**
     * The options given on the command line, by name without dashes; paths absolute.
     *
     * @throws InputException if one is given twice, as the second would start its whole group anew
     */
    static Map<String, Object> given(ParseResult parsed) {
        requireOnce(parsed);
        Map<String, Object> given = new LinkedHashMap<>();
        for (OptionSpec option : parsed.matchedOptions()) {
            Object value = option.getValue();
            given.put(option.longestName().replaceFirst("^--", ""), value instanceof Path path ? absolute(path) : value);
        }
        return given;
    }

    private static void requireOnce(ParseResult parsed) {
        Set<String> names = new HashSet<>();
        for (String argument : parsed.originalArgs()) {
            String name = argument.replaceFirst("=.*", "");
            if (name.startsWith("--") && !names.add(name)) {
                throw new InputException(name + ": given twice, expected once");
            }
        }
    }

    /** A path as a run keeps it. */
    static String absolute(Path path) {
        return path == null ? null : path.toAbsolutePath().normalize().toString();
    }
}

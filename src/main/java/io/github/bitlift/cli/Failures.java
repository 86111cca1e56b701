package io.github.bitlift.cli;

import io.github.bitlift.backend.BackendException;
import io.github.bitlift.io.InputException;
import io.github.bitlift.io.SystemFault;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns whatever goes wrong into one line on standard error and an exit code. */
final class Failures {
    private Failures() {}

    /** Arguments that can't be understood. */
    static int badUse(ParameterException problem, String[] args) {
        CommandLine line = problem.getCommandLine();
        String message = problem instanceof UnmatchedArgumentException unmatched
                ? unknown(line.getCommandSpec(), unmatched.getUnmatched())
                : plain(problem.getMessage()) + "; see " + line.getCommandSpec().qualifiedName() + " --help";
        print(line, message, problem, Stream.of(args).anyMatch("--stacktrace"::equals));
        return ExitCode.BAD_INPUT;
    }

    private static String unknown(CommandSpec command, List<String> unmatched) {
        String word = unmatched.get(0).replaceFirst("=.*", "");
        String help = "see " + command.qualifiedName() + " --help";
        if (word.startsWith("-")) {
            List<String> names = command.options().stream()
                    .filter(option -> !option.hidden())
                    .map(OptionSpec::longestName)
                    .toList();
            return "unknown option " + word + Nearest.hint(word, names) + "; " + help;
        }
        if (!command.subcommands().isEmpty()) {
            return "unknown command " + word + Nearest.hint(word, command.subcommands().keySet()) + "; expected "
                    + Choice.list(List.copyOf(command.subcommands().keySet()));
        }
        return "unexpected argument " + word + "; " + help;
    }

    /** The library's wording without its technical terms. */
    private static String plain(String message) {
        return message.replaceAll("^Invalid value for option ", "").replaceAll("^Missing required", "missing")
                .replaceAll("\\bis not an? (int|long)\\b", "is not a whole number in range")
                .replaceAll("\\bis not an? double\\b", "is not a number");
    }

    /** Whatever a command throws. */
    static int failed(Exception problem, CommandLine line, ParseResult parsed) {
        boolean trace = parsed.originalArgs().contains("--stacktrace");
        if (problem instanceof InputException) {
            print(line, problem.getMessage(), problem, trace);
            return ExitCode.BAD_INPUT;
        }
        if (problem instanceof DivergedException) {
            print(line, problem.getMessage(), problem, trace);
            return ExitCode.CHECK_FAILED;
        }
        if (problem instanceof SystemFault || problem instanceof BackendException) {
            print(line, problem.getMessage(), problem, trace);
        } else if (problem instanceof UncheckedIOException) {
            print(line, "input or output failed: " + problem.getMessage(), problem, trace);
        } else {
            print(line, "internal error, please report it with what --stacktrace prints: " + problem, problem, trace);
        }
        return ExitCode.FAULT;
    }

    /** Memory that ran out is a fault of the system, not a defect. */
    static SystemFault outOfMemory(OutOfMemoryError problem) {
        return new SystemFault("out of memory: " + (Runtime.getRuntime().maxMemory() >> 20)
                + " MiB are not enough; fewer images, narrower layers or a larger BITLIFT_MEMORY (such as 8g) would help",
                problem);
    }

    private static void print(CommandLine line, String message, Exception problem, boolean trace) {
        line.getErr().println("bitlift: " + message.replaceAll("\\s*\\R\\s*", " "));
        if (trace) {
            problem.printStackTrace(line.getErr());
        }
        line.getErr().flush();
    }
}

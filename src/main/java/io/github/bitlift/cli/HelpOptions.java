package io.github.bitlift.cli;

import picocli.CommandLine.Option;

/** What every command understands. */
final class HelpOptions {
    @Option(names = {"-h", "--help"}, usageHelp = true, order = 1000, description = "Show this text and exit.")
    boolean help;

    @Option(names = {"-V", "--version"}, versionHelp = true, order = 1001, description = "Show the version and exit.")
    boolean version;

    @Option(names = "--stacktrace", hidden = true, description = "Show where an error comes from, for debugging.")
    boolean stacktrace;
}

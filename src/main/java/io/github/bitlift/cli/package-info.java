/**
 * The command line: a class per command, thin over the library. Results go to standard output, progress and errors to
 * standard error; exit codes are those of {@link io.github.bitlift.cli.ExitCode}.
 */
package io.github.bitlift.cli;

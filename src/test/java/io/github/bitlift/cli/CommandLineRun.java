package io.github.bitlift.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.function.LongConsumer;

/** What a command left behind: exit code, standard output, standard error. */
record CommandLineRun(int code, String out, String err) {

    /** Runs a command within this JVM. */
    static CommandLineRun of(String... args) {
        return interrupted(step -> {}, args);
    }

    /** The same with something that happens after each training step. */
    static CommandLineRun interrupted(LongConsumer afterStep, String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.run(new PrintWriter(out), new PrintWriter(err), afterStep, args);
        return new CommandLineRun(code, out.toString(), err.toString());
    }
}

package io.github.bitlift.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.lang.reflect.Constructor;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command {@code bitlift}. */
@Command(
        name = "bitlift",
        description = {
            "Trains neural networks by lifting, with every result defined bit for bit.",
            ""
        },
        commandListHeading = "%nCommands:%n",
        footerHeading = "%nStart here:%n",
        footer = {
            "  ./bitlift demo                     lifted and conventional training on real digits, in about a minute",
            "  ./bitlift train --task denoise     a run of your own; its pictures and model go to out/",
            "  ./bitlift doctor                   what this machine can do",
            "  ./bitlift check                    build and run all tests (a command of the launcher)",
            "",
            "Exit codes: 0 done, 1 a check failed, 2 bad use or input, 3 device or system fault."
        })
public final class Main implements Runnable {
    private static final int USAGE_WIDTH = 110;
    private static final List<Class<?>> COMMANDS = List.of(
            DemoCommand.class,
            TrainCommand.class,
            RestoreCommand.class,
            InvertCommand.class,
            TvCommand.class,
            DescribeCommand.class,
            ClassifyCommand.class,
            ReproduceCommand.class,
            VerifyCommand.class,
            BenchCommand.class,
            DataCommand.class,
            DoctorCommand.class);

    private final LongConsumer afterStep;

    @Mixin
    private HelpOptions help;

    @Spec
    private CommandSpec spec;

    private Main(LongConsumer afterStep) {
        this.afterStep = afterStep;
    }

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] args) {
        reopenErrors();
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        System.exit(run(out, err, args));
    }

    /**
     * The launcher filters what the JVM itself prints on standard error (a warning that the Vector API incubates) and
     * hands the real one over as another file descriptor, opening {@code java.io} for this one use.
     */
    private static void reopenErrors() {
        Integer number = Integer.getInteger("bitlift.stderr");
        if (number == null) {
            return;
        }
        try {
            Constructor<FileDescriptor> open = FileDescriptor.class.getDeclaredConstructor(int.class);
            open.setAccessible(true);
            FileOutputStream real = new FileOutputStream(open.newInstance(number));
            System.setErr(new PrintStream(real, true, StandardCharsets.UTF_8));
        } catch (ReflectiveOperationException | RuntimeException filtered) {
            // The filtered stream does as well, a little later.
        }
    }

    /**
     * Runs a command within this process, for Java applications and tests.
     *
     * @return the exit code
     */
    public static int run(PrintWriter out, PrintWriter err, String... args) {
        return run(out, err, step -> {}, args);
    }

    /** The same, calling {@code afterStep} after each training step (and its checkpoint, if any). */
    static int run(PrintWriter out, PrintWriter err, LongConsumer afterStep, String... args) {
        CommandLine line = new CommandLine(new Main(afterStep));
        addCommands(line, new HashSet<>(Arrays.asList(args)));
        line.setOut(out)
                .setErr(err)
                .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
                .setUsageHelpWidth(USAGE_WIDTH)
                .setExpandAtFiles(false)
                .setParameterExceptionHandler(Failures::badUse)
                .setExecutionExceptionHandler(Failures::failed);
        dress(line);
        int code = line.execute(args);
        out.flush();
        err.flush();
        return code;
    }

    /**
     * A command is made only if it is named: its options take picocli some time to find, those of all commands a third of a
     * second. The others are a line of the help.
     */
    private static void addCommands(CommandLine line, Set<String> words) {
        for (Class<?> type : COMMANDS) {
            Command command = type.getAnnotation(Command.class);
            if (words.contains(command.name())) {
                line.addSubcommand(type);
            } else {
                CommandSpec named = CommandSpec.create().name(command.name());
                named.usageMessage().header(command.header()).description(command.description());
                line.addSubcommand(named);
            }
        }
    }

    private static void dress(CommandLine line) {
        line.getCommandSpec().version("bitlift " + Version.text());
        line.getCommandSpec().usageMessage().optionListHeading("%n");
        line.getSubcommands().values().forEach(sub -> {
            dress(sub);
            sub.getCommandSpec().usageMessage().synopsisHeading("%nUsage: ").descriptionHeading("%n");
        });
    }

    LongConsumer afterStep() {
        return afterStep;
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}

package io.github.bitlift.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The command line in a JVM of its own, for what a process can do only once, such as loading a CUDA driver. */
final class ChildJvm {
    private static final String HEAP = "-Xmx1g";

    private ChildJvm() {}

    /**
     * Runs a command to its end.
     *
     * @param folder where its output is kept for a moment
     * @param properties system properties, {@code name=value}
     */
    static CommandLineRun run(Path folder, List<String> properties, String... args)
            throws IOException, InterruptedException {
        return run(folder, HEAP, properties, args);
    }

    /** The same with another option for Java in place of the heap's size, such as {@code -Xmx64m}. */
    static CommandLineRun run(Path folder, String option, List<String> properties, String... args)
            throws IOException, InterruptedException {
        return run(folder, option, properties, Map.of(), args);
    }

    /** The same with additions to the environment. */
    static CommandLineRun run(
            Path folder, String option, List<String> properties, Map<String, String> environment, String... args)
            throws IOException, InterruptedException {
        Path out = folder.resolve("child.out");
        Path err = folder.resolve("child.err");
        ProcessBuilder builder = new ProcessBuilder(command(option, properties, args))
                .redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        int code = process.waitFor();
        return new CommandLineRun(code, Files.readString(out), Files.readString(err));
    }

    /** The command line of such a JVM. */
    static List<String> command(List<String> properties, String... args) {
        return command(HEAP, properties, args);
    }

    private static List<String> command(String option, List<String> properties, String... args) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), option, "-Djava.awt.headless=true",
                "-Dbitlift.home=" + System.getProperty("bitlift.home")));
        properties.forEach(property -> command.add("-D" + property));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(args));
        return command;
    }
}

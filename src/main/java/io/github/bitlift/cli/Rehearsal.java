package io.github.bitlift.cli;

import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;

/**
 * Runs what users run first. The launcher calls it once after a build and has the JVM note the classes that are loaded,
 * from which it makes an archive that later starts map into memory.
 */
final class Rehearsal {
    private Rehearsal() {}

    /**
     * Runs and says nothing; a command that fails, for want of fonts say, loads its classes all the same.
     *
     * @param args a folder for what the commands write
     */
    public static void main(String[] args) {
        Path scratch = Path.of(args[0]);
        run("--help");
        run("doctor");
        run("train", "--widths", "784,16,784", "--backend", "cpu", "--images", "20", "--validation", "10", "--steps", "2",
                "--out", scratch.resolve("all").toString());
        run("train", "--widths", "784,16,784", "--backend", "cpu", "--images", "20", "--validation", "10", "--steps", "2",
                "--batch", "10", "--out", scratch.resolve("batches").toString());
        System.exit(0);
    }

    private static void run(String... args) {
        PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
        Main.run(nowhere, nowhere, args);
    }
}

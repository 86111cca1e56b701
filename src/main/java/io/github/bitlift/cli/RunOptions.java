package io.github.bitlift.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** How long a run goes on and what it leaves. These options don't change the bits of a step. */
final class RunOptions {
    @Option(names = "--steps", paramLabel = "N", description = "Steps in all (default: 200, or 2 epochs of batches).")
    Long steps;

    @Option(names = "--epochs", paramLabel = "N", description = "The same in passes over the training images; not with --steps.")
    Long epochs;

    @Option(names = "--stop-stationarity", paramLabel = "X",
            description = "Stop once the residuals of theta and of z are both at most X, > 0 (default: never).")
    Double stopStationarity;

    @Option(names = "--stop-stall", paramLabel = "X",
            description = "Stop once the best objective has fallen by less than the share X of itself, from 0 to less than 1,"
                    + " over --stop-patience checks (default: never).")
    Double stopStall;

    @Option(names = "--stop-patience", paramLabel = "N", description = "Checks for --stop-stall (default: 10).")
    Integer stopPatience;

    @Option(names = "--stop-every", paramLabel = "N",
            description = "Steps from one check to the next (default: 1; a check costs about as much as a step).")
    Integer stopEvery;

    @Option(names = "--stop-loss", paramLabel = "X",
            description = "Stop once the mean squared error on all training images, looked at after every epoch, is at most X, > 0"
                    + " (default: never).")
    Double stopLoss;

    @Option(names = "--out", paramLabel = "DIR", description = "Where everything goes (default: out/TASK-STRATEGY).")
    Path out;

    @Option(names = "--resume", description = "Continue the run in --out, with the options it was started with; not with --overwrite.")
    boolean resume;

    @Option(names = "--overwrite", description = "Replace the run in --out; not with --resume.")
    boolean overwrite;

    @Option(names = "--no-pictures", description = "Leave out curves.png and samples.png (Java's own graphics stay unused).")
    boolean noPictures;

    @Option(names = "--memory-limit", paramLabel = "SIZE",
            description = "Memory that the run's numbers may take, on the backend and on the Java heap, such as 512m or 2g:"
                    + " where the data don't fit they stay in their files (default: what the Java heap holds).")
    String memoryLimit;

    @Option(names = "--log-every", paramLabel = "N",
            description = "Steps between rows of metrics.csv (default: for about 50 rows).")
    Long logEvery;

    @Option(names = "--checkpoint-every", paramLabel = "SECONDS",
            description = "Seconds between checkpoints, 0 for one after every step (default: 20, more if writing one"
                    + " takes long).")
    Integer checkpointEvery;

    /** In bytes; null for none. */
    Long memoryLimit() {
        return memoryLimit == null ? null : MemorySize.parse("--memory-limit", memoryLimit);
    }
}

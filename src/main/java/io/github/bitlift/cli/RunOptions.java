package io.github.bitlift.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** How long a run goes on and what it leaves. These options don't change the bits of a step. */
final class RunOptions {
    @Option(names = "--steps", paramLabel = "N", description = "Steps in all (default: 200, or 2 epochs of batches).")
    Long steps;

    @Option(names = "--epochs", paramLabel = "N", description = "The same in passes over the training images; not with --steps.")
    Long epochs;

    @Option(names = "--out", paramLabel = "DIR", description = "Where everything goes (default: out/TASK-STRATEGY).")
    Path out;

    @Option(names = "--resume", description = "Continue the run in --out, with the options it was started with; not with --overwrite.")
    boolean resume;

    @Option(names = "--overwrite", description = "Replace the run in --out; not with --resume.")
    boolean overwrite;

    @Option(names = "--no-pictures", description = "Leave out curves.png and samples.png (Java's own graphics stay unused).")
    boolean noPictures;

    @Option(names = "--log-every", paramLabel = "N",
            description = "Steps between rows of metrics.csv (default: for about 50 rows).")
    Long logEvery;

    @Option(names = "--checkpoint-every", paramLabel = "SECONDS",
            description = "Seconds between checkpoints, 0 for one after every step (default: 20, more if writing one"
                    + " takes long).")
    Integer checkpointEvery;
}

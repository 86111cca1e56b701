package io.github.bitlift.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** What to train on. */
final class DataOptions {
    @Option(names = "--task", paramLabel = "NAME",
            description = "denoise, deblur, inpaint, autoencode, classify or pairs (default: denoise).")
    String task;

    @Option(names = "--data", paramLabel = "DIR", converter = DataFolder.class,
            description = "Folder with IDX files, plain or .gz, or mnist or fashion-mnist, once fetched (default: the"
                    + " bundled 5,000 + 500 MNIST digits); not with --task pairs.")
    Path data;

    @Option(names = "--images", paramLabel = "N", description = "The first N training images (default: all).")
    Integer images;

    @Option(names = "--validation", paramLabel = "N",
            description = "The first N validation images, 0 for none (default: 500, or all if there are fewer; all to"
                    + " classify).")
    Integer validation;

    @Option(names = "--inputs", paramLabel = "X.npy",
            description = "For --task pairs only, which needs it with --targets: float32 [samples, features].")
    Path inputs;

    @Option(names = "--targets", paramLabel = "Y.npy", 
            description = "For --task pairs only, which needs it with --inputs: what the network should give.")
    Path targets;

    @Option(names = "--validation-inputs", paramLabel = "X.npy",
            description = "For --task pairs only, together with --validation-targets (default: the last tenth of the samples is"
                    + " held out).")
    Path validationInputs;

    @Option(names = "--validation-targets", paramLabel = "Y.npy", 
            description = "For --task pairs only, together with --validation-inputs.")
    Path validationTargets;
}

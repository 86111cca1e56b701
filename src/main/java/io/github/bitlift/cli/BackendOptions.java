package io.github.bitlift.cli;

import picocli.CommandLine.Option;

/** Where the arithmetic runs; the bits don't depend on it. */
final class BackendOptions {
    @Option(names = "--backend", paramLabel = "NAME", defaultValue = "auto", order = 800,
            description = "auto, reference, cpu, cuda or opencl (default: ${DEFAULT-VALUE}). The bits are the same.")
    String backend;

    @Option(names = "--threads", paramLabel = "N", order = 801,
            description = "Threads of the cpu backend (default: one per core). The bits are the same.")
    Integer threads;
}

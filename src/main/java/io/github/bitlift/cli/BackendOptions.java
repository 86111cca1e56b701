package io.github.bitlift.cli;

import picocli.CommandLine.Option;

/** Where the arithmetic runs; the bits don't depend on it. */
final class BackendOptions {
    /** The device that is none: CUDA kernels run on the processor. */
    static final String EMULATED = "emulated";

    @Option(names = "--backend", paramLabel = "NAME", defaultValue = "auto", order = 800,
            description = "auto, reference, cpu, cuda or opencl (default: ${DEFAULT-VALUE}). The bits are the same.")
    String backend;

    @Option(names = "--threads", paramLabel = "N", order = 801,
            description = "Threads of the cpu backend (default: one per core), not with --backend cuda; auto takes the cpu backend"
                    + " then. The bits are the same.")
    Integer threads;

    @Option(names = "--device", paramLabel = "NAME", order = 802,
            description = "With --backend cuda only: the device's number or part of its name (default: 0), or emulated: CUDA"
                    + " on the processor, slow, for checks without a GPU.")
    String device;

    /** Whether the emulated driver is asked for. */
    boolean isEmulated() {
        return EMULATED.equals(device);
    }
}

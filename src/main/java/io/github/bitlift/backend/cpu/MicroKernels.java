package io.github.bitlift.backend.cpu;

/** Chooses the {@link MicroKernel} for this JVM and machine. */
public final class MicroKernels {
    private static final String MODULE = "jdk.incubator.vector";
    private static final int LEAST_LANES = 4;

    private MicroKernels() {
    }

    /** The fastest kernel that runs here: {@code vector}, else {@code plain}. */
    public static MicroKernel best() {
        return reasonAgainstVector() == null ? VectorMicroKernel.best() : new PlainMicroKernel();
    }

    /**
     * The kernel of that name.
     *
     * @param name {@code vector} or {@code plain}
     * @throws IllegalArgumentException if there is no kernel of that name
     * @throws IllegalStateException if it can't run here; the message says why, and the remedy
     */
    public static MicroKernel named(String name) {
        switch (name) {
            case "plain":
                return new PlainMicroKernel();
            case "vector":
                String reason = reasonAgainstVector();
                if (reason != null) {
                    throw new IllegalStateException("the vector kernel can't run here: " + reason);
                }
                return VectorMicroKernel.best();
            default:
                throw new IllegalArgumentException("no kernel is named '" + name + "', expected vector or plain");
        }
    }

    /** Why the vector kernel can't run here, or null if it can. */
    static String reasonAgainstVector() {
        if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
            return "this JVM runs without the module " + MODULE + " (start it with --add-modules " + MODULE + ")";
        }
        int lanes = VectorMicroKernel.lanes();
        return lanes < LEAST_LANES
                ? "this machine's vectors hold " + lanes + " floats, at least " + LEAST_LANES + " are needed" : null;
    }
}

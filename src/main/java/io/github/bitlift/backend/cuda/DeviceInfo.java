package io.github.bitlift.backend.cuda;

/**
 * One device, as the driver describes it.
 *
 * @param ordinal its number
 * @param name its name
 * @param major compute capability, before the point
 * @param minor compute capability, after the point
 * @param memory bytes of memory
 * @param multiprocessors their number
 */
public record DeviceInfo(int ordinal, String name, int major, int minor, long memory, int multiprocessors) {

    /** Whether kernels in their oldest form, PTX for compute capability 7.5, run here. */
    public boolean isSupported() {
        return major > 7 || major == 7 && minor >= 5;
    }

    /** {@code 9.0}. */
    public String computeCapability() {
        return major + "." + minor;
    }

    /** For people: number, name, compute capability, memory. */
    public String description() {
        return ordinal + ": " + name + ", compute capability " + computeCapability() + ", " + (memory >> 20) + " MiB";
    }
}

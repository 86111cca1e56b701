package io.github.bitlift.backend.cuda;

import java.util.OptionalDouble;

/**
 * One device, as the driver describes it.
 *
 * @param ordinal its number
 * @param name its name
 * @param major compute capability, before the point
 * @param minor compute capability, after the point
 * @param memory bytes of memory
 * @param multiprocessors their number
 * @param kilohertz the clock's highest rate, 0 if the driver doesn't say
 * @param blockShared the most bytes of shared memory that a block may have, where its kernel asks for it
 * @param multiprocessorShared bytes of shared memory of a multiprocessor
 * @param cooperative whether a launch may have barriers of its whole grid
 */
public record DeviceInfo(
        int ordinal,
        String name,
        int major,
        int minor,
        long memory,
        int multiprocessors,
        int kilohertz,
        int blockShared,
        int multiprocessorShared,
        boolean cooperative) {

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

    /**
     * Binary32 operations per second at the highest clock, each multiprocessor's arithmetic units doing an fma per cycle; empty
     * if the clock or the number of units isn't known.
     */
    public OptionalDouble flopsPerSecond() {
        int units = unitsPerMultiprocessor();
        return units == 0 || kilohertz <= 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(2.0 * units * multiprocessors * 1e3 * kilohertz);
    }

    /** "Results per clock cycle per multiprocessor" of 32-bit fma in the CUDA C++ Programming Guide; 0 for others. */
    private int unitsPerMultiprocessor() {
        return switch (10 * major + minor) {
            case 75, 80 -> 64;
            case 86, 87, 89, 90, 100, 103, 120, 121 -> 128;
            default -> 0;
        };
    }
}

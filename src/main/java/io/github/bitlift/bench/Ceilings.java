package io.github.bitlift.bench;

import java.util.OptionalDouble;

/**
 * What the machine can do at most.
 *
 * @param bytesPerSecond of a large copy, measured in the same run, read and written bytes counted
 * @param flopsPerSecond of binary32 arithmetic, see {@link io.github.bitlift.backend.Backend#arithmeticCeiling}
 */
public record Ceilings(double bytesPerSecond, OptionalDouble flopsPerSecond) {

    /** The least seconds that both ceilings leave for some work; empty if one of them isn't known. */
    public OptionalDouble floor(Work work) {
        return flopsPerSecond.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(Math.max(arithmetic(work), memory(work)));
    }

    /** Which ceiling is the lower one for some work: {@code arithmetic} or {@code memory}; null if it isn't known. */
    public String bound(Work work) {
        if (flopsPerSecond.isEmpty()) {
            return null;
        }
        return arithmetic(work) > memory(work) ? "arithmetic" : "memory";
    }

    private double arithmetic(Work work) {
        return work.flops() / flopsPerSecond.getAsDouble();
    }

    private double memory(Work work) {
        return work.bytes() / bytesPerSecond;
    }
}

package io.github.bitlift.bench;

/**
 * One case and how long it took.
 *
 * @param name the case
 * @param work what it must do
 * @param timing how long it took
 */
public record Measurement(String name, Work work, Timing timing) {

    /** 10^9 operations per second. */
    public double gigaflops() {
        return work.flops() / timing.seconds() * 1e-9;
    }

    /** 10^9 bytes per second. */
    public double gigabytes() {
        return work.bytes() / timing.seconds() * 1e-9;
    }
}

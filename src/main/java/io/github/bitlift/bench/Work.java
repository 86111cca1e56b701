package io.github.bitlift.bench;

/**
 * What operations must do whatever the implementation.
 *
 * @param flops binary32 or binary64 operations as the formulas are written, an fma counting two, a prox map (or its potential,
 *     conjugate, penalty or derivative) counting one per element whatever it takes inside
 * @param bytes what each operation must move at least: every operand it reads once, every one it writes once
 */
public record Work(long flops, long bytes) {
    /** None. */
    public static final Work NONE = new Work(0, 0);

    /** Both one after the other. */
    public Work plus(Work other) {
        return new Work(flops + other.flops, bytes + other.bytes);
    }
}

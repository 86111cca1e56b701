package io.github.bitlift.backend.cuda;

import io.github.bitlift.backend.LearnedThreshold;
import io.github.bitlift.prox.ProxMap;

/**
 * The two numbers that every kernel of a prox map takes: its parameters, 0 for those a map doesn't have; or the halves of the
 * address of a parameter in memory ({@code kernels/learned_soft_threshold.cu}).
 */
record MapParameters(Value first, Value second) {
    static final MapParameters NONE = new MapParameters(Value.of(0f), Value.of(0f));

    static MapParameters of(Operands operands, ProxMap map) {
        if (map instanceof LearnedThreshold learned) {
            long address = operands.at("threshold", learned.threshold()).bits();
            return new MapParameters(Value.of((int) address), Value.of((int) (address >>> 32)));
        }
        return map == null ? NONE : new MapParameters(parameter(map, 0), parameter(map, 1));
    }

    private static Value parameter(ProxMap map, int index) {
        return Value.of(index < map.parameters().length ? map.parameters()[index] : 0f);
    }
}

package io.github.bitlift.backend.cuda;

import io.github.bitlift.prox.ProxMap;

/** The two numbers that every kernel of a prox map takes; 0 for those a map doesn't have. */
final class MapParameters {
    private MapParameters() {}

    static float first(ProxMap map) {
        return parameter(map, 0);
    }

    static float second(ProxMap map) {
        return parameter(map, 1);
    }

    private static float parameter(ProxMap map, int index) {
        return index < map.parameters().length ? map.parameters()[index] : 0f;
    }
}

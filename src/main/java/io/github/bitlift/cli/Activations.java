package io.github.bitlift.cli;

import io.github.bitlift.io.InputException;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.ProxMaps;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Prox maps by their names on the command line. */
final class Activations {
    private Activations() {}

    /** The options whose values a map takes, in its order. */
    static List<String> scalars(String name) {
        return ProxMaps.scalars(name).stream()
                .map(scalar -> scalar.startsWith("group") ? "group" : scalar)
                .toList();
    }

    /** The values that a configuration's map takes, by option. */
    static Map<String, Double> values(RunConfig config) {
        Map<String, Double> values = new LinkedHashMap<>();
        for (String scalar : scalars(config.activation())) {
            values.put(scalar, switch (scalar) {
                case "lambda" -> config.lambda();
                case "lower" -> config.lower();
                case "upper" -> config.upper();
                case "ridge" -> config.ridge();
                case "group" -> (double) config.group();
                default -> throw new IllegalStateException("no option gives " + scalar + " of " + config.activation());
            });
        }
        return values;
    }

    /** A map from its name and scalars, checked. */
    static ProxMap make(String name, Map<String, Double> values) {
        Choice.require("--activation", name, ProxMaps.names());
        try {
            return ProxMaps.parse(name, scalars(name).stream().mapToDouble(values::get).toArray());
        } catch (IllegalArgumentException problem) {
            throw new InputException("--activation " + problem.getMessage(), problem);
        }
    }
}

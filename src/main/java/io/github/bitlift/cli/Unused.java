package io.github.bitlift.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/** Options that were given but don't matter to the chosen method. */
final class Unused {
    private static final List<String> CONDITIONAL = List.of(
            "solver", "lambda", "ridge", "lower", "upper", "group", "mu", "lr-auxiliary", "momentum", "inner", "tau",
            "relaxation", "layers", "step", "shared", "init-z", "passes", "parameter-weight", "tolerance", "admm-penalty",
            "mu-rate", "mu-max", "mu-every");

    private Unused() {}

    /** Whether an option may be given to a method that has no use for it. */
    static boolean mayBe(String name) {
        return CONDITIONAL.contains(name);
    }

    /** Their names, with dashes; so one command line can switch strategies. */
    static List<String> names(Map<String, Object> given, RunConfig config) {
        ObjectNode tree = config.tree();
        return given.keySet().stream()
                .filter(name -> CONDITIONAL.contains(name) && !tree.has(name)
                        || (name.equals("lr") || name.equals("lr-auxiliary")) && "norms".equals(config.stepSize()))
                .map(name -> "--" + name)
                .toList();
    }
}

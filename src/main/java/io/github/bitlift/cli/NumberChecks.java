package io.github.bitlift.cli;

import io.github.bitlift.io.InputException;
import java.util.List;

/** The numbers among the options of a new run. */
final class NumberChecks {
    private NumberChecks() {}

    /** Refuses numbers that make no sense whatever they are given with. */
    static void check(TrainOptions options) {
        DataOptions data = options.data;
        NetworkOptions network = options.network;
        MethodOptions method = options.method;
        positive("--lambda", network.lambda);
        positive("--step", network.step);
        if (network.layers != null) {
            Architectures.requireLayers(network.layers);
        }
        positive("--ridge", network.ridge);
        positive("--lr", method.lr);
        positive("--lr-auxiliary", method.lrAuxiliary);
        positive("--mu-rate", method.muRate);
        positive("--mu-max", method.muMax);
        positive("--admm-penalty", method.admmPenalty);
        atLeastOne("--mu-every", method.muEvery);
        if (method.tolerance != null) {
            Values.fraction("--tolerance", method.tolerance);
        }
        if (method.tau != null) {
            Values.positive("--tau", method.tau);
            Values.positive("1 / --tau", 1 / method.tau);
        }
        if (method.relaxation != null && !(method.relaxation > 0 && method.relaxation < 2)) {
            throw new InputException("--relaxation " + method.relaxation + ": expected more than 0 and less than 2");
        }
        for (Double mu : method.mu == null ? List.<Double>of() : method.mu) {
            Values.positive("--mu", mu);
        }
        if (method.momentum != null) {
            Values.fraction("--momentum", method.momentum);
        }
        atLeastOne("--batch", method.batch);
        atLeastOne("--inner", method.inner);
        atLeastOne("--group", network.group);
        atLeastOne("--images", data.images);
        if (data.validation != null) {
            Values.atLeast("--validation", data.validation, 0);
        }
        for (Integer width : network.widths == null ? List.<Integer>of() : network.widths) {
            Values.atLeast("--widths", width, 1);
        }
    }

    private static void positive(String option, Double value) {
        if (value != null) {
            Values.positive(option, value);
        }
    }

    private static void atLeastOne(String option, Integer value) {
        if (value != null) {
            Values.atLeast(option, value, 1);
        }
    }
}

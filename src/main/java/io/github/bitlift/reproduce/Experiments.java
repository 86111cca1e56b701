package io.github.bitlift.reproduce;

import java.util.List;

/** All experiments. */
public final class Experiments {
    private Experiments() {}

    /** In the order in which they are listed. */
    public static List<Experiment> all() {
        return List.of(
                new Restoration("denoise", "Figures 3 and 6", "0.0008"),
                new Classification());
    }
}

package io.github.bitlift.reproduce;

import java.util.List;

/** All experiments. */
public final class Experiments {
    private Experiments() {}

    /** In the order in which they are listed. */
    public static List<Experiment> all() {
        return List.of(
                Vectorisation.forward(),
                Vectorisation.backward(),
                new Optimizers(),
                new Restoration("deblur", "Figures 2 and 5", "0.0008", 100, 110),
                new Restoration("denoise", "Figures 3 and 6", "0.0008", 300, 65),
                new Restoration("inpaint", "Figures 4 and 7", "0.0001", 100, 110),
                new Classification(),
                new SparseAutoencoder(),
                new SparseDenoising());
    }
}

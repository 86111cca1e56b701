package io.github.bitlift.bench;

import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.TvPdhg;
import io.github.bitlift.backend.TvPdhg.Rule;
import java.util.List;

/** Primal-dual iterations for total variation: many small images, and a large one. */
final class TvBenches {
    private static final float WEIGHT = 0.1f;
    private static final float TAU = 0.3f;
    private static final float SIGMA = 0.99f / (8 * TAU * WEIGHT * WEIGHT);
    private static final int CHECK_EVERY = 50;

    private TvBenches() {}

    static void addTo(List<BenchCase> cases) {
        for (boolean isotropic : new boolean[] {true, false}) {
            for (int images : new int[] {100, 1000}) {
                add(cases, isotropic, images, 28, 1000);
            }
            add(cases, isotropic, 1, 2048, 20);
        }
    }

    private static void add(List<BenchCase> cases, boolean isotropic, int images, int size, int iterations) {
        String name = "tv_pdhg/" + (isotropic ? "isotropic" : "anisotropic") + "/" + images + "x" + size + "x" + size + "/"
                + iterations;
        cases.add(BenchCase.of(name, images, operands -> {
            int pixels = size * size;
            Matrix f = operands.normal(images, pixels, 0.3f);
            return List.of(new TvPdhg(
                    size, size, isotropic, new TvPdhg.Denoise(f), WEIGHT, operands.zeros(images, pixels),
                    operands.zeros(images, 2 * pixels), state(operands, images), Rule.FIXED, CHECK_EVERY,
                    Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY, iterations));
        }));
    }

    private static Matrix state(Operands operands, int images) {
        float[] values = new float[images * TvPdhg.STATE];
        for (int at = 0; at < values.length; at += TvPdhg.STATE) {
            values[at + TvPdhg.State.TAU.ordinal()] = TAU;
            values[at + TvPdhg.State.SIGMA.ordinal()] = SIGMA;
        }
        Matrix state = operands.zeros(images, TvPdhg.STATE);
        state.write(values);
        return state;
    }
}

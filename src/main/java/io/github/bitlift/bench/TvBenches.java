package io.github.bitlift.bench;

import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.PatchGrid;
import io.github.bitlift.backend.TvPdhg;
import io.github.bitlift.backend.TvPdhg.Rule;
import io.github.bitlift.prox.Relu;
import java.util.List;

/** Primal-dual iterations for total variation: many small images, also behind a first layer, and a large one. */
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
        penalty(cases, 100, 1000);
    }

    /** The first layer of the framework paper's §7.3. */
    private static void penalty(List<BenchCase> cases, int images, int iterations) {
        PatchGrid grid = new PatchGrid(28, 28, 1, 4, 2, 1);
        int filters = 8;
        cases.add(BenchCase.of("tv_penalty/relu/" + images + "x28x28/" + filters + "/" + iterations, images, operands -> {
            TvPdhg.Penalty penalty = new TvPdhg.Penalty(
                    grid, operands.normal(filters, grid.patchSize(), 0.1f), operands.normal(1, filters, 0.1f), new Relu(),
                    operands.normal(images, grid.patches() * filters, 0.3f));
            return List.of(operation(operands, images, 28, true, penalty, iterations));
        }));
    }

    private static void add(List<BenchCase> cases, boolean isotropic, int images, int size, int iterations) {
        String name = "tv_pdhg/" + (isotropic ? "isotropic" : "anisotropic") + "/" + images + "x" + size + "x" + size + "/"
                + iterations;
        cases.add(BenchCase.of(name, images, operands -> {
            Matrix f = operands.normal(images, size * size, 0.3f);
            return List.of(operation(operands, images, size, isotropic, new TvPdhg.Denoise(f), iterations));
        }));
    }

    private static TvPdhg operation(
            Operands operands, int images, int size, boolean isotropic, TvPdhg.Data data, int iterations) {
        int pixels = size * size;
        return new TvPdhg(
                size, size, isotropic, data, WEIGHT, operands.zeros(images, pixels), operands.zeros(images, 2 * pixels),
                state(operands, images), Rule.FIXED, CHECK_EVERY, Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY, iterations);
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

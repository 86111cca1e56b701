package io.github.bitlift.catalogue;

import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.TvPdhg;
import io.github.bitlift.backend.TvPdhg.Rule;
import io.github.bitlift.catalogue.Setup.Fill;
import java.util.ArrayList;
import java.util.List;

/** Total variation: images from one pixel to several chunks of the sums, batches, rules, and images that stop early. */
final class TvCases {
    /**
     * Images, height, width, iterations: degenerate, small enough for one block, and larger; round a chunk of the sums, tiles of
     * 32 by 64 and strips of a row; more than 32 chunks.
     */
    private static final int[][] SHAPES = {
        {1, 1, 1, 3}, {2, 1, 7, 5}, {2, 9, 1, 5}, {3, 2, 2, 4}, {5, 28, 28, 12}, {17, 5, 9, 7}, {2, 31, 33, 6}, {1, 64, 64, 3},
        {2, 65, 64, 2}, {1, 40, 130, 3}, {0, 4, 4, 2}, {2, 6, 5, 0}, {33, 8, 8, 21}, {3, 32, 32, 4}, {4, 25, 41, 4}, {2, 33, 129, 4},
        {1, 3, 700, 4}, {1, 190, 180, 3}
    };
    /**
     * Images, height, width, iterations: large enough for a band per thread, with bands within a row; and the last two just small
     * enough for strips on chip.
     */
    private static final int[][] LARGE = {{1, 3, 6001, 2}, {1, 1, 16500, 2}, {1, 16384, 1, 2}, {1, 2048, 8, 3}};
    private static final float TAU = 0.25f;
    private static final double NEVER = Double.NEGATIVE_INFINITY;

    private TvCases() {
    }

    static void addTo(List<Case> cases) {
        for (int[] shape : SHAPES) {
            for (boolean isotropic : new boolean[] {true, false}) {
                for (Rule rule : Rule.values()) {
                    cases.add(denoise(shape, isotropic, rule, Fill.NORMAL, 3, NEVER, NEVER));
                }
                cases.add(explicit(shape, isotropic, Fill.NORMAL));
            }
        }
        for (int[] shape : LARGE) {
            cases.add(denoise(shape, true, Rule.ADAPTIVE, Fill.NORMAL, 2, NEVER, NEVER));
        }
        int[] some = {6, 28, 28, 40};
        cases.add(denoise(some, true, Rule.FIXED, Fill.SPECIAL, 1, NEVER, NEVER));
        cases.add(denoise(some, false, Rule.ADAPTIVE, Fill.SPECIAL, 4, NEVER, NEVER));
        cases.add(explicit(some, true, Fill.SPECIAL));
        cases.add(denoise(some, true, Rule.ACCELERATED, Fill.UNIT, 5, 3.0, NEVER));
        cases.add(denoise(some, true, Rule.FIXED, Fill.UNIT, 2, NEVER, 0.3));
        cases.add(denoise(some, true, Rule.ADAPTIVE, Fill.UNIT, 10, 0.5, 0.1));
        int[] large = {4, 45, 70, 30};
        cases.add(denoise(large, true, Rule.ACCELERATED, Fill.UNIT, 3, 12.0, NEVER));
        cases.add(denoise(large, false, Rule.ADAPTIVE, Fill.UNIT, 1, NEVER, 0.7));
        cases.add(denoise(large, true, Rule.ADAPTIVE, Fill.SPECIAL, 2, NEVER, 0.5));
    }

    private static Case denoise(
            int[] shape, boolean isotropic, Rule rule, Fill fill, int checkEvery, double gap, double change) {
        return new Case("tv_pdhg", text(shape, isotropic, fill) + " " + rule + " gap " + gap + " change " + change, s -> {
            Matrix f = s.matrix(shape[0], shape[1] * shape[2], fill);
            s.run(operation(s, shape, isotropic, new TvPdhg.Denoise(f), rule, checkEvery, gap, change, shape[3]));
        });
    }

    private static Case explicit(int[] shape, boolean isotropic, Fill fill) {
        return new Case("tv_pdhg", text(shape, isotropic, fill) + " explicit", s -> {
            Matrix g = s.matrix(shape[0], shape[1] * shape[2], fill);
            TvPdhg step = operation(s, shape, isotropic, new TvPdhg.Explicit(g), Rule.FIXED, 2, NEVER, 0.5, 1);
            s.run(step);
            s.run(step);
            s.run(step);
        });
    }

    private static String text(int[] shape, boolean isotropic, Fill fill) {
        return shape[0] + " of " + shape[1] + "x" + shape[2] + " x" + shape[3] + (isotropic ? " iso " : " aniso ") + fill;
    }

    static TvPdhg operation(
            Setup s, int[] shape, boolean isotropic, TvPdhg.Data data, Rule rule, int checkEvery, double gap, double change,
            int iterations) {
        int images = shape[0];
        int pixels = shape[1] * shape[2];
        float weight = 0.35f;
        Matrix x = s.matrix(images, pixels, Fill.NORMAL);
        Matrix z = s.matrix(images, 2 * pixels, Fill.NORMAL);
        Matrix state = s.matrix(images, TvPdhg.STATE, Fill.NORMAL);
        List<Float> start = new ArrayList<>();
        for (int i = 0; i < images; i++) {
            // Every fifth image has stopped before.
            start.addAll(List.of(
                    TAU / (1 + i), (1 + i) / (8 * TAU * weight * weight), 0.5f, (float) i, i % 5 == 4 ? 2f : 0f, 7f, 8f, 9f));
        }
        float[] values = new float[start.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = start.get(i);
        }
        s.set(state, values);
        return new TvPdhg(
                shape[1], shape[2], isotropic, data, weight, x, z, state, rule, checkEvery, gap, change, iterations);
    }
}

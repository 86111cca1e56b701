package io.github.bitlift.catalogue;

import io.github.bitlift.backend.LearnedThreshold;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.PatchGrid;
import io.github.bitlift.backend.TvPdhg;
import io.github.bitlift.catalogue.Setup.Fill;
import io.github.bitlift.prox.Identity;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.Relu;
import io.github.bitlift.prox.SoftThreshold;
import io.github.bitlift.prox.Tanh;
import java.util.Arrays;
import java.util.List;

/** Total variation behind a convolution: {@link TvPdhg.Penalty}. */
final class PenaltyCases {
    private static final double NEVER = Double.NEGATIVE_INFINITY;
    /** Of §7.3. */
    private static final PatchGrid FIRST = new PatchGrid(28, 28, 1, 4, 2, 1);
    /**
     * Strides within, at and beyond the kernel, paddings up to it, pixels that no patch covers; several channels, which lie side by
     * side in an image of single numbers; too many taps for one segment; an image for all threads at once.
     */
    private static final List<PatchGrid> GRIDS = List.of(
            FIRST, new PatchGrid(5, 7, 1, 3, 1, 1), new PatchGrid(10, 11, 1, 2, 3, 1), new PatchGrid(7, 8, 3, 5, 2, 2),
            new PatchGrid(1, 33, 1, 3, 1, 2), new PatchGrid(4, 4, 1, 4, 1, 0), new PatchGrid(1, 1, 1, 1, 1, 0),
            new PatchGrid(9, 6, 2, 3, 3, 0), new PatchGrid(13, 17, 1, 5, 3, 4), new PatchGrid(33, 34, 1, 33, 1, 0),
            new PatchGrid(130, 127, 1, 3, 2, 1));

    private PenaltyCases() {
    }

    static void addTo(List<Case> cases) {
        for (PatchGrid grid : GRIDS) {
            for (int filters : new int[] {1, 3, 8}) {
                cases.add(of(6, grid, filters, new Relu(), filters != 3, Fill.NORMAL, 2, NEVER, 5));
            }
            cases.add(of(2, grid, 5, new Tanh(), true, Fill.SPECIAL, 1, NEVER, 3));
        }
        for (ProxMap map : List.of(new Relu(), new Identity(), new SoftThreshold(0.05f))) {
            cases.add(of(3, FIRST, 8, map, true, Fill.NORMAL, 4, NEVER, 9));
            cases.add(of(3, GRIDS.get(3), 4, map, false, Fill.SPECIAL, 1, NEVER, 4));
        }
        for (PatchGrid grid : List.of(FIRST, GRIDS.get(1))) {
            cases.add(of(0, grid, 2, new Relu(), true, Fill.NORMAL, 1, NEVER, 3));
            cases.add(of(3, grid, 2, new Relu(), true, Fill.NORMAL, 1, NEVER, 0));
            cases.add(of(12, grid, 8, new Relu(), true, Fill.NORMAL, 3, 0.4, 60));
        }
        for (int filters : new int[] {1, 3, 4, 6}) {
            cases.add(new Case("tv_penalty", "an infinite pixel, negative weights, " + filters + " filters",
                    s -> s.run(infinite(s, filters))));
        }
        cases.add(of(2, GRIDS.get(6), 1_025, new Relu(), true, Fill.NORMAL, 1, NEVER, 3));
        cases.add(new Case("tv_penalty", "a threshold in memory", s -> {
            Matrix threshold = s.set(s.matrix(1, 1, Fill.NORMAL), 0.1f);
            s.run(operation(s, 4, FIRST, 3, new LearnedThreshold(threshold), true, Fill.NORMAL, 3, NEVER, 7));
        }));
    }

    private static Case of(
            int images, PatchGrid grid, int filters, ProxMap map, boolean isotropic, Fill fill, int every, double change,
            int iterations) {
        String name = images + " of " + grid.text() + ", " + filters + " filters, " + map.stem()
                + (isotropic ? " iso " : " aniso ") + fill + " change " + change + " x" + iterations;
        return new Case("tv_penalty", name,
                s -> s.run(operation(s, images, grid, filters, map, isotropic, fill, every, change, iterations)));
    }

    /** What is infinite ends at 0 in a ReLU, so most numbers stay finite. */
    private static TvPdhg infinite(Setup s, int filters) {
        PatchGrid grid = GRIDS.get(1);
        float[] weights = new float[filters * grid.patchSize()];
        Arrays.fill(weights, -0.25f);
        TvPdhg.Penalty penalty = new TvPdhg.Penalty(
                grid, s.set(s.matrix(filters, grid.patchSize(), Fill.NORMAL), weights), s.matrix(1, filters, Fill.NORMAL),
                new Relu(), s.matrix(2, grid.patches() * filters, Fill.NORMAL));
        int[] shape = {2, grid.height(), grid.width()};
        TvPdhg operation = TvCases.operation(s, shape, true, penalty, TvPdhg.Rule.FIXED, 2, NEVER, NEVER, 1);
        s.set(operation.x(), Float.POSITIVE_INFINITY);
        return operation;
    }

    private static TvPdhg operation(
            Setup s, int images, PatchGrid grid, int filters, ProxMap map, boolean isotropic, Fill fill, int every, double change,
            int iterations) {
        // Small weights, as a gradient that the step doesn't bound tells little.
        TvPdhg.Penalty penalty = new TvPdhg.Penalty(
                grid, s.matrix(filters, grid.patchSize(), fill == Fill.NORMAL ? Fill.SMALL : fill), s.matrix(1, filters, fill), map,
                s.matrix(images, grid.patches() * filters, fill));
        int[] shape = {images, grid.height(), grid.width() * grid.channels()};
        return TvCases.operation(s, shape, isotropic, penalty, TvPdhg.Rule.FIXED, every, NEVER, change, iterations);
    }
}

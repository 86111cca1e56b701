package io.github.bitlift.backend.cuda;

import io.github.bitlift.backend.PatchGrid;
import io.github.bitlift.backend.TvPdhg;
import java.util.List;
import java.util.Set;

/** Iterations behind a first layer, {@link TvPdhg.Penalty}, in one launch: {@code kernels/tv_penalty.cuh}. */
final class TvPenalty {
    /** Of prox maps with such a kernel: framework paper §7.3 has the one. Another takes a line in its source. */
    private static final Set<String> STEMS = Set.of("relu");
    /** The host's side of TvPenalty in {@code kernels/tv_penalty.cuh}. */
    /** Of its description. */
    static final int BYTES = 192;
    /** Rule 2 of the contract: a longer chain is cut into segments. */
    private static final int SEGMENT = 1_024;
    private static final int FOUR = 4;
    private static final int ALIGNMENT = 16;

    private TvPenalty() {}

    /** Whether there is a kernel for it and an image finds room on chip; no choice shows in a bit. */
    static boolean fits(TvPdhg operation, DeviceInfo device) {
        TvPdhg.Penalty penalty = (TvPdhg.Penalty) operation.data();
        return STEMS.contains(penalty.sigma().stem())
                && penalty.grid().patchSize() <= SEGMENT && penalty.weights().rows() <= SEGMENT
                && TvChoice.allowsBlock(operation, device)
                && sharedBytes(operation, penalty) <= device.blockShared();
    }

    private static long sharedBytes(TvPdhg operation, TvPdhg.Penalty penalty) {
        long filters = upTo(penalty.weights().rows(), FOUR);
        long numbers = filters * (2L * penalty.grid().patches() + penalty.grid().patchSize() + 1);
        return upTo(TvChoice.blockBytes(operation), ALIGNMENT) + Float.BYTES * numbers;
    }

    private static int upTo(int n, int multiple) {
        return (n + multiple - 1) / multiple * multiple;
    }

    /**
     * Plans the launch.
     *
     * @param images TvImages
     */
    static void launch(Plan plan, TvPdhg operation, Struct images) {
        TvPdhg.Penalty penalty = (TvPdhg.Penalty) operation.data();
        PatchGrid grid = penalty.grid();
        MapParameters parameters = MapParameters.of(plan.operands(), penalty.sigma());
        Struct described = images
                .put(plan.operands().at("TV: weights", penalty.weights()))
                .put(plan.operands().at("TV: bias", penalty.bias()))
                .put(plan.operands().at("TV: target", penalty.target()))
                .put(grid.height())
                .put(grid.width())
                .put(grid.channels())
                .put(grid.kernel())
                .put(grid.stride())
                .put(grid.padding())
                .put(grid.down())
                .put(grid.across())
                .put(penalty.weights().rows())
                .put(parameters.first())
                .put(parameters.second())
                .ofSize(BYTES);
        Grid blocks = TvChoice.BLOCK.grid(operation, plan.device());
        String stem = penalty.sigma().stem();
        plan.launch(stem, stem + "_tv_penalty",
                new Grid(blocks.x(), 1, blocks.blockX(), 1, (int) sharedBytes(operation, penalty), false),
                plan.descriptors(List.of(described)));
    }
}

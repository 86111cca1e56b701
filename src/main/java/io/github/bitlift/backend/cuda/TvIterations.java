package io.github.bitlift.backend.cuda;

import io.github.bitlift.backend.TvPdhg;
import java.util.List;

/** Primal-dual iterations for total variation as launches: one where images fit on chip, else three per iteration. */
final class TvIterations {
    private static final String STEM = "tv_pdhg";
    /** The host's side of TvImages in {@code kernels/tv_pdhg.cuh}. */
    private static final int IMAGES_BYTES = 120;
    private static final int CHUNK = 1_024;
    private static final int SUMS = 5;
    /** Rows of z at a strip's edges. */
    private static final int EDGES = 3;
    /** Of what alternates. */
    private static final int PLACES = 2;
    /** x and both planes of z. */
    private static final int PLANES = 3;
    private static final int TILE_ROWS = 32;
    private static final int TILE_COLUMNS = 64;
    private static final int TILE_THREADS = 256;

    private final Plan plan;
    private final TvPdhg operation;
    private final int images;
    private final long pixels;
    private final long chunks;

    private TvIterations(Plan plan, TvPdhg operation) {
        this.plan = plan;
        this.operation = operation;
        images = operation.x().rows();
        pixels = operation.pixels();
        chunks = chunks(operation);
    }

    static void plan(Plan plan, TvPdhg operation) {
        TvIterations iterations = new TvIterations(plan, operation);
        Struct operands = iterations.operands();
        if (operation.x().rows() > 0 && operation.iterations() > 0) {
            iterations.launch(operands);
        }
    }

    private Struct operands() {
        return new Struct()
                .put(plan.operands().at("TV: x", operation.x()))
                .put(plan.operands().at("TV: z", operation.z()))
                .put(plan.operands().at("TV: state", operation.state()))
                .put(plan.operands().at("TV: data", operation.constant() == null ? operation.x() : operation.constant()));
    }

    private void launch(Struct operands) {
        if (operation.data() instanceof TvPdhg.Penalty) {
            TvPenalty.launch(plan, operation, struct(operands, Value.NULL, Value.NULL, Value.NULL, Value.NULL));
            return;
        }
        TvChoice choice = TvChoice.of(operation, plan.device());
        switch (choice) {
            case WARP, BLOCK -> plan.launch(STEM, choice == TvChoice.WARP ? "tv_pdhg_warp" : "tv_pdhg_block",
                    choice.grid(operation, plan.device()),
                    images(operands, Value.NULL, Value.NULL, Value.NULL, Value.NULL));
            case GRID -> grid(operands, choice.grid(operation, plan.device()));
            case STEPS -> steps(operands);
        }
    }

    /** Bytes that a program takes for an operation, its description included. */
    static long bytes(TvPdhg operation, DeviceInfo device) {
        if (operation.x().rows() == 0 || operation.iterations() == 0) {
            return 0;
        }
        if (operation.data() instanceof TvPdhg.Penalty) {
            return TvPenalty.BYTES;
        }
        long scratch = switch (TvChoice.of(operation, device)) {
            case WARP, BLOCK -> 0;
            case GRID -> Plan.aligned(otherBytes(operation, 1)) + Plan.aligned(sumsBytes(operation, 1))
                    + Plan.aligned(haloBytes(operation, TvChoice.GRID.grid(operation, device)));
            case STEPS -> Plan.aligned(otherBytes(operation, operation.x().rows()))
                    + Plan.aligned(sumsBytes(operation, operation.x().rows())) + Plan.aligned(doneBytes(operation));
        };
        return scratch + IMAGES_BYTES;
    }

    private static long otherBytes(TvPdhg operation, long images) {
        return images * PLANES * Float.BYTES * operation.pixels();
    }

    private static long sumsBytes(TvPdhg operation, long images) {
        return images * SUMS * Double.BYTES * chunks(operation);
    }

    private static long haloBytes(TvPdhg operation, Grid grid) {
        return (long) Float.BYTES * PLACES * EDGES * grid.x() * operation.width();
    }

    private static long doneBytes(TvPdhg operation) {
        return (long) Integer.BYTES * operation.x().rows();
    }

    private static long chunks(TvPdhg operation) {
        return ((long) operation.pixels() + CHUNK - 1) / CHUNK;
    }

    private void grid(Struct operands, Grid grid) {
        Value described = images(
                operands, plan.scratch(otherBytes(operation, 1)), plan.scratch(sumsBytes(operation, 1)),
                plan.scratch(haloBytes(operation, grid)), Value.NULL);
        plan.launch(STEM, "tv_pdhg_grid", grid, described, Value.of(TvChoice.stripRows(operation, plan.device())));
    }

    private void steps(Struct operands) {
        Value described = images(
                operands, plan.scratch(otherBytes(operation, images)), plan.scratch(sumsBytes(operation, images)), Value.NULL,
                plan.scratch(doneBytes(operation)));
        int rows = Math.min(images, Grid.MOST_DESCRIPTORS);
        int tiles = Math.multiplyExact(
                (operation.height() - 1) / TILE_ROWS + 1, (operation.width() - 1) / TILE_COLUMNS + 1);
        for (int i = 0; i < operation.iterations(); i++) {
            plan.launch(STEM, "tv_pdhg_step", new Grid(tiles, rows, TILE_THREADS, 1), described, Value.of(i));
            plan.launch(STEM, "tv_pdhg_sums", Grid.ofWarps(chunks, plan.device()).times(rows), described, Value.of(i));
            plan.launch(STEM, "tv_pdhg_finish", Grid.ofWarps(images, plan.device()), described);
        }
        plan.launch(STEM, "tv_pdhg_store", Grid.ofElements(pixels, plan.device()).times(rows), described);
    }

    /** TvImages, from its first four fields on. */
    private Value images(Struct operands, Value other, Value sums, Value halo, Value done) {
        return plan.descriptors(List.of(struct(operands, other, sums, halo, done)));
    }

    private Struct struct(Struct operands, Value other, Value sums, Value halo, Value done) {
        return operands
                .put(other)
                .put(sums)
                .put(halo)
                .put(done)
                .put(Value.of(operation.gapTolerance()))
                .put(Value.of(operation.changeTolerance()))
                .put((long) images)
                .put(operation.height())
                .put(operation.width())
                .put(operation.rule().ordinal())
                .put(operation.checkEvery())
                .put(operation.iterations())
                .put(operation.weight())
                .put(operation.isotropic() ? 1 : 0)
                .put(operation.data() instanceof TvPdhg.Denoise ? 1 : 0)
                .ofSize(IMAGES_BYTES);
    }
}

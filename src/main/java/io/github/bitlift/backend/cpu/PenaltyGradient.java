package io.github.bitlift.backend.cpu;

import static io.github.bitlift.backend.HostBuffer.array;
import static io.github.bitlift.backend.HostBuffer.start;

import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.PatchGrid;
import io.github.bitlift.backend.TvPdhg;
import io.github.bitlift.backend.reference.Maps;
import io.github.bitlift.backend.reference.Rows;
import io.github.bitlift.prox.RowScratch;
import java.util.Arrays;

/**
 * The gradient of {@link TvPdhg.Penalty} at one image after another, {@code K*(σ(K x + b) − u)}, with the bits of its products.
 *
 * <p>All arrays are planes of one shape: pixels (s·i + p, s·j + q) of the padded image, s the stride, are a plane, one for each p
 * and q that a kernel reaches, and its place is i·across + j for that pixel and for patch (i, j) alike. So tap (ky, kx) of all
 * patches is the plane of p = ky mod s, q = kx mod s, moved by a constant; K is a matrix of numbers applied to planes, and so is
 * K*, whose taps are then added up plane by plane. Where a place is no patch, whatever stands there is masked as it is added.
 *
 * <p>What bounds it, counted for 28 x 28, 4 x 4 taps, stride 2, 8 filters: 225 places in planes of 256, 224 of them computed, 128
 * fma each way and place, so with vectors of 8 numbers 7,168 fma and 5,376 loads; 2 of each per cycle are some 1 µs.
 */
final class PenaltyGradient {
    /** Rule 2 of the contract: a longer chain is cut into segments. */
    private static final int SEGMENT = 1024;
    /** Numbers of residuals, targets and taps that a thread may hold. */
    private static final long MOST = 1 << 20;

    private final PlaneLoops loops;
    private final Maps maps;
    private final Rows rows;
    private final RowScratch scratch = new RowScratch();

    private TvPdhg.Penalty penalty;
    private PatchGrid grid;
    private int filters;
    private Layout layout;
    /** Of K and of K*, in groups of outputs: see {@link PlaneLoops#combine}. */
    private float[] weights;
    private float[] adjointWeights;
    private float[] bias;
    private float[] none;
    /** x, then the gradient. */
    private float[] planes;
    private float[] residual;
    private float[] target;
    /** K* r by taps, not added up yet. */
    private float[] taps;
    private int[] filterAt;

    PenaltyGradient(PlaneLoops loops, Maps maps, Rows rows) {
        this.loops = loops;
        this.maps = maps;
        this.rows = rows;
    }

    /** Whether the gradient of an operation with a penalty is taken here, so that it needn't be lowered. */
    static boolean fits(TvPdhg operation) {
        TvPdhg.Penalty penalty = (TvPdhg.Penalty) operation.data();
        int taps = penalty.grid().patchSize();
        int filters = penalty.weights().rows();
        return filters <= SEGMENT && taps <= SEGMENT && operation.pixels() < TvIterations.BANDED
                && Layout.places(penalty.grid()) * (2L * filters + taps) <= MOST;
    }

    /** Turns to an image. */
    void load(TvPdhg operation, TvImage image, int row) {
        penalty = (TvPdhg.Penalty) operation.data();
        size(image);
        Matrix given = penalty.weights();
        for (int filter = 0; filter < filters; filter++) {
            for (int tap = 0; tap < grid.patchSize(); tap++) {
                float weight = array(given)[start(given, filter) + tap];
                weights[PlaneLoops.place(filter, tap, grid.patchSize())] = weight;
                adjointWeights[PlaneLoops.place(tap, filter, filters)] = weight;
            }
        }
        System.arraycopy(array(penalty.bias()), start(penalty.bias()), bias, 0, filters);
        float[] u = array(penalty.target());
        int at = start(penalty.target(), row);
        for (int patch = 0; patch < grid.patches(); patch++) {
            int place = layout.place(patch);
            for (int filter = 0; filter < filters; filter++) {
                target[filter * layout.length + place] = u[at++];
            }
        }
    }

    private void size(TvImage image) {
        if (penalty.grid().equals(grid) && penalty.weights().rows() == filters && layout.isOf(image)) {
            return;
        }
        PatchGrid next = penalty.grid();
        grid = null;  // until there is room
        filters = penalty.weights().rows();
        layout = new Layout(next, image);
        int outputs = PlaneLoops.roundUp(filters);
        int inputs = PlaneLoops.roundUp(next.patchSize());
        weights = new float[outputs * next.patchSize()];
        adjointWeights = new float[inputs * filters];
        bias = new float[outputs];
        none = new float[inputs];
        planes = new float[layout.cells() + layout.margin + 1];
        residual = new float[outputs * layout.length];
        target = new float[outputs * layout.length];
        taps = new float[layout.margin + inputs * layout.length];
        filterAt = new int[filters];
        Arrays.setAll(filterAt, filter -> filter * layout.length);
        grid = next;
    }

    /** Takes the gradient at the image's x, and puts it where the constant is. */
    void take(TvImage image) {
        int patches = layout.patchPlaces;
        loops.gather(image.x, layout.cellFrom, planes, 0);
        loops.combine(weights, bias, filters, planes, layout.tapAt, residual, 0, layout.length, patches);
        for (int filter = 0; filter < filters; filter++) {
            int at = filterAt[filter];
            maps.activate(penalty.sigma(), residual, at, residual, at, patches, scratch);
            rows.scaledDifference(1f, residual, at, target, at, residual, at, patches);
        }
        // Sums that begin with +0 don't show the sign of a zero, so adding +0 to the taps shows nowhere.
        loops.combine(adjointWeights, none, grid.patchSize(), residual, filterAt, taps, layout.margin, layout.length, patches);
        for (int plane = 0; plane < layout.planeTaps.length; plane++) {
            loops.fold(taps, layout.planeTaps[plane], layout.isPatch, layout.planeMasks[plane], planes,
                    plane * layout.length, layout.length);
        }
        loops.gather(planes, layout.pixelFrom, image.constant, image.origin());
    }

    /** Where what lies. */
    private static final class Layout {
        private final PatchGrid grid;
        private final int origin;
        private final int across;
        /** Of a plane. */
        private final int length;
        /** All that lie in rows with patches, and up to a whole block of vectors. */
        private final int patchPlaces;
        /** Before the taps' planes and behind the image's: as far as a tap may be moved, and a block of vectors. */
        private final int margin;
        /** By place, behind a margin: all ones at a patch, else 0. */
        private final int[] isPatch;
        /** By tap: where it begins among the planes of x. */
        private final int[] tapAt;
        /** By plane of the gradient: where the taps that meet there begin, in ascending order, and their masks. */
        private final int[][] planeTaps;
        private final int[][] planeMasks;
        /** By place in a plane: the number of the image that belongs there, one that is 0 outside. By pixel: the other way. */
        private final int[] cellFrom;
        private final int[] pixelFrom;

        Layout(PatchGrid grid, TvImage image) {
            this.grid = grid;
            this.origin = image.origin();
            across = along(grid.width(), grid.across(), grid);
            length = (int) places(grid);
            patchPlaces = PlaneLoops.blocks(grid.down() * across);
            int reach = (grid.kernel() - 1) / grid.stride();
            margin = PlaneLoops.blocks(reach * across + reach) + PlaneLoops.BLOCK;
            isPatch = new int[margin + length];
            for (int patch = 0; patch < grid.patches(); patch++) {
                isPatch[margin + place(patch)] = -1;
            }
            tapAt = new int[grid.patchSize()];
            planeTaps = new int[planes(grid)][0];
            planeMasks = new int[planes(grid)][0];
            for (int tap = 0; tap < tapAt.length; tap++) {
                tap(tap);
            }
            cellFrom = new int[cells()];
            pixelFrom = new int[grid.imageSize()];
            for (int number = 0; number < pixelFrom.length; number++) {
                pixel(number);
            }
        }

        /** Places along a side: those of pixels, and those where patches end. */
        private static int along(int size, int patches, PatchGrid grid) {
            return 1 + Math.max((size - 1 + grid.padding()) / grid.stride(), patches - 1 + (grid.kernel() - 1) / grid.stride());
        }

        static long places(PatchGrid grid) {
            return PlaneLoops.blocks(
                    along(grid.height(), grid.down(), grid) * along(grid.width(), grid.across(), grid));
        }

        /** p and q are below this. */
        private static int phases(PatchGrid grid) {
            return Math.min(grid.stride(), grid.kernel());
        }

        private static int planes(PatchGrid grid) {
            return phases(grid) * phases(grid) * grid.channels();
        }

        private int plane(int y, int x, int channel) {
            return (y % grid.stride() * phases(grid) + x % grid.stride()) * grid.channels() + channel;
        }

        private int moved(int y, int x) {
            return y / grid.stride() * across + x / grid.stride();
        }

        private void tap(int tap) {
            int y = tap / grid.channels() / grid.kernel();
            int x = tap / grid.channels() % grid.kernel();
            int plane = plane(y, x, tap % grid.channels());
            tapAt[tap] = plane * length + moved(y, x);
            planeTaps[plane] = with(planeTaps[plane], margin + tap * length - moved(y, x));
            planeMasks[plane] = with(planeMasks[plane], margin - moved(y, x));
        }

        private static int[] with(int[] all, int last) {
            int[] more = Arrays.copyOf(all, all.length + 1);
            more[all.length] = last;
            return more;
        }

        private void pixel(int number) {
            int y = number / grid.channels() / grid.width() + grid.padding();
            int x = number / grid.channels() % grid.width() + grid.padding();
            boolean reached = y % grid.stride() < phases(grid) && x % grid.stride() < phases(grid);
            int cell = reached ? plane(y, x, number % grid.channels()) * length + moved(y, x) : cells();
            pixelFrom[number] = cell;
            if (reached) {
                cellFrom[cell] = origin + number;
            }
        }

        int cells() {
            return planes(grid) * length;
        }

        int place(int patch) {
            return patch / grid.across() * across + patch % grid.across();
        }

        boolean isOf(TvImage image) {
            return image.origin() == origin;
        }
    }
}

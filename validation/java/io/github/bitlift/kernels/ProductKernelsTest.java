package io.github.bitlift.kernels;

import io.github.bitlift.backend.Update;
import io.github.bitlift.kernels.EmulatedKernels.Operand;
import io.github.bitlift.kernels.ProductCase.Extra;
import io.github.bitlift.kernels.ProductCase.Kind;
import io.github.bitlift.kernels.ProductCase.Layout;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.ProxMaps;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The product kernels, on the emulated driver, have the bits of the reference backend. */
class ProductKernelsTest {
    private static final int ALIGNED = -1;
    /** Operands of a row and its step, of which one alone may be misaligned. */
    private static final int OPERANDS = 13;
    /** m, n, k: tails of tiles, of quads of k and of vectors; ends of segments; no terms; no elements. */
    private static final int[][] SHAPES = {
        {1, 1, 0}, {1, 1, 1}, {2, 3, 5}, {0, 7, 9}, {7, 15, 17}, {31, 33, 32}, {6, 16, 255}, {5, 10, 256}, {3, 784, 257},
        {100, 64, 10}, {33, 10, 64}, {17, 31, 1023}, {16, 32, 1024}, {13, 29, 1025}, {9, 11, 2500}, {129, 97, 112},
        {128, 112, 16}, {97, 64, 2048}, {10, 129, 40}, {4, 1, 2047}, {1, 784, 20}, {5, 0, 3}
    };

    /** The tiles of kernels/product_tile.cuh. */
    enum Tile {
        LARGE(128, 112, 256), SMALL(32, 32, 128);

        final int rows;
        final int columns;
        final int threads;

        Tile(int rows, int columns, int threads) {
            this.rows = rows;
            this.columns = columns;
            this.threads = threads;
        }

        String kernel(ProxMap map, Layout layout) {
            return ((map == null ? "" : map.stem() + "_") + "product_" + layout + "_" + this).toLowerCase(Locale.ROOT);
        }
    }

    @BeforeAll
    static void load() throws IOException {
        EmulatedKernels.load();
    }

    static List<ProxMap> separableMaps() {
        return ProxMaps.examples().stream().filter(map -> map.coupling() == 1).toList();
    }

    @ParameterizedTest
    @EnumSource(Layout.class)
    void everyShapeInOneLaunch(Layout layout) {
        Values values = new Values(layout.ordinal());
        int turn = layout.ordinal();
        for (Tile tile : Tile.values()) {
            for (int rarity : new int[] {0, 40}) {
                List<ProductCase> cases = new ArrayList<>();
                for (int[] shape : SHAPES) {
                    cases.add(new ProductCase(values, rarity, layout, Kind.SCALE, shape, null, null));
                }
                launch(tile, null, layout, cases, turn++, ALIGNED);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Layout.class)
    void misalignedFactorsGiveTheSameBits(Layout layout) {
        Values values = new Values(10 + layout.ordinal());
        int turn = 0;
        for (Tile tile : Tile.values()) {
            for (int misaligned = 0; misaligned < 2; misaligned++) {
                List<ProductCase> cases = new ArrayList<>();
                for (int[] shape : new int[][] {{40, 64, 36}, {132, 116, 20}, {3, 4, 8}}) {
                    cases.add(new ProductCase(values, 0, layout, Kind.SCALE, shape, null, null));
                }
                launch(tile, null, layout, cases, turn++, misaligned);
            }
        }
    }

    /** Every product underflows to -0, and so must the sum: nothing of a tile's unused parts may enter it. */
    @ParameterizedTest
    @EnumSource(Layout.class)
    void sumsKeepTheirNegativeZero(Layout layout) {
        for (Tile tile : Tile.values()) {
            List<ProductCase> cases = new ArrayList<>();
            for (int depth : new int[] {1, 2, 5, 8, 17, 1023, 1024, 1025, 2049}) {
                cases.add(new ProductCase(new Values(depth), 0, layout, Kind.SCALE, new int[] {3, 5, depth}, null, null)
                        .factors(-1e-30f, 1e-30f));
            }
            launch(tile, null, layout, cases, tile.ordinal(), ALIGNED);
        }
    }

    @Test
    void productsWithoutAMap() {
        Values values = new Values(3);
        int turn = 0;
        for (Layout layout : Layout.values()) {
            for (Tile tile : Tile.values()) {
                for (int misaligned = -1; misaligned < 8; misaligned += 3) {
                    List<ProductCase> cases = new ArrayList<>();
                    for (int[] shape : new int[][] {{20, 36, 50}, {37, 33, 19}}) {
                        int rarity = turn % 2 == 0 ? 0 : 9;
                        cases.add(new ProductCase(values, rarity, layout, Kind.SCALE, shape, null, null, Extra.ADDEND));
                        cases.add(new ProductCase(values, rarity, layout, Kind.BIAS, shape, null, null));
                        cases.add(new ProductCase(values, rarity, layout, Kind.BIAS, shape, null, null, Extra.KEEP,
                                Extra.ADDEND));
                        cases.add(new ProductCase(values, rarity, layout, Kind.BIAS, shape, null, null, Extra.PULL,
                                Extra.KEEP));
                        cases.add(new ProductCase(values, rarity, layout, Kind.BIAS, shape, null, null, Extra.PULL,
                                Extra.SMOOTH_RIDGE));
                    }
                    launch(tile, null, layout, cases, turn++, misaligned);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("separableMaps")
    void forwardEpilogues(ProxMap map) {
        Values values = new Values(map.toString().hashCode());
        int turn = 0;
        for (Tile tile : Tile.values()) {
            for (int misaligned = 1; misaligned < 8; misaligned += 2) {
                List<ProductCase> cases = new ArrayList<>();
                int rarity = turn % 2 == 0 ? 0 : 9;
                for (int[] shape : new int[][] {{20, 36, 10}, {37, 33, 5}}) {
                    cases.add(new ProductCase(values, rarity, Layout.NT, Kind.ACTIVATE, shape, map, null, Extra.ADDEND));
                    cases.add(new ProductCase(values, rarity, Layout.NT, Kind.ACTIVATE, shape, map, null, Extra.KEEP));
                    cases.add(new ProductCase(values, rarity, Layout.NT, Kind.RESIDUAL, shape, map, null, Extra.KEEP,
                            Extra.PULL, Extra.SMOOTH_RIDGE));
                    cases.add(new ProductCase(values, rarity, Layout.NT, Kind.RESIDUAL, shape, map, null, Extra.PULL,
                            Extra.ADDEND));
                }
                launch(tile, map, Layout.NT, cases, turn++, tile == Tile.LARGE ? misaligned : -1);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("separableMaps")
    void adjointEpilogues(ProxMap map) {
        Values values = new Values(~map.toString().hashCode());
        int turn = 0;
        for (Tile tile : Tile.values()) {
            for (int misaligned = -1; misaligned < OPERANDS; misaligned += 4) {
                List<ProductCase> cases = new ArrayList<>();
                int rarity = turn % 2 == 0 ? 0 : 9;
                for (int[] shape : new int[][] {{20, 36, 10}, {37, 33, 5}}) {
                    Update.Rule rule = StepWriter.RULES.get(turn % StepWriter.RULES.size());
                    cases.add(new ProductCase(values, rarity, Layout.NN, Kind.PULLBACK, shape, map, null));
                    cases.add(new ProductCase(values, rarity, Layout.NN, Kind.PULLBACK, shape, map, null, Extra.ADDEND));
                    cases.add(new ProductCase(values, rarity, Layout.NN, Kind.SCALE, shape, map, rule, Extra.ADDEND,
                            Extra.STEP, Extra.PROXIMAL));
                    cases.add(new ProductCase(values, rarity, Layout.NN, Kind.SCALE, shape, map, rule, Extra.STEP,
                            Extra.PROXIMAL, Extra.RIDGE, Extra.ANCHOR));
                    cases.add(new ProductCase(values, rarity, Layout.NN, Kind.SCALE, shape, map, rule, Extra.STEP));
                    cases.add(new ProductCase(values, rarity, Layout.NN, Kind.SCALE, shape, map, rule, Extra.ADDEND,
                            Extra.STEP, Extra.PROXIMAL, Extra.NO_OUT));
                    cases.add(new ProductCase(values, rarity, Layout.NN, Kind.PULLBACK, shape, map, rule, Extra.STEP,
                            Extra.PROXIMAL, Extra.RIDGE, Extra.ANCHOR, Extra.NO_OUT));
                }
                launch(tile, map, Layout.NN, cases, turn++, misaligned);
            }
        }
    }

    @Test
    void stepsWithoutAProximalPart() {
        Values values = new Values(5);
        int turn = 0;
        for (Layout layout : Layout.values()) {
            for (Tile tile : Tile.values()) {
                List<ProductCase> cases = new ArrayList<>();
                for (Update.Rule rule : StepWriter.RULES) {
                    for (int[] shape : new int[][] {{20, 36, 30}, {37, 33, 1030}, {6, 40, 0}}) {
                        int rarity = turn % 2 == 0 ? 0 : 9;
                        cases.add(new ProductCase(values, rarity, layout, Kind.SCALE, shape, null, rule, Extra.STEP));
                        cases.add(new ProductCase(values, rarity, layout, Kind.BIAS, shape, null, rule, Extra.STEP,
                                Extra.ANCHOR));
                        cases.add(new ProductCase(values, rarity, layout, Kind.SCALE, shape, null, rule, Extra.STEP,
                                Extra.ADDEND, Extra.NO_OUT));
                        cases.add(new ProductCase(values, rarity, layout, Kind.BIAS, shape, null, rule, Extra.STEP,
                                Extra.KEEP, Extra.NO_OUT));
                    }
                }
                launch(tile, null, layout, cases, turn, turn % 2 == 0 ? -1 : 8 + turn);
                turn++;
            }
        }
    }

    /** Launches all rows at once, operand {@code misaligned} of every row past a multiple of 16 bytes, and compares. */
    private static void launch(Tile tile, ProxMap map, Layout layout, List<ProductCase> cases, int turn, int misaligned) {
        try (EmulatedKernels kernels = EmulatedKernels.open(turn)) {
            ByteBuffer steps = ByteBuffer.allocate(StepWriter.BYTES * cases.size()).order(ByteOrder.LITTLE_ENDIAN);
            for (ProductCase row : cases) {
                row.upload(kernels, misaligned);
                row.writeStep(steps);
            }
            long at = words(kernels, steps).address();
            ByteBuffer rows = ByteBuffer.allocate(ProductCase.BYTES * cases.size()).order(ByteOrder.LITTLE_ENDIAN);
            int tiles = 0;
            for (int i = 0; i < cases.size(); i++) {
                cases.get(i).write(rows, tiles, at + (long) StepWriter.BYTES * i);
                tiles += cases.get(i).tiles(tile.rows, tile.columns);
            }
            String kernel = tile.kernel(map, layout);
            kernels.launch(kernel, tiles, tile.threads, words(kernels, rows), cases.size());
            cases.forEach(row -> row.compare(kernel));
        }
    }

    private static Operand words(EmulatedKernels kernels, ByteBuffer bytes) {
        int[] words = new int[bytes.flip().remaining() / 4];
        bytes.asIntBuffer().get(words);
        return kernels.words(words);
    }
}

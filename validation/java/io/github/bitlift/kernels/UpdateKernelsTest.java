package io.github.bitlift.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Update;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.kernels.EmulatedKernels.Operand;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.ProxMaps;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The optimiser steps' kernels, on the emulated driver, have the bits of the reference backend. */
class UpdateKernelsTest {
    private static final int[][] SHAPES = {{1, 1}, {3, 33}, {2, 257}, {0, 5}, {9, 61}};

    /** The values of one block; first and second moments and the anchor are null where there are none. */
    private record Block(Update.Rule rule, int rows, int columns, float[] coefficients, Update.Proximal proximal, float[] x,
            float[] gradient, float[] first, float[] second, float[] anchor) {
        float anchorWeight() {
            return anchor == null ? 0f : 0.01f;
        }
    }

    @BeforeAll
    static void load() throws IOException {
        EmulatedKernels.load();
    }

    /** No proximal part, and each map. */
    static List<ProxMap> maps() {
        List<ProxMap> maps = new ArrayList<>(ProxMaps.examples());
        maps.add(0, null);
        return maps;
    }

    /** A block's operands on the device, null where there are none. */
    private record Operands(
            Operand x, Operand gradient, Operand first, Operand second, Operand coefficients, Operand anchor) {}

    @ParameterizedTest
    @MethodSource("maps")
    void stepsHaveTheReferencesBits(ProxMap map) {
        int turn = 0;
        for (List<Block> launch : launches(map)) {
            try (EmulatedKernels kernels = EmulatedKernels.open(turn)) {
                List<Operands> operands = new ArrayList<>();
                ByteBuffer steps = ByteBuffer.allocate(StepWriter.BYTES * launch.size()).order(ByteOrder.LITTLE_ENDIAN);
                for (Block block : launch) {
                    operands.add(upload(kernels, block, (turn + operands.size()) % 3 == 2 ? operands.size() % 4 : 0));
                    write(steps, block, operands.get(operands.size() - 1));
                }
                int[] words = new int[steps.flip().remaining() / 4];
                steps.asIntBuffer().get(words);
                kernels.launch(map == null ? "update" : map.stem() + "_update", new int[] {1 + turn % 3, launch.size()},
                        new int[] {32 << turn % 3, 1}, kernels.words(words));
                for (int i = 0; i < launch.size(); i++) {
                    compare(map, launch.get(i), operands.get(i));
                }
            }
            turn++;
        }
    }

    private static List<List<Block>> launches(ProxMap map) {
        Values values = new Values(map == null ? 1 : map.toString().hashCode());
        List<List<Block>> launches = new ArrayList<>();
        int turn = 0;
        for (Update.Rule rule : StepWriter.RULES) {
            for (boolean anchored : new boolean[] {false, true}) {
                List<Block> blocks = new ArrayList<>();
                for (int[] shape : SHAPES) {
                    blocks.add(block(values, map, rule, shape, anchored, turn++));
                }
                launches.add(blocks);
            }
        }
        return launches;
    }

    private static Block block(Values values, ProxMap map, Update.Rule rule, int[] shape, boolean anchored, int turn) {
        int group = map == null ? 1 : Math.max(1, map.coupling());
        int columns = (shape[1] + group - 1) / group * group;
        int n = shape[0] * columns;
        int rarity = turn % 2 == 0 ? 0 : 12;
        boolean adam = rule instanceof Update.Adam;
        float tau = turn % 11 == 10 ? Float.NaN : 0.3f;
        return new Block(rule, shape[0], columns, new float[] {tau, 0.004f, 700f},
                map == null ? null : new Update.Proximal(map, 0.8f, turn % 3 == 1),
                values.draw(n, rarity), values.draw(n, rarity),
                rule instanceof Update.Gradient ? null : values.draw(n, rarity),
                adam ? values.drawSquares(n, rarity) : null,
                anchored ? values.draw(n, rarity) : null);
    }

    /** One operand alone may be misaligned, in turn. */
    private static Operands upload(EmulatedKernels kernels, Block block, int misaligned) {
        float[][] values = {block.x, block.gradient, block.first, block.second, block.anchor};
        Operand[] operands = new Operand[values.length];
        for (int i = 0; i < values.length; i++) {
            operands[i] = values[i] == null ? null : kernels.floats(values[i], misaligned == i + 1 ? misaligned : 0);
        }
        Operand coefficients = kernels.floats(block.coefficients, 0);
        return new Operands(operands[0], operands[1], operands[2], operands[3], coefficients, operands[4]);
    }

    private static void write(ByteBuffer steps, Block block, Operands operands) {
        long[] at = Stream.of(operands.x, operands.gradient, operands.first, operands.second, operands.coefficients,
                operands.anchor).mapToLong(operand -> operand == null ? 0 : operand.address()).toArray();
        StepWriter.write(steps, at, block.rows, block.columns, block.rule, block.anchorWeight(), block.proximal);
    }

    private static void compare(ProxMap map, Block block, Operands actual) {
        try (Backend backend = new ReferenceBackend()) {
            Matrix x = matrix(backend, block, block.x);
            Matrix first = matrix(backend, block, block.first);
            Matrix second = matrix(backend, block, block.second);
            Matrix anchor = matrix(backend, block, block.anchor);
            backend.compile(List.of(new Update(List.of(new Update.Step(block.rule, x, matrix(backend, block, block.gradient),
                    first, second, Values.matrix(backend, 1, 3, block.coefficients),
                    anchor == null ? null : new Update.Anchor(anchor, block.anchorWeight()), block.proximal))))).run();
            same(map, block, "x", x, actual.x);
            same(map, block, "first", first, actual.first);
            same(map, block, "second", second, actual.second);
        }
        actual.gradient.requireUnchanged("gradient");
        actual.coefficients.requireUnchanged("coefficients");
        if (actual.anchor != null) {
            actual.anchor.requireUnchanged("anchor");
        }
    }

    private static void same(ProxMap map, Block block, String name, Matrix expected, Operand actual) {
        if (expected != null) {
            assertThat(Values.mismatch(expected.toArray(), actual.toFloats()))
                    .as("%s, %s [%d, %d], operand %s", map, block.rule, block.rows, block.columns, name).isEqualTo(-1);
        }
    }

    private static Matrix matrix(Backend backend, Block block, float[] values) {
        return values == null ? null : Values.matrix(backend, block.rows, block.columns, values);
    }
}

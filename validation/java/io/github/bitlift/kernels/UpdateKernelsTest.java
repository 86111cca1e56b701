package io.github.bitlift.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Update;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.ProxMaps;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The optimiser steps' kernels, compiled by g++, have the bits of the reference backend. */
class UpdateKernelsTest {
    private static final int FIRST = 1;
    private static final int SECOND = 2;
    private static final int ANCHOR = 4;
    private static final int[][] SHAPES = {{1, 1}, {3, 33}, {2, 257}, {0, 5}, {9, 61}};
    private static final List<Update.Rule> RULES = List.of(new Update.Gradient(), Update.HeavyBall.of(0.9),
            Update.Nesterov.of(0.9), Update.Adam.of(0.9, 0.999, 1e-8));

    /** The values of one block; first and second moments and the anchor are null where there are none. */
    private record Block(Update.Rule rule, int rows, int columns, float[] coefficients, Update.Proximal proximal, float[] x,
            float[] gradient, float[] first, float[] second, float[] anchor) {
        float anchorWeight() {
            return anchor == null ? 0f : 0.01f;
        }
    }

    /** No proximal part, and each map. */
    static List<ProxMap> maps() {
        List<ProxMap> maps = new ArrayList<>(ProxMaps.examples());
        maps.add(0, null);
        return maps;
    }

    @ParameterizedTest
    @MethodSource("maps")
    void stepsHaveTheReferencesBits(ProxMap map, @TempDir Path folder) throws IOException {
        List<List<Block>> launches = launches(map);
        CaseWriter input = new CaseWriter();
        int size = 0;
        for (List<Block> launch : launches) {
            input.name(map == null ? "update" : map.stem() + "_update").ints(1 + size % 3, 32 << size % 3).ints(launch.size());
            launch.forEach(block -> write(input, block));
            size++;
        }
        ByteBuffer results = HostKernels.run(folder, input.toByteArray(), "cases");
        for (List<Block> launch : launches) {
            for (Block block : launch) {
                compare(map, block, results);
            }
        }
        assertThat(results.remaining()).isZero();
    }

    private static List<List<Block>> launches(ProxMap map) {
        Values values = new Values(map == null ? 1 : map.toString().hashCode());
        List<List<Block>> launches = new ArrayList<>();
        int turn = 0;
        for (Update.Rule rule : RULES) {
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

    private static void write(CaseWriter input, Block block) {
        int present = (block.first == null ? 0 : FIRST) | (block.second == null ? 0 : SECOND) | (block.anchor == null ? 0 : ANCHOR);
        boolean proximal = block.proximal != null;
        input.ints(block.rows, block.columns, RULES.indexOf(block.rule), proximal && block.proximal.ridge() ? 1 : 0, present);
        input.floats(block.anchorWeight()).floats(scalars(block.rule)).floats(proximal ? block.proximal.weight() : 0f);
        input.floats(proximal ? Arrays.copyOf(block.proximal.map().parameters(), 2) : new float[2]);
        input.floats(block.coefficients).floats(block.x).floats(block.gradient);
        for (float[] operand : Arrays.asList(block.first, block.second, block.anchor)) {
            if (operand != null) {
                input.floats(operand);
            }
        }
    }

    /** β₁, β₂, their complements, ε. */
    private static float[] scalars(Update.Rule rule) {
        if (rule instanceof Update.HeavyBall r) {
            return new float[] {r.momentum(), 0, r.complement(), 0, 0};
        } else if (rule instanceof Update.Nesterov r) {
            return new float[] {r.momentum(), 0, r.complement(), 0, 0};
        } else if (rule instanceof Update.Adam r) {
            return new float[] {r.beta1(), r.beta2(), r.complement1(), r.complement2(), r.epsilon()};
        }
        return new float[5];
    }

    private static void compare(ProxMap map, Block block, ByteBuffer results) {
        try (Backend backend = new ReferenceBackend()) {
            Matrix x = matrix(backend, block, block.x);
            Matrix first = matrix(backend, block, block.first);
            Matrix second = matrix(backend, block, block.second);
            Matrix anchor = matrix(backend, block, block.anchor);
            backend.compile(List.of(new Update(List.of(new Update.Step(block.rule, x, matrix(backend, block, block.gradient),
                    first, second, Values.matrix(backend, 1, 3, block.coefficients),
                    anchor == null ? null : new Update.Anchor(anchor, block.anchorWeight()), block.proximal))))).run();
            for (Matrix operand : Arrays.asList(x, first, second)) {
                if (operand != null) {
                    float[] actual = new float[block.x.length];
                    results.asFloatBuffer().get(actual);
                    results.position(results.position() + 4 * actual.length);
                    assertThat(Values.mismatch(operand.toArray(), actual))
                            .as("%s, %s [%d, %d], operand %s", map, block.rule, block.rows, block.columns,
                                    operand == x ? "x" : operand == first ? "first" : "second")
                            .isEqualTo(-1);
                }
            }
        }
    }

    private static Matrix matrix(Backend backend, Block block, float[] values) {
        return values == null ? null : Values.matrix(backend, block.rows, block.columns, values);
    }
}

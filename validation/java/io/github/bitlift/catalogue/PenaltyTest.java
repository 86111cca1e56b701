package io.github.bitlift.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.PatchGrid;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.TvPdhg;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.backend.cuda.CudaBackend;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.emulator.Emulator;
import io.github.bitlift.numerics.Philox;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.Relu;
import io.github.bitlift.prox.Softmax;
import io.github.bitlift.prox.Tanh;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Total variation behind a convolution: one operation gives the bits of products and single steps, image by image. */
class PenaltyTest {
    private static final PatchGrid GRID = new PatchGrid(11, 14, 1, 4, 2, 1);
    private static final int FILTERS = 6;
    private static final int ITERATIONS = 23;
    private static final int EVERY = 5;
    /** Some images stop before the end, others don't. */
    private static final double TOLERANCE = 0.8;

    private static Backend open(String name) {
        switch (name) {
            case "reference":
                return new ReferenceBackend();
            case "cuda":
                Emulator.load();
                return CudaBackend.open("emulated");
            default:
                return new CpuBackend(2, name);
        }
    }

    private static Matrix matrix(Backend backend, int rows, int columns, float... values) {
        Matrix matrix = Matrix.of(backend.allocate((long) rows * columns), rows, columns);
        matrix.write(values.length == 0 ? new float[rows * columns] : values);
        return matrix;
    }

    private static float[] normals(int stream, int first, int count, float scale) {
        float[] all = new float[first + count];
        new Philox(7, stream).normals(all);
        for (int i = 0; i < all.length; i++) {
            all[i] *= scale;
        }
        return Arrays.copyOfRange(all, first, first + count);
    }

    /** x, z and states of some images of a batch that goes on without end. */
    private static List<float[]> run(Backend backend, int first, int images, ProxMap sigma, boolean fused) {
        int pixels = GRID.pixels();
        int outputs = GRID.patches() * FILTERS;
        Matrix x = matrix(backend, images, pixels, normals(0, first * pixels, images * pixels, 1f));
        Matrix z = matrix(backend, images, 2 * pixels);
        float[] steps = new float[images * TvPdhg.STATE];
        for (int at = 0; at < steps.length; at += TvPdhg.STATE) {
            steps[at + TvPdhg.State.TAU.ordinal()] = 0.4f;
            steps[at + TvPdhg.State.SIGMA.ordinal()] = 2f;
        }
        Matrix state = matrix(backend, images, TvPdhg.STATE, steps);
        TvPdhg.Penalty penalty = new TvPdhg.Penalty(
                GRID, matrix(backend, FILTERS, GRID.patchSize(), normals(1, 0, FILTERS * GRID.patchSize(), 0.15f)),
                matrix(backend, 1, FILTERS, normals(2, 0, FILTERS, 0.1f)), sigma,
                matrix(backend, images, outputs, normals(3, first * outputs, images * outputs, 0.3f)));
        List<Operation> operations = new ArrayList<>();
        if (fused) {
            operations.add(operation(penalty, x, z, state, ITERATIONS));
        } else {
            Matrix residual = matrix(backend, images, outputs);
            Matrix gradient = matrix(backend, images, pixels);
            for (int i = 0; i < ITERATIONS; i++) {
                operations.addAll(penalty.gradient(x, residual, gradient));
                operations.add(operation(new TvPdhg.Explicit(gradient), x, z, state, 1));
            }
        }
        try (Program program = backend.compile(operations)) {
            program.run();
        }
        return List.of(x.toArray(), z.toArray(), state.toArray());
    }

    private static TvPdhg operation(TvPdhg.Data data, Matrix x, Matrix z, Matrix state, int iterations) {
        return new TvPdhg(GRID.height(), GRID.width(), true, data, 0.1f, x, z, state, TvPdhg.Rule.FIXED, EVERY,
                Double.NEGATIVE_INFINITY, TOLERANCE, iterations);
    }

    @ParameterizedTest
    @ValueSource(strings = {"reference", "vector", "plain", "cuda"})
    void oneOperationGivesTheBitsOfThree(String name) {
        try (Backend backend = open(name)) {
            for (ProxMap sigma : List.of(new Relu(), new Tanh())) {
                List<float[]> three = run(backend, 0, 9, sigma, false);
                assertThat(run(backend, 0, 9, sigma, true)).usingRecursiveComparison().isEqualTo(three);
            }
        }
    }

    @Test
    void someImagesStopEarly() {
        try (Backend backend = open("reference")) {
            float[] states = run(backend, 0, 9, new Relu(), true).get(2);
            List<Integer> counts = new ArrayList<>();
            for (int at = 0; at < states.length; at += TvPdhg.STATE) {
                counts.add((int) states[at + TvPdhg.State.ITERATIONS.ordinal()]);
            }
            assertThat(counts).contains(ITERATIONS).anyMatch(count -> count < ITERATIONS);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"vector", "plain", "cuda"})
    void anImagesBitsDontDependOnTheBatch(String name) {
        try (Backend backend = open(name)) {
            List<float[]> all = run(backend, 0, 9, new Relu(), true);
            for (int image : new int[] {0, 3, 8}) {
                List<float[]> alone = run(backend, image, 1, new Relu(), true);
                for (int which = 0; which < all.size(); which++) {
                    int width = alone.get(which).length;
                    assertThat(alone.get(which))
                            .isEqualTo(Arrays.copyOfRange(all.get(which), image * width, (image + 1) * width));
                }
            }
        }
    }

    @Test
    void whatDoesNotFitIsRefused() {
        try (Backend backend = open("reference")) {
            Matrix weights = matrix(backend, 2, 16);
            Matrix bias = matrix(backend, 1, 2);
            Matrix x = matrix(backend, 1, 154);
            Matrix z = matrix(backend, 1, 308);
            Matrix state = matrix(backend, 1, TvPdhg.STATE);
            Matrix target = matrix(backend, 1, 2 * GRID.patches());
            assertThatThrownBy(() -> operation(new TvPdhg.Penalty(GRID, weights, bias, new Softmax(), target), x, z, state, 1))
                    .hasMessage("TV: softmax couples the numbers of a row; expected a map of single numbers");
            assertThatThrownBy(() -> operation(
                    new TvPdhg.Penalty(new PatchGrid(11, 13, 1, 4, 2, 1), weights, bias, new Relu(), target), x, z, state, 1))
                    .hasMessage("TV: a layer for 11x13x1, kernel 4, stride 2, padding 1, expected images of 154 numbers");
            assertThatThrownBy(() -> operation(new TvPdhg.Penalty(GRID, weights, bias, new Relu(), bias), x, z, state, 1))
                    .hasMessageStartingWith("TV: target");
            assertThatThrownBy(() -> new TvPdhg(11, 14, true, new TvPdhg.Penalty(GRID, weights, bias, new Relu(), target), 1f, x, z,
                    state, TvPdhg.Rule.ACCELERATED, 1, 0, 0, 1)).hasMessage("TV: explicit steps are FIXED, got ACCELERATED");
        }
    }
}

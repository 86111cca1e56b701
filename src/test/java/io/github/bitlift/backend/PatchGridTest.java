package io.github.bitlift.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.prox.Relu;
import io.github.bitlift.prox.Softmax;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Extents of convolutions, special values, and what a row of images refuses. */
class PatchGridTest {

    /** Known sizes: those of the framework paper's §7.3, and ones counted by hand. */
    @ParameterizedTest
    @CsvSource({"28,4,2,1,14", "14,4,2,1,7", "7,4,2,1,3", "5,3,1,1,5", "9,3,3,0,3", "10,2,3,1,4", "1,1,1,0,1"})
    void extents(int side, int kernel, int stride, int padding, int patches) {
        PatchGrid grid = new PatchGrid(side, side + stride, 3, kernel, stride, padding);
        assertThat(grid.down()).isEqualTo(patches);
        assertThat(grid.across()).isEqualTo(patches + 1);
        assertThat(grid.patchSize()).isEqualTo(3 * kernel * kernel);
        assertThat(grid.imageSize()).isEqualTo(3 * side * (side + stride));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "0,4,1,3,1,1 | height 0, expected at least 1", "4,0,1,3,1,1 | width 0, expected at least 1",
        "4,4,0,3,1,1 | channels 0, expected at least 1", "4,4,1,0,1,1 | kernel 0, expected at least 1",
        "3,3,1,2,2147483647,0 | a stride of 2147483647 numbers, expected at most 2^30",
        "4,4,1,3,0,1 | stride 0, expected at least 1", "4,4,1,3,1,-1 | padding -1, expected at least 0",
        "4,4,1,3,1,3 | padding 3, expected less than the kernel's 3",
        "2,9,1,4,1,0 | height 2 with padding 0, expected at least the kernel's 4",
        "9,1,1,4,1,1 | width 1 with padding 1, expected at least the kernel's 4",
        "40000,40000,1,1,1,0 | an image of 1600000000 numbers, expected at most 2^30",
        "30000,30000,1,4,2,1 | the patches of an image of 3600000000 numbers, expected at most 2^30"
    })
    void refusals(String extents, String message) {
        int[] e = java.util.Arrays.stream(extents.trim().split(",")).mapToInt(Integer::parseInt).toArray();
        assertThatThrownBy(() -> new PatchGrid(e[0], e[1], e[2], e[3], e[4], e[5]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("convolution: " + message.trim());
    }

    /** Two patches of one pixel row of 3, kernel 1 high... of 2 x 2 pixels: the middle column belongs to both. */
    @Test
    void specialValues() {
        PatchGrid grid = new PatchGrid(2, 3, 1, 2, 1, 0);
        float nan = Float.intBitsToFloat(0x7fc01234);
        try (Backend backend = new ReferenceBackend()) {
            Matrix images = Matrix.of(backend.allocate(6), 1, 6);
            Matrix patches = Matrix.of(backend.allocate(8), 2, 4);
            images.write(new float[] {-0f, nan, Float.NEGATIVE_INFINITY, 1, 2, 3});
            run(backend, new Unfold(images, grid, patches));
            assertThat(bits(patches.toArray())).isEqualTo(bits(
                    -0f, nan, 1, 2, nan, Float.NEGATIVE_INFINITY, 2, 3));
            patches.write(new float[] {-0f, -0f, Float.POSITIVE_INFINITY, 1, -0f, -0f, 2, Float.NaN});
            run(backend, new Fold(patches, grid, images));
            assertThat(bits(images.toArray())).as("sums begin with +0")
                    .isEqualTo(bits(0f, 0f, 0f, Float.POSITIVE_INFINITY, 3, Float.NaN));
        }
    }

    @Test
    void pixelsThatNoPatchCoversAreZero() {
        PatchGrid grid = new PatchGrid(3, 3, 1, 1, 2, 0);
        try (Backend backend = new ReferenceBackend()) {
            Matrix patches = Matrix.of(backend.allocate(4), 4, 1);
            Matrix images = Matrix.of(backend.allocate(9), 1, 9);
            patches.write(new float[] {1, 2, 3, 4});
            images.write(new float[] {9, 9, 9, 9, 9, 9, 9, 9, 9});
            run(backend, new Fold(patches, grid, images));
            assertThat(images.toArray()).containsExactly(1, 0, 2, 0, 0, 0, 3, 0, 4);
        }
    }

    /** Where one addition more or less, or another order, would show. */
    @Test
    void foldingAddsInAscendingOrderOfThePlaceInThePatch() {
        PatchGrid grid = new PatchGrid(1, 3, 1, 3, 1, 2);
        assertThat(grid.across()).isEqualTo(5);
        try (Backend backend = new ReferenceBackend()) {
            Matrix patches = Matrix.of(backend.allocate(3 * 5 * 9), 15, 9);
            Matrix images = Matrix.of(backend.allocate(3), 1, 3);
            float[] values = new float[135];
            // The only row of pixels is row ky = 2, 1, 0 of patches oy = 0, 1, 2; pixel 1 is at kx = 0, 1, 2 of ox = 3, 2, 1.
            float[] ascending = {1e8f, -1e8f, 1, 2, 3, 4, 5, 6, 0.1f};
            for (int k = 0; k < 9; k++) {
                int oy = 2 - k / 3;
                int ox = 3 - k % 3;
                values[(oy * 5 + ox) * 9 + k] = ascending[k];
            }
            patches.write(values);
            run(backend, new Fold(patches, grid, images));
            float sum = 0;
            for (float value : ascending) {
                sum += value;
            }
            assertThat(images.toArray()).containsExactly(0, sum, 0);
        }
    }

    @Test
    void aRowOfImagesTakesWhatBelongsToItAsImages() {
        PatchGrid grid = new PatchGrid(3, 3, 1, 2, 1, 0);
        try (Backend backend = new ReferenceBackend()) {
            Product.Term term = new Convolved.Forward(matrix(backend, 2, 9), grid, matrix(backend, 3, 4));
            Epilogue relu = new Epilogue.Activate(matrix(backend, 1, 3), new Relu(), matrix(backend, 2, 12));
            Product.Row row = new Product.Row(matrix(backend, 2, 12), List.of(term), relu);
            assertThat(row.out().shape()).isEqualTo("[8, 3]");
            assertThatThrownBy(() -> new Product.Row(matrix(backend, 4, 6), List.of(term), relu))
                    .hasMessage("product: output is [4, 6], expected [8, 3]");
            assertThatThrownBy(() -> new Product.Row(matrix(backend, 2, 12), List.of(term),
                            new Epilogue.Activate(matrix(backend, 1, 12), new Relu(), null)))
                    .hasMessage("bias is [1, 12], expected [1, 3]");
            assertThatThrownBy(() -> new Product.Row(matrix(backend, 2, 12), List.of(term),
                            new Epilogue.Pullback(new Softmax(), matrix(backend, 2, 12))))
                    .hasMessageContaining("softmax couples the numbers of a row")
                    .hasMessageContaining("expected a map of single numbers");
            assertThatThrownBy(() -> new Convolved.Forward(matrix(backend, 2, 9), grid, matrix(backend, 3, 5)))
                    .hasMessage("convolution: weights is [3, 5], expected [3, 4]");
        }
    }

    /** Patches belong to the program. */
    @Test
    void aProgramFreesItsPatches() {
        PatchGrid grid = new PatchGrid(3, 3, 1, 2, 1, 0);
        try (Backend backend = new ReferenceBackend()) {
            Product.Term term = new Convolved.Forward(matrix(backend, 2, 9), grid, matrix(backend, 3, 4));
            Product product = Product.of(new Product.Row(matrix(backend, 2, 12), List.of(term), new Epilogue.Scale(1f)));
            long before = backend.memory().held();
            Program program = backend.compile(List.of(product, product));
            assertThat(backend.memory().held()).as("shared by both").isEqualTo(before + 4 * 8 * 4);
            program.close();
            assertThat(backend.memory().held()).isEqualTo(before);
        }
    }

    private static Matrix matrix(Backend backend, int rows, int columns) {
        return Matrix.of(backend.allocate((long) rows * columns), rows, columns);
    }

    private static void run(Backend backend, Operation operation) {
        try (Program program = backend.compile(List.of(operation))) {
            program.run();
        }
    }

    private static int[] bits(float... values) {
        int[] bits = new int[values.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(values[i]);
        }
        return bits;
    }
}

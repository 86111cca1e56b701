package io.github.bitlift.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.TvPdhg;
import io.github.bitlift.backend.reference.ReferenceBackend;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How TV-PDHG is carried out on devices of several sizes. */
class TvChoiceTest {
    private static final DeviceInfo H200 =
            new DeviceInfo(0, "H200", 9, 0, 141L << 30, 132, 1_980_000, 227 << 10, 228 << 10, true);
    private static final DeviceInfo T4 =
            new DeviceInfo(0, "T4", 7, 5, 16L << 30, 40, 1_590_000, 64 << 10, 64 << 10, true);
    private static final DeviceInfo ALONE =
            new DeviceInfo(0, "alone", 7, 5, 16L << 30, 40, 1_590_000, 64 << 10, 64 << 10, false);

    @ParameterizedTest
    @CsvSource({
        "H200, 527, 28, 28, BLOCK, 527, 224, 16368", "H200, 528, 28, 28, WARP, 264, 64, 31360",
        "H200, 5000, 1, 1, WARP, 2500, 64, 40", "H200, 5000, 32, 33, BLOCK, 5000, 288, 21808",
        "H200, 500, 107, 107, BLOCK, 500, 512, 229668", "H200, 3, 108, 108, GRID, 108, 256, 5440",
        "H200, 4, 108, 108, STEPS, 0, 0, 0", "H200, 4, 600, 600, GRID, 200, 256, 51088",
        "H200, 1, 1056, 1056, GRID, 264, 256, 110512", "H200, 1, 1057, 1057, STEPS, 0, 0, 0",
        "T4, 1000, 28, 28, WARP, 500, 64, 31360", "T4, 1000, 56, 56, BLOCK, 1000, 512, 63408",
        "T4, 1, 57, 57, GRID, 57, 256, 3196", "ALONE, 1, 57, 57, STEPS, 0, 0, 0"
    })
    void shapeAndDeviceDecide(
            String device, int images, int height, int width, TvChoice expected, int blocks, int threads, int shared) {
        DeviceInfo on = device.equals("H200") ? H200 : device.equals("T4") ? T4 : ALONE;
        try (Backend backend = new ReferenceBackend()) {
            TvPdhg operation = operation(backend, images, height, width);
            assertThat(TvChoice.of(operation, on)).isEqualTo(expected);
            if (expected != TvChoice.STEPS) {
                assertThat(expected.grid(operation, on))
                        .isEqualTo(new Grid(blocks, 1, threads, 1, shared, expected == TvChoice.GRID));
            }
        }
    }

    private static TvPdhg operation(Backend backend, int images, int height, int width) {
        int pixels = height * width;
        Matrix f = new Matrix(backend.allocate((long) images * pixels), 0, images, pixels);
        Matrix x = new Matrix(backend.allocate((long) images * pixels), 0, images, pixels);
        Matrix z = new Matrix(backend.allocate(2L * images * pixels), 0, images, 2 * pixels);
        Matrix state = new Matrix(backend.allocate((long) images * TvPdhg.STATE), 0, images, TvPdhg.STATE);
        return new TvPdhg(height, width, true, new TvPdhg.Denoise(f), 0.1f, x, z, state, TvPdhg.Rule.FIXED, 1,
                Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY, 10);
    }
}

package io.github.bitlift.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DeviceInfoTest {
    private static DeviceInfo device(int major, int minor, int multiprocessors, int kilohertz) {
        return new DeviceInfo(0, "test", major, minor, 1L << 30, multiprocessors, kilohertz, 99 << 10, 100 << 10, true);
    }

    /** Data sheets: 66.9 TFLOP/s for an H100 SXM at 1,980 MHz, 19.5 for an A100 at 1,410 MHz, 8.1 for a T4 at 1,590 MHz. */
    @Test
    void arithmeticIsWhatDataSheetsSay() {
        assertThat(device(9, 0, 132, 1_980_000).flopsPerSecond()).hasValue(2.0 * 128 * 132 * 1.98e9);
        assertThat(device(8, 0, 108, 1_410_000).flopsPerSecond()).hasValue(2.0 * 64 * 108 * 1.41e9);
        assertThat(device(7, 5, 40, 1_590_000).flopsPerSecond()).hasValue(2.0 * 64 * 40 * 1.59e9);
    }

    @Test
    void whatIsNotKnownIsNotInvented() {
        assertThat(device(9, 0, 132, 0).flopsPerSecond()).isEmpty();
        assertThat(device(13, 7, 132, 1_980_000).flopsPerSecond()).isEmpty();
    }
}

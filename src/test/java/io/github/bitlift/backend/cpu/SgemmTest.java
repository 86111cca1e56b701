package io.github.bitlift.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SgemmTest {
    private static final float GUARD = 12345.678f;
    private static final int SEGMENT = 1_024;
    private static final float[] SPECIAL = {0f, -0f, 1f, -1f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN,
        Float.MIN_VALUE, -Float.MIN_VALUE, Float.MIN_NORMAL, -Float.MIN_NORMAL / 3, Float.MAX_VALUE, 1e-23f, -3e-20f};

    /** Every kernel that runs here; the tall one needs AVX-512 for its speed only. */
    static MicroKernel[] kernels() {
        if (MicroKernels.reasonAgainstVector() != null) {
            return new MicroKernel[] {MicroKernels.named("plain")};
        }
        return new MicroKernel[] {MicroKernels.named("plain"), new SquareMicroKernel(), new TallMicroKernel()};
    }

    /** The definition: what every kernel, blocking and number of threads must give. */
    private static float[] expected(boolean ta, boolean tb, int m, int n, int k, float[] a, int aAt, float[] b, int bAt) {
        float[] c = new float[m * n];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                float total = 0f;
                for (int from = 0; from < k; from += SEGMENT) {
                    float sum = 0f;
                    for (int p = from; p < Math.min(k, from + SEGMENT); p++) {
                        float x = a[aAt + (ta ? p * m + i : i * k + p)];
                        sum = Math.fma(x, b[bAt + (tb ? j * k + p : p * n + j)], sum);
                    }
                    total = from == 0 ? sum : total + sum;
                }
                c[i * n + j] = total;
            }
        }
        return c;
    }

    private static void check(Sgemm sgemm, boolean ta, boolean tb, int m, int n, int k, float[] a, int aAt, float[] b,
            int bAt) {
        int cAt = 3;
        float[] c = new float[cAt + m * n + 5];
        Arrays.fill(c, GUARD);
        AtomicIntegerArray told = new AtomicIntegerArray(m);
        AtomicInteger unready = new AtomicInteger();
        sgemm.multiply(ta, tb, m, n, k, a, aAt, b, bAt, c, cAt, (from, to, worker) -> {
            for (int i = from; i < to; i++) {
                told.incrementAndGet(i);
            }
            for (int at = cAt + from * n; at < cAt + to * n; at++) {
                if (c[at] == GUARD) {
                    unready.incrementAndGet();
                }
            }
        });
        float[] expected = expected(ta, tb, m, n, k, a, aAt, b, bAt);
        String what = (ta ? "T" : "N") + (tb ? "T" : "N") + " " + m + "x" + n + "x" + k;
        for (int at = 0; at < m * n; at++) {
            if (Float.floatToIntBits(c[cAt + at]) != Float.floatToIntBits(expected[at])) {
                assertThat(Float.floatToRawIntBits(c[cAt + at])).as("%s at row %d, column %d", what, at / n, at % n)
                        .isEqualTo(Float.floatToRawIntBits(expected[at]));
            }
        }
        for (int at = 0; at < c.length; at++) {
            if (at < cAt || at >= cAt + m * n) {
                assertThat(c[at]).as("guard cell %d of %s", at, what).isEqualTo(GUARD);
            }
        }
        for (int i = 0; i < m; i++) {
            assertThat(told.get(i)).as("times that row %d of %s was announced", i, what).isEqualTo(1);
        }
        assertThat(unready).as("elements of %s announced before they were written", what).hasValue(0);
    }

    private static void checkLayouts(Sgemm sgemm, int m, int n, int k) {
        Random random = new Random(m * 1_000_003L + n * 1_009L + k);
        float[] a = random(random, 7 + m * k, 7);
        float[] b = random(random, 2 + k * n, 2);
        for (int layout = 0; layout < 4; layout++) {
            check(sgemm, (layout & 1) != 0, (layout & 2) != 0, m, n, k, a, 7, b, 2);
        }
    }

    /** Numbers of widely differing size, so that any other order of the sums shows; NaN before the matrix. */
    private static float[] random(Random random, int length, int guards) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = i < guards ? Float.NaN : (float) (random.nextGaussian() * Math.exp(random.nextGaussian() * 2));
        }
        return values;
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void smallSizesInAllLayouts(MicroKernel kernel) {
        int[] sizes = {0, 1, 2, 3, 5, 6, 7, 15, 16, 17, 31, 32, 33};
        for (int threads = 1; threads <= 3; threads++) {
            try (Workers workers = new Workers(threads)) {
                Sgemm sgemm = new Sgemm(workers, kernel);
                for (int m : sizes) {
                    for (int n : sizes) {
                        for (int k : sizes) {
                            if ((m + 2 * n + 3 * k) % 3 == threads - 1) {
                                checkLayouts(sgemm, m, n, k);
                            }
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"100,784,784", "784,100,33", "255,257,256", "257,255,100", "256,256,257", "129,100,64", "128,257,255",
        "33,784,257", "784,17,100", "1,784,784", "10,64,784", "64,10,784", "1000,7,5", "5,1000,7", "97,2100,31",
        "300,2100,17", "130,4200,3"})
    void largeSizesInAllLayouts(int m, int n, int k) {
        for (int threads = 1; threads <= 3; threads++) {
            try (Workers workers = new Workers(threads)) {
                for (MicroKernel kernel : kernels()) {
                    if (threads == 2 || kernel instanceof VectorMicroKernel) {
                        checkLayouts(new Sgemm(workers, kernel), m, n, k);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1023, 1024, 1025, 2047, 2048, 2500})
    void depthsRoundTheSegmentBoundaries(int k) {
        try (Workers one = new Workers(1); Workers three = new Workers(3)) {
            for (MicroKernel kernel : kernels()) {
                checkLayouts(new Sgemm(three, kernel), 7, 17, k);
                checkLayouts(new Sgemm(three, kernel), 17, 129, k);
                checkLayouts(new Sgemm(one, kernel), 133, 33, k);
                checkLayouts(new Sgemm(three, kernel), 150, 40, k);
            }
        }
    }

    @Test
    void manyPassesOverSegmentsAndColumns() {
        try (Workers workers = new Workers(2)) {
            for (MicroKernel kernel : kernels()) {
                Sgemm sgemm = new Sgemm(workers, kernel);
                checkLayouts(sgemm, 131, 16, 9_000);
                checkLayouts(sgemm, 131, 2_100, 1_030);
                checkLayouts(sgemm, 6, 9, 5_000);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void specialValues(MicroKernel kernel) {
        Random random = new Random(5);
        try (Workers workers = new Workers(2)) {
            Sgemm sgemm = new Sgemm(workers, kernel);
            for (int round = 0; round < 40; round++) {
                int k = 1 + random.nextInt(round < 30 ? 4 : 1_100);
                float[] a = special(random, 33 * k, round);
                float[] b = special(random, k * 50, round);
                for (int layout = 0; layout < 4; layout++) {
                    check(sgemm, (layout & 1) != 0, (layout & 2) != 0, 33, 50, k, a, 0, b, 0);
                }
            }
        }
    }

    private static float[] special(Random random, int length, int round) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            boolean rare = round % 3 != 0 && random.nextInt(200) != 0;
            values[i] = rare ? (float) random.nextGaussian() * 1e-19f : SPECIAL[random.nextInt(SPECIAL.length)];
        }
        return values;
    }

    /** The sign of a zero result: a chain starts from +0, so only a rounded-off negative product could give -0. */
    @ParameterizedTest
    @MethodSource("kernels")
    void negativeZeroProductsGivePositiveZero(MicroKernel kernel) {
        try (Workers workers = new Workers(1)) {
            float[] c = {GUARD};
            new Sgemm(workers, kernel).multiply(false, false, 1, 1, 1, new float[] {-0f}, 0,
                    new float[] {1f}, 0, c, 0, null);
            assertThat(Float.floatToRawIntBits(c[0])).isZero();
            new Sgemm(workers, kernel).multiply(false, false, 1, 1, 0, new float[0], 0, new float[0], 0, c, 0, null);
            assertThat(Float.floatToRawIntBits(c[0])).isZero();
        }
    }

    /** Product and sum are rounded once: checked against exact decimal arithmetic, two steps of the chain at a time. */
    @ParameterizedTest
    @MethodSource("kernels")
    void everyStepRoundsOnce(MicroKernel kernel) {
        Random random = new Random(11);
        try (Workers workers = new Workers(1)) {
            Sgemm sgemm = new Sgemm(workers, kernel);
            float[] c = new float[1];
            for (int round = 0; round < 2_000; round++) {
                float[] a = {1f + random.nextInt(1 << 12) / 4096f, random.nextFloat() + 0.5f};
                float[] b = {random.nextFloat() - 0.5f, random.nextFloat() - 0.5f};
                sgemm.multiply(false, false, 1, 1, 2, a, 0, b, 0, c, 0, null);
                float first = new BigDecimal(a[0]).multiply(new BigDecimal(b[0])).floatValue();
                float second = new BigDecimal(a[1]).multiply(new BigDecimal(b[1])).add(new BigDecimal(first)).floatValue();
                assertThat(Float.floatToIntBits(c[0] + 0f)).isEqualTo(Float.floatToIntBits(second + 0f));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void aRowDoesNotDependOnTheOthers(MicroKernel kernel) {
        Random random = new Random(3);
        float[] a = random(random, 200 * 300, 0);
        float[] b = random(random, 300 * 90, 0);
        float[] all = new float[200 * 90];
        float[] one = new float[90];
        try (Workers workers = new Workers(2)) {
            Sgemm sgemm = new Sgemm(workers, kernel);
            sgemm.multiply(false, true, 200, 90, 300, a, 0, b, 0, all, 0, null);
            for (int row = 0; row < 200; row += 13) {
                sgemm.multiply(false, true, 1, 90, 300, a, row * 300, b, 0, one, 0, null);
                assertThat(one).isEqualTo(Arrays.copyOfRange(all, row * 90, row * 90 + 90));
            }
        }
    }

    @Test
    void steadyStateAllocatesNothing() {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        assumeThat(threads.isThreadAllocatedMemorySupported()).as("the JVM counts allocations").isTrue();
        float[] a = new float[200 * 1_100];
        float[] b = new float[1_100 * 96];
        float[] c = new float[200 * 96];
        // Vectors are heap objects until C2 compiles their methods, so only the plain kernel shows the rest exactly.
        try (Workers workers = new Workers(1)) {
            Sgemm sgemm = new Sgemm(workers, MicroKernels.named("plain"));
            long before = 0;
            for (int run = 0; run < 40; run++) {
                if (run == 20) {
                    before = threads.getCurrentThreadAllocatedBytes();
                }
                sgemm.multiply(false, true, 200, 96, 1_100, a, 0, b, 0, c, 0, null);
                sgemm.multiply(true, false, 20, 96, 1_100, a, 0, b, 0, c, 0, null);
            }
            assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1_000);
        }
    }

    @Test
    void badUseIsRefusedBeforeAnythingIsWritten() {
        try (Workers workers = new Workers(2)) {
            Sgemm sgemm = new Sgemm(workers, MicroKernels.best());
            float[] x = new float[100];
            Arrays.fill(x, GUARD);
            assertThatThrownBy(() -> sgemm.multiply(false, false, -1, 1, 1, x, 0, x, 0, x, 50, null))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("m must not be negative, was -1");
            assertThatThrownBy(() -> sgemm.multiply(false, false, 10, 2, 5, x, 0, x, 95, new float[20], 0, null))
                    .isInstanceOf(IndexOutOfBoundsException.class).hasMessageContaining("B of 5 x 2 from 95 ends at 105");
            assertThatThrownBy(() -> sgemm.multiply(false, false, 65_536, 1, 65_536, x, 0, x, 0, x, 0, null))
                    .isInstanceOf(IndexOutOfBoundsException.class).hasMessageContaining("4294967296");
            assertThatThrownBy(() -> sgemm.multiply(false, false, 1, 1, 1, x, -1, x, 0, x, 9, null))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("was -1");
            assertThatThrownBy(() -> sgemm.multiply(false, false, 3, 3, 3, x, 0, x, 20, x, 8, null))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("overlaps A");
            assertThat(x).containsOnly(GUARD);
            sgemm.multiply(false, false, 3, 3, 3, x, 0, x, 20, x, 9, null);
        }
    }

    @Test
    void anEpilogueThatFailsOrStartsAProductIsReported() {
        float[] x = new float[300 * 300];
        float[] c = new float[300 * 300];
        try (Workers workers = new Workers(2)) {
            Sgemm sgemm = new Sgemm(workers, MicroKernels.best());
            for (int m : new int[] {1, 60, 300}) {
                assertThatThrownBy(() -> sgemm.multiply(false, false, m, 300, 300, x, 0, x, 0, c, 0, (from, to, worker) -> {
                    throw new ArithmeticException("rows");
                })).isInstanceOf(ArithmeticException.class).hasMessage("rows");
                assertThatThrownBy(() -> sgemm.multiply(false, false, m, 300, 300, x, 0, x, 0, c, 0, (from, to, worker) ->
                        sgemm.multiply(false, false, 1, 1, 1, x, 0, x, 0, c, 0, null)))
                        .isInstanceOf(IllegalStateException.class).hasMessageContaining("must not start");
            }
            sgemm.multiply(false, false, 300, 300, 300, x, 0, x, 0, c, 0, null);
        }
    }

    @Test
    void kernelsAreChosenByName() {
        assertThat(MicroKernels.named("plain").name()).isEqualTo("plain");
        assertThatThrownBy(() -> MicroKernels.named("fast"))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("'fast', expected vector or plain");
        String reason = MicroKernels.reasonAgainstVector();
        if (reason == null) {
            assertThat(MicroKernels.best().name()).isEqualTo("vector");
            assertThat(MicroKernels.named("vector").name()).isEqualTo("vector");
        } else {
            assertThat(MicroKernels.best().name()).isEqualTo("plain");
            assertThatThrownBy(() -> MicroKernels.named("vector"))
                    .isInstanceOf(IllegalStateException.class).hasMessageContaining(reason);
        }
    }
}

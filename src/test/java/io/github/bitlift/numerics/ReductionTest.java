package io.github.bitlift.numerics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReductionTest {

    private final Reduction reduction = new Reduction();

    /** The definition, word for word, with an array per level. */
    private static double byDefinition(double[] x) {
        if (x.length == 0) {
            return 0.0;
        }
        double[] level = x;
        do {
            double[] sums = new double[(level.length + 1023) / 1024];
            for (int c = 0; c < sums.length; c++) {
                double[] lane = new double[32];
                for (int l = 0; l < 32; l++) {
                    for (int j = c * 1024 + l; j < Math.min(level.length, c * 1024 + 1024); j += 32) {
                        lane[l] += level[j];
                    }
                }
                for (int i = 0; i < 16; i++) {
                    lane[i] += lane[i + 16];
                }
                for (int i = 0; i < 8; i++) {
                    lane[i] += lane[i + 8];
                }
                for (int i = 0; i < 4; i++) {
                    lane[i] += lane[i + 4];
                }
                for (int i = 0; i < 2; i++) {
                    lane[i] += lane[i + 2];
                }
                sums[c] = lane[0] + lane[1];
            }
            level = sums;
        } while (level.length > 1);
        return level[0];
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 255, 256, 257, 991, 992, 993, 1023, 1024,
        1025, 2047, 2048, 2049, 33_791, 33_792, 100_003, 1_047_552, 1_048_575, 1_048_576, 1_048_577, 1_049_601,
        3_333_337})
    void everyFormGivesTheBitsOfTheDefinition(int n) {
        SplittableRandom random = new SplittableRandom(n);
        int guard = 5;
        double[] x = new double[n];
        double[] padded = new double[n + 2 * guard];
        float[] paddedFloats = new float[n + 2 * guard];
        java.util.Arrays.fill(padded, Double.NaN);
        java.util.Arrays.fill(paddedFloats, Float.NaN);
        for (int i = 0; i < n; i++) {
            // Binary32 values of many magnitudes, so that the order of the additions shows in the bits.
            x[i] = (float) Math.scalb(random.nextDouble(-1.0, 1.0), random.nextInt(-60, 60));
            padded[i + guard] = x[i];
            paddedFloats[i + guard] = (float) x[i];
        }
        long expected = bits(byDefinition(x));
        assertThat(bits(Reduction.sum(x, 0, n))).isEqualTo(expected);
        assertThat(bits(Reduction.sum(padded, guard, n))).isEqualTo(expected);
        assertThat(bits(Reduction.sum(paddedFloats, guard, n))).isEqualTo(expected);
        assertThat(bits(reduction.sumOf(padded, guard, n))).isEqualTo(expected);
        assertThat(bits(reduction.sumOf(paddedFloats, guard, n))).isEqualTo(expected);
        assertThat(bits(reduction.sum(n, i -> x[i]))).isEqualTo(expected);
    }

    @Test
    void anInstanceForgetsTheSumBefore() {
        double[] x = {1.0, 2.0, 3.0};
        reduction.sum(5_000, i -> i);
        assertThat(reduction.sumOf(x, 0, 3)).isEqualTo(6.0);
        assertThatThrownBy(() -> reduction.sum(3_000, i -> {
            if (i == 2_500) {
                throw new ArithmeticException("term");
            }
            return 1.0;
        })).hasMessage("term");
        assertThat(reduction.sum(3, i -> x[i])).isEqualTo(6.0);
    }

    @Test
    void threeLevels() {
        // 2^20 + 1 ones need a third level; the sum of integers is exact.
        int n = (1 << 20) + 1;
        assertThat(reduction.sum(n, i -> 1.0)).isEqualTo(n);
        assertThat(reduction.sum(1 << 20, i -> i)).isEqualTo((double) (1L << 19) * ((1 << 20) - 1));
    }

    @Test
    void termsAreAskedForInOrder() {
        int[] next = {0};
        reduction.sum(2_100, i -> {
            assertThat(i).isEqualTo(next[0]++);
            return 0.0;
        });
        assertThat(next[0]).isEqualTo(2_100);
    }

    @Test
    void specialValues() {
        assertThat(bits(Reduction.sum(new double[0], 0, 0))).isZero();
        assertThat(bits(reduction.sum(0, i -> 1.0))).isZero();
        assertThat(bits(Reduction.sum(new double[] {-0.0}, 0, 1))).isZero();
        assertThat(bits(Reduction.sum(new float[] {-0.0f, -0.0f}, 0, 2))).isZero();
        double odd = Double.longBitsToDouble(0xfff8000000000123L);
        long canonical = 0x7ff8000000000000L;
        assertThat(bits(Reduction.sum(new double[] {1.0, odd}, 0, 2))).isEqualTo(canonical);
        assertThat(bits(reduction.sum(3_000, i -> i == 2_999 ? odd : 1.0))).isEqualTo(canonical);
        double inf = Double.POSITIVE_INFINITY;
        assertThat(Reduction.sum(new double[] {inf, 1.0}, 0, 2)).isEqualTo(inf);
        assertThat(bits(Reduction.sum(new double[] {inf, -inf}, 0, 2))).isEqualTo(canonical);
        assertThat(Reduction.sum(new float[] {Float.MAX_VALUE, Float.MAX_VALUE}, 0, 2)).isEqualTo(2.0 * Float.MAX_VALUE);
    }

    @Test
    void errorIsThatOfAShallowTree() {
        SplittableRandom random = new SplittableRandom(7);
        double[] x = new double[200_000];
        BigDecimal exact = BigDecimal.ZERO;
        for (int i = 0; i < x.length; i++) {
            x[i] = random.nextDouble();
            exact = exact.add(new BigDecimal(x[i]));
        }
        double off = exact.subtract(new BigDecimal(Reduction.sum(x, 0, x.length))).abs().doubleValue();
        // 2 (32 + 5) additions on every path.
        assertThat(off).isLessThan(74 * 0x1.0p-53 * exact.doubleValue());
    }

    @Test
    void refusesBadRanges() {
        assertThatThrownBy(() -> Reduction.sum(new double[4], 2, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Reduction.sum(new float[4], -1, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> reduction.sumOf(new double[4], 0, 5)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> reduction.sumOf(new float[4], 5, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> reduction.sum(-1, i -> 0.0)).hasMessageContaining("-1");
    }

    private static long bits(double x) {
        return Double.doubleToRawLongBits(x);
    }
}

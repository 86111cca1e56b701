package io.github.bitlift.numerics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PhiloxTest {

    /** The known answers that come with Random123 for philox4x32, 10 rounds. */
    @ParameterizedTest
    @CsvSource({
        "00000000 00000000 00000000 00000000, 00000000 00000000, 6627e8d5 e169c58d bc57ac4c 9b00dbd8",
        "ffffffff ffffffff ffffffff ffffffff, ffffffff ffffffff, 408f276d 41c83b0e a20bc7c6 6d5451fd",
        "243f6a88 85a308d3 13198a2e 03707344, a4093822 299f31d0, d16cfe09 94fdcceb 5001e420 24126ea1",
    })
    void knownAnswers(String counter, String key, String answer) {
        int[] c = words(counter);
        int[] k = words(key);
        int[] out = new int[4];
        Philox.block(c[0], c[1], c[2], c[3], k[0], k[1], out);
        assertThat(out).containsExactly(words(answer));
    }

    @Test
    void seedIsTheKeyAndIndexAndStreamAreTheCounter() {
        // Four times the block is the index of its first word, which must fit 64 bits.
        Philox philox = new Philox(0x299f31d0a4093822L, 0x0370734413198a2eL);
        long block = 0x05a308d3243f6a88L;
        int[] out = new int[4];
        Philox.block(0x243f6a88, 0x05a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0, out);
        for (int w = 0; w < 4; w++) {
            assertThat(philox.bits(4 * block + w)).isEqualTo(out[w]);
        }
        assertThat(new Philox(0, 0).bits(0)).isEqualTo(0x6627e8d5);
        assertThat(new Philox(0, 0).bits(3)).isEqualTo(0x9b00dbd8);
    }

    @Test
    void valuesDoNotDependOnWhatWasDrawnBefore() {
        Philox philox = new Philox(1, 2);
        float[] bulk = new float[1_001];
        philox.normals(bulk);
        for (int i = bulk.length - 1; i >= 0; i--) {
            assertThat(bits(philox.normal(i))).isEqualTo(bits(bulk[i]));
        }
        philox.permutation(100);
        assertThat(philox.bits(17)).isEqualTo(new Philox(1, 2).bits(17));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 31, 32, 33})
    void bulkNormalsOfAnyLengthAreAPrefix(int n) {
        Philox philox = new Philox(3, 4);
        float[] all = new float[64];
        float[] some = new float[n];
        philox.normals(all);
        philox.normals(some);
        assertThat(some).containsExactly(Arrays.copyOf(all, n));
    }

    @Test
    void bulkVariatesAreTheSingleOnesFromAnyPlaceOn() {
        Philox philox = new Philox(7, 8);
        for (int n : new int[] {0, 1, 2, 3, 4, 5, 31, 257}) {
            float[] uniforms = new float[n];
            philox.uniforms(uniforms);
            for (int i = 0; i < n; i++) {
                assertThat(bits(uniforms[i])).isEqualTo(bits(philox.uniform(i)));
            }
            for (long first : new long[] {0, 1, 2, 3, 4, 783, (1L << 32) - 2, -3}) {
                float[] normals = new float[n];
                philox.normals(first, normals);
                for (int i = 0; i < n; i++) {
                    assertThat(bits(normals[i])).isEqualTo(bits(philox.normal(first + i)));
                }
            }
        }
    }

    @Test
    void normalsAreTheFormulaOfTheirDocumentation() {
        Philox philox = new Philox(5, 6);
        for (int i = 0; i < 2_000; i += 2) {
            float u = ((philox.bits(i) >>> 8) + 1) * 0x1.0p-24f;
            float v = (philox.bits(i + 1) >>> 8) * 0x1.0p-24f;
            float r = (float) Math.sqrt(0.0f - 2.0f * Numerics.log(u));
            assertThat(bits(philox.normal(i))).isEqualTo(bits(r * Numerics.cosPi(2.0f * v)));
            assertThat(bits(philox.normal(i + 1))).isEqualTo(bits(r * Numerics.sinPi(2.0f * v)));
        }
    }

    @Test
    void uniformsFillTheUnitIntervalEvenly() {
        Philox philox = new Philox(42, 0);
        int n = 1 << 20;
        int[] bins = new int[256];
        for (int i = 0; i < n; i++) {
            float u = philox.uniform(i);
            assertThat(u >= 0.0f && u < 1.0f).isTrue();
            bins[(int) (u * 256.0f)]++;
        }
        // Chi-square with 255 degrees of freedom: mean 255, standard deviation 22.6; five of them either way.
        assertThat(chiSquare(bins, n / 256.0)).isBetween(142.0, 368.0);
    }

    @Test
    void normalsHaveTheMomentsAndTheTails() {
        int n = 1_000_000;
        float[] x = new float[n];
        new Philox(42, 1).normals(x);
        double[] power = new double[5];
        int beyond2 = 0;
        for (float v : x) {
            double p = 1.0;
            for (int k = 1; k <= 4; k++) {
                p *= v;
                power[k] += p;
            }
            beyond2 += Math.abs(v) > 2.0f ? 1 : 0;
            assertThat(Math.abs(v) < 5.77f).isTrue();
        }
        // Standard deviations of the estimates: 1, sqrt 2, sqrt 15, sqrt 96 thousandths; five of each.
        assertThat(power[1] / n).isCloseTo(0.0, within(0.005));
        assertThat(power[2] / n).isCloseTo(1.0, within(0.0071));
        assertThat(power[3] / n).isCloseTo(0.0, within(0.0194));
        assertThat(power[4] / n).isCloseTo(3.0, within(0.049));
        // P(|x| > 2) = 0.0455003, standard deviation 0.000208.
        assertThat(beyond2 / (double) n).isCloseTo(0.0455003, within(0.00105));
    }

    @Test
    void neighbouringNormalsAndStreamsAreUncorrelated() {
        int n = 1_000_000;
        float[] x = new float[n];
        float[] y = new float[n];
        new Philox(42, 1).normals(x);
        new Philox(42, 2).normals(y);
        double lag = 0.0;
        double cross = 0.0;
        for (int i = 1; i < n; i++) {
            lag += (double) x[i] * x[i - 1];
            cross += (double) x[i] * y[i];
        }
        assertThat(lag / n).isCloseTo(0.0, within(0.005));
        assertThat(cross / n).isCloseTo(0.0, within(0.005));
    }

    @Test
    void normalsHashAsPublished() throws IOException {
        float[] x = new float[1_000_000];
        new Philox(0, 0).normals(x);
        Path home = Path.of(System.getProperty("bitlift.home", "."));
        assertThat(Files.readAllLines(home.resolve("validation/golden/philox.sha256")))
            .contains("normals seed=0 stream=0 n=1000000 " + Digest.of(x));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 31, 32, 33, 1_000, 60_000})
    void permutationsHoldEveryElementOnce(int n) {
        int[] order = new Philox(9, n).permutation(n);
        assertThat(order).hasSize(n);
        Arrays.sort(order);
        for (int i = 0; i < n; i++) {
            assertThat(order[i]).isEqualTo(i);
        }
    }

    @Test
    void permutationsFollowTheirDefinition() {
        Philox philox = new Philox(11, 12);
        int n = 1_000;
        int[] expected = new int[n];
        Arrays.setAll(expected, i -> i);
        long word = 0;
        for (int i = n - 1; i > 0; i--) {
            long m = Integer.toUnsignedLong(philox.bits(word++)) * (i + 1);
            while ((m & 0xffffffffL) < (1L << 32) % (i + 1)) {
                m = Integer.toUnsignedLong(philox.bits(word++)) * (i + 1);
            }
            int j = (int) (m >>> 32);
            int t = expected[i];
            expected[i] = expected[j];
            expected[j] = t;
        }
        assertThat(philox.permutation(n)).containsExactly(expected);
    }

    @Test
    void allOrdersOfFourAreEquallyLikely() {
        Map<String, Integer> counts = new HashMap<>();
        for (int stream = 0; stream < 24_000; stream++) {
            counts.merge(Arrays.toString(new Philox(13, stream).permutation(4)), 1, Integer::sum);
        }
        assertThat(counts).hasSize(24);
        int[] bins = counts.values().stream().mapToInt(Integer::intValue).toArray();
        // 23 degrees of freedom: 99.99 % lie below 58.
        assertThat(chiSquare(bins, 1_000.0)).isBetween(5.0, 58.0);
    }

    @Test
    void refusesNegativeSizes() {
        assertThatThrownBy(() -> new Philox(0, 0).permutation(-1)).hasMessageContaining("-1");
    }

    private static double chiSquare(int[] bins, double expected) {
        double sum = 0.0;
        for (int b : bins) {
            sum += (b - expected) * (b - expected) / expected;
        }
        return sum;
    }

    private static int[] words(String hex) {
        return Arrays.stream(hex.split(" ")).mapToInt(w -> Integer.parseUnsignedInt(w, 16)).toArray();
    }

    private static int bits(float x) {
        return Float.floatToRawIntBits(x);
    }
}

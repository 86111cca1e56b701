package io.github.bitlift.numerics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ElementarySweepTest {

    /** A prime, so that the arguments have all kinds of mantissas. */
    private static final int STRIDE = 1021;

    @ParameterizedTest
    @EnumSource(ElementaryFunction.class)
    void everySampledResultIsCorrectlyRoundedAndHashesAsPublished(ElementaryFunction f) throws IOException {
        ElementarySweep.Result result = ElementarySweep.sweep(f.label, STRIDE, 2);
        assertThat(result.failures()).isEmpty();
        assertThat(result.errors()).isZero();
        assertThat(result.inputs()).isEqualTo(((1L << 32) - 1) / STRIDE + 1);
        assertThat(result.maxUlp()).isBetween(0.49, 0.5);
        assertThat(golden()).contains(result.golden());
    }

    @Test
    void theNumberOfThreadsDoesNotShowInTheHash() {
        assertThat(ElementarySweep.sweep("exp", 65_537, 1).hash()).isEqualTo(ElementarySweep.sweep("exp", 65_537, 3).hash());
    }

    @Test
    void everyFunctionHasItsFullHash() throws IOException {
        for (ElementaryFunction f : ElementaryFunction.values()) {
            assertThat(golden()).anyMatch(line -> line.matches(f.label + " full [0-9a-f]{64}"));
        }
    }

    @Test
    void refusesWhatItCannotDo() {
        assertThatThrownBy(() -> ElementarySweep.sweep("exp", 0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ElementarySweep.sweep("cbrt", 1, 1)).hasMessageContaining("cbrt");
    }

    @ParameterizedTest
    @EnumSource(ElementaryFunction.class)
    void theTwoOraclesAgreeWithinTheMargin(ElementaryFunction f) {
        SplittableRandom random = new SplittableRandom(20_240_601);
        int judged = 0;
        while (judged < 300) {
            // Arguments of 2^-20 to 2^6 in size: where the functions are neither linear nor saturated.
            float x = (float) Math.scalb(random.nextDouble(-1.0, 1.0), random.nextInt(-20, 7));
            double estimate = f.estimate.applyAsDouble(x);
            if (!Double.isFinite(estimate) || estimate == 0.0) {
                continue;
            }
            BigDecimal exact = f.exact(x);
            double off = new BigDecimal(estimate).subtract(exact).doubleValue() / exact.doubleValue();
            assertThat(Math.abs(off)).as("%s(%s)", f.label, x).isLessThan(ElementaryFunction.MARGIN / 2);
            judged++;
        }
    }

    @Test
    void decimalOracleKnowsPublishedDigits() {
        startsWith(ExactMath.exp(BigDecimal.ONE), "2.71828182845904523536028747135266249775724709");
        startsWith(ExactMath.log(BigDecimal.TEN), "2.30258509299404568401799145468436420760110148");
        startsWith(ExactMath.log(new BigDecimal("1e-40")), "-92.10340371976182736071965818737456830404405");
        startsWith(ExactMath.sinPi(new BigDecimal("0.25")), "0.70710678118654752440084436210484903928483593");
        startsWith(ExactMath.cosPi(new BigDecimal("0.75")), "-0.7071067811865475244008443621048490392848359");
        startsWith(ExactMath.tanh(BigDecimal.ONE), "0.76159415595576488811945828260479359041276859");
    }

    private static void startsWith(BigDecimal value, String digits) {
        assertThat(value.toPlainString()).startsWith(digits);
    }

    private static List<String> golden() throws IOException {
        Path home = Path.of(System.getProperty("bitlift.home", "."));
        return Files.readAllLines(home.resolve("validation/golden/elementary.sha256"));
    }
}

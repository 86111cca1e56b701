package io.github.bitlift.numerics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class NumericsTest {

    private static final int NAN_BITS = 0x7fc00000;
    private static final double LN2 = 0.6931471805599453;

    @ParameterizedTest
    @EnumSource(ElementaryFunction.class)
    void everyNanGivesTheCanonicalOne(ElementaryFunction f) {
        for (int bits : new int[] {0x7fc00000, 0xffc00000, 0x7f800001, 0xff800001, 0x7fffffff, 0xffffffff, 0x7fa5a5a5}) {
            float nan = Float.intBitsToFloat(bits);
            assertThat(Float.floatToRawIntBits(f.function.applyAsFloat(nan))).isEqualTo(NAN_BITS);
            assertThat(Float.floatToRawIntBits(Numerics.canonical(nan))).isEqualTo(NAN_BITS);
        }
    }

    @ParameterizedTest(name = "{0}({1}) = {2}")
    @CsvSource({
        "exp, Infinity, Infinity", "exp, -Infinity, 0.0", "exp, 0.0, 1.0", "exp, -0.0, 1.0",
        "exp, 88.72284, Infinity", "exp, 3.4028235E38, Infinity", "exp, -3.4028235E38, 0.0", "exp, -104.0, 0.0",
        "exp, -103.97, 1.4E-45", "exp, 1.4E-45, 1.0",
        "log, 0.0, -Infinity", "log, -0.0, -Infinity", "log, 1.0, 0.0", "log, Infinity, Infinity", "log, -1.0, NaN",
        "log, -1.4E-45, NaN", "log, -Infinity, NaN", "log, 1.4E-45, -103.27893",
        "tanh, 0.0, 0.0", "tanh, -0.0, -0.0", "tanh, Infinity, 1.0", "tanh, -Infinity, -1.0", "tanh, 9.1, 1.0",
        "tanh, 1.4E-45, 1.4E-45", "tanh, -1.4E-45, -1.4E-45",
        "atanh, 0.0, 0.0", "atanh, -0.0, -0.0", "atanh, 1.0, Infinity", "atanh, -1.0, -Infinity",
        "atanh, 1.0000001, NaN", "atanh, -1.0000001, NaN", "atanh, Infinity, NaN", "atanh, -Infinity, NaN",
        "atanh, 1.4E-45, 1.4E-45",
        "sigmoid, 0.0, 0.5", "sigmoid, -0.0, 0.5", "sigmoid, Infinity, 1.0", "sigmoid, -Infinity, 0.0",
        "sigmoid, -104.0, 0.0", "sigmoid, 17.5, 1.0", "sigmoid, 1.4E-45, 0.5",
        "softplus, 0.0, 0.6931472", "softplus, -0.0, 0.6931472", "softplus, Infinity, Infinity",
        "softplus, -Infinity, 0.0", "softplus, 100.0, 100.0", "softplus, -104.0, 0.0", "softplus, -103.97, 1.4E-45",
        "sinPi, 0.0, 0.0", "sinPi, -0.0, -0.0", "sinPi, 1.0, 0.0", "sinPi, -1.0, -0.0", "sinPi, 2.0, 0.0",
        "sinPi, -2.0, -0.0", "sinPi, 0.5, 1.0", "sinPi, -0.5, -1.0", "sinPi, 1.5, -1.0", "sinPi, -1.5, 1.0",
        "sinPi, 1.0E30, 0.0", "sinPi, -1.0E30, -0.0", "sinPi, Infinity, NaN", "sinPi, -Infinity, NaN",
        "sinPi, 8388607.5, -1.0", "sinPi, 1.4E-45, 4.2E-45",
        "cosPi, 0.0, 1.0", "cosPi, -0.0, 1.0", "cosPi, 1.0, -1.0", "cosPi, -1.0, -1.0", "cosPi, 2.0, 1.0",
        "cosPi, 0.5, 0.0", "cosPi, -0.5, 0.0", "cosPi, 1.5, 0.0", "cosPi, -1.5, 0.0", "cosPi, 1.0E30, 1.0",
        "cosPi, 8388609.0, -1.0", "cosPi, 1.6777215E7, -1.0", "cosPi, Infinity, NaN", "cosPi, -Infinity, NaN",
    })
    void specialCases(String name, float x, float expected) {
        float actual = ElementaryFunction.of(name).function.applyAsFloat(x);
        assertThat(Float.floatToRawIntBits(actual)).isEqualTo(Float.floatToRawIntBits(expected));
    }

    @ParameterizedTest
    @EnumSource(ElementaryFunction.class)
    void bordersOfTheExponentialsReduction(ElementaryFunction f) {
        // Where rint(x log2 e) or rint(2 x log2 e) steps, both signs.
        for (int k = 0; k <= 152; k++) {
            aroundBothSigns(f, (float) ((k + 0.5) * LN2), 4);
            aroundBothSigns(f, (float) ((k + 0.5) * LN2 / 2), 4);
        }
    }

    @ParameterizedTest
    @EnumSource(ElementaryFunction.class)
    void bordersOfTheLogarithmsReduction(ElementaryFunction f) {
        for (int e = -149; e <= 127; e++) {
            aroundBothSigns(f, (float) Math.scalb(1.0, e), 3);
            aroundBothSigns(f, (float) Math.scalb(Math.sqrt(0.5), e), 3);
        }
        for (int k = 1; k < 26; k++) {
            // Where log2((1 + x) / (1 - x)) passes a half-integer.
            double ratio = Math.pow(2.0, k - 0.5);
            aroundBothSigns(f, (float) ((ratio - 1.0) / (ratio + 1.0)), 40);
        }
        aroundBothSigns(f, 1.0f / 6.0f, 40);
    }

    @ParameterizedTest
    @EnumSource(ElementaryFunction.class)
    void bordersOfThePeriodicReduction(ElementaryFunction f) {
        for (int quarter = 0; quarter <= 64; quarter++) {
            aroundBothSigns(f, quarter / 4.0f, 4);
        }
        for (int e = 4; e <= 25; e++) {
            for (int quarter = -5; quarter <= 5; quarter++) {
                aroundBothSigns(f, (float) (Math.scalb(1.0, e) + quarter / 4.0), 2);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(ElementaryFunction.class)
    void bordersOfThePieces(ElementaryFunction f) {
        for (float x : new float[] {0x1.0p-8f, 9.010913f, 9.1f, 16.0f, 17.32868f, 17.5f, 87.33655f, 88.72284f, 89.0f,
            103.27893f, 103.97208f, 104.0f}) {
            aroundBothSigns(f, x, 50);
        }
    }

    @ParameterizedTest
    @EnumSource(ElementaryFunction.class)
    void subnormalArgumentsAndResults(ElementaryFunction f) {
        for (int bits = 0; bits < 2_000; bits++) {
            both(f, Float.intBitsToFloat(bits));
            both(f, Float.intBitsToFloat(0x00800000 - 1_000 + bits));
        }
        for (int bits = 0; bits < 0x00800000; bits += 1_237) {
            both(f, Float.intBitsToFloat(bits));
        }
        // e^x and softplus and sigmoid are subnormal from -87.34 down.
        for (float x = -87.33f; x > -104.0f; x -= 0.003f) {
            correct(f, x);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0x3c413d3a, 0x41178feb, 0x4c5d65a5, 0x65d890d3, 0x6f31a8ec})
    void logarithmsThatABinary64ValueRoundedTwiceGetsWrong(int bits) {
        float x = Float.intBitsToFloat(bits);
        assertThat(Numerics.log(x)).isEqualTo(ElementaryFunction.LOG.correct(x, ElementaryFunction.LOG.estimate
            .applyAsDouble(x)));
        assertThat((float) Numerics.log64(x)).isNotEqualTo(Numerics.log(x));
    }

    @Test
    void theHardArgumentOfSoftplusAndItsNeighbours() {
        aroundBothSigns(ElementaryFunction.SOFTPLUS, Float.intBitsToFloat(0x39ea41d0), 3);
        assertThat(bits(Numerics.softplus(Float.intBitsToFloat(0x39ea41d0)))).isEqualTo(0x3f3180bd);
    }

    @Test
    void smallOddMultiplesOfTheSigmoidsTie() {
        // 1/2 + x/4 is a midpoint here, and only x^3/48 decides.
        for (int odd = 1; odd < 60_001; odd += 2) {
            both(ElementaryFunction.SIGMOID, odd * 0x1.0p-23f);
            both(ElementaryFunction.SIGMOID, odd * 0x1.0p-24f);
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {0.0f, 1e-40f, 1e-3f, 0.3f, 0.9f, 1.7f, 8.0f, 1e9f, Float.POSITIVE_INFINITY})
    void symmetriesHoldInEveryBit(float x) {
        assertThat(bits(Numerics.tanh(-x))).isEqualTo(bits(Numerics.canonical(-Numerics.tanh(x))));
        assertThat(bits(Numerics.atanh(-x))).isEqualTo(bits(Numerics.canonical(-Numerics.atanh(x))));
        assertThat(bits(Numerics.sinPi(-x))).isEqualTo(bits(Numerics.canonical(-Numerics.sinPi(x))));
        assertThat(bits(Numerics.cosPi(-x))).isEqualTo(bits(Numerics.cosPi(x)));
    }

    @Test
    void canonicalKeepsEverythingElse() {
        for (float x : new float[] {0.0f, -0.0f, 1.5f, Float.MIN_VALUE, Float.POSITIVE_INFINITY, -Float.MAX_VALUE}) {
            assertThat(bits(Numerics.canonical(x))).isEqualTo(bits(x));
        }
    }

    @Test
    void fusedMultiplyAddIsOneRounding() {
        assertThatCode(Numerics::requireFusedMultiplyAdd).doesNotThrowAnyException();
        // Advisory: either answer is right.
        assertThatCode(Numerics::fmaIsFast).doesNotThrowAnyException();
    }

    private static void aroundBothSigns(ElementaryFunction f, float x, int ulps) {
        int centre = Float.floatToRawIntBits(x);
        for (int bits = centre < ulps ? 0 : centre - ulps; bits <= centre + ulps; bits++) {
            both(f, Float.intBitsToFloat(bits));
        }
    }

    private static void both(ElementaryFunction f, float x) {
        correct(f, x);
        correct(f, -x);
    }

    private static void correct(ElementaryFunction f, float x) {
        float actual = f.function.applyAsFloat(x);
        float expected = f.correct(x, f.estimate.applyAsDouble(x));
        if (bits(actual) != bits(expected)) {
            assertThat(actual).as("%s(%s)", f.label, Float.toHexString(x)).isEqualTo(expected);
            assertThat(bits(actual)).as("%s(%s)", f.label, Float.toHexString(x)).isEqualTo(bits(expected));
        }
    }

    private static int bits(float x) {
        return Float.floatToRawIntBits(x);
    }
}

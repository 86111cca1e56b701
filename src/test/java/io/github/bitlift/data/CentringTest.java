package io.github.bitlift.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CentringTest {
    private static final int COUNT = 2_345;
    private static final int FEATURES = 7;

    @Test
    void subtractsTheMeanOfEachPixel() {
        Random random = new Random(3);
        float[] images = new float[COUNT * FEATURES];
        for (int i = 0; i < images.length; i++) {
            images[i] = random.nextInt(256) / 255f;
        }
        Centring centring = Centring.of(images, COUNT, FEATURES);
        float[] centred = centring.apply(images);
        for (int j = 0; j < FEATURES; j++) {
            BigDecimal sum = BigDecimal.ZERO;
            for (int i = 0; i < COUNT; i++) {
                sum = sum.add(new BigDecimal(images[i * FEATURES + j]));
            }
            float mean = sum.divide(BigDecimal.valueOf(COUNT), MathContext.DECIMAL64).floatValue();
            assertThat(centring.mean()[j]).isEqualTo(mean);
            assertThat(centred[5 * FEATURES + j]).isEqualTo(images[5 * FEATURES + j] - mean);
        }
    }

    @Test
    void wantsWholeImages() {
        Centring centring = new Centring(new float[3]);
        assertThatThrownBy(() -> centring.apply(new float[4]))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("4 numbers, expected a multiple of 3");
    }
}

package io.github.bitlift.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ConfusionTest {

    @Test
    void theLargestNumberIsTheClassAndTheFirstOfEquals() {
        float[] values = {0, 1, 0.5f, /* */ -3, -2, -1, /* */ 2, 2, 2, /* */ 0, 7, 7};
        assertThat(Confusion.largest(values, 3)).containsExactly(1, 2, 0, 1);
    }

    @Test
    void countsWhatIsTakenForWhat() {
        Random random = new Random(5);
        byte[] labels = new byte[1_001];
        byte[] predicted = new byte[labels.length];
        int right = 0;
        for (int i = 0; i < labels.length; i++) {
            labels[i] = (byte) random.nextInt(4);
            predicted[i] = (byte) (random.nextInt(3) == 0 ? random.nextInt(4) : labels[i]);
            right += labels[i] == predicted[i] ? 1 : 0;
        }
        Confusion confusion = Confusion.of(predicted, labels, 4);
        assertThat(confusion.total()).isEqualTo(1_001);
        assertThat(confusion.correct()).isEqualTo(right);
        assertThat(confusion.accuracy()).isEqualTo(right / 1_001.0);
        for (int k = 0; k < 4; k++) {
            for (int l = 0; l < 4; l++) {
                int seen = 0;
                for (int i = 0; i < labels.length; i++) {
                    seen += labels[i] == k && predicted[i] == l ? 1 : 0;
                }
                assertThat(confusion.counts()[k][l]).isEqualTo(seen);
            }
        }
    }

    @Test
    void asManyPredictionsAsLabels() {
        assertThatThrownBy(() -> Confusion.of(new byte[2], new byte[3], 4))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("2 predictions for 3 labels");
    }
}

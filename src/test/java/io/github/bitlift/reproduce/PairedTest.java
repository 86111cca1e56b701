package io.github.bitlift.reproduce;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PairedTest {

    @ParameterizedTest
    @CsvSource({"0,1", "0.25,1.5", "0.5,2", "0.75,5", "1,8"})
    void quantilesLieBetweenTheirNeighbours(double share, double expected) {
        assertThat(Paired.quantile(new double[] {8, 1, 2}, share)).isEqualTo(expected);
        assertThat(Paired.quantile(new double[] {3}, share)).isEqualTo(3);
    }
}

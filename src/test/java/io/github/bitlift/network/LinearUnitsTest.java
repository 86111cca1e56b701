package io.github.bitlift.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.prox.Box;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.Relu;
import io.github.bitlift.prox.Tanh;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Weights and inputs are small whole numbers, so that pre-activations are exact, ties at zero included. */
class LinearUnitsTest {
    private static final int[] WIDTHS = {5, 9, 6, 2};
    private static final int COUNT = 2_300;
    private static final List<ProxMap> SIGMA = List.of(new Relu(), new Box(-3, 5));

    @Test
    void countsPairsOfASampleAndAUnit() {
        float[] inputs = whole(COUNT * WIDTHS[0], 1);
        try (Backend backend = new ReferenceBackend();
                Parameters theta = parameters(backend);
                LinearUnits units = new LinearUnits(backend, Mlp.of(theta, SIGMA), COUNT)) {
            double[] expected = oracle(theta, inputs);
            assertThat(expected[0]).isBetween(0.3, 0.8);
            assertThat(units.rates(inputs, COUNT)).containsExactly(expected);
            try (CpuBackend cpu = new CpuBackend(2);
                    Parameters same = parameters(cpu);
                    LinearUnits few = new LinearUnits(cpu, Mlp.of(same, SIGMA), 64)) {
                assertThat(few.rates(inputs, COUNT)).containsExactly(expected);
            }
        }
    }

    @Test
    void nothingButZeroIsLinearInTanh() {
        try (Backend backend = new ReferenceBackend();
                Parameters theta = new Parameters(backend, 1, 1, 1);
                LinearUnits units = new LinearUnits(backend, Mlp.of(theta, List.of(new Tanh())), 3)) {
            theta.write(new float[] {1, 0, 1, 0});
            assertThat(units.rates(new float[] {0, 1, -2}, 3)).containsExactly(1 / 3.0);
        }
    }

    @Test
    void wantsWholeSamples() {
        try (Backend backend = new ReferenceBackend();
                Parameters theta = parameters(backend);
                LinearUnits units = new LinearUnits(backend, Mlp.of(theta, SIGMA), 3)) {
            assertThatThrownBy(() -> units.rates(new float[9], 2))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("9 numbers for 2 samples of 5");
        }
    }

    private static Parameters parameters(Backend backend) {
        Parameters theta = new Parameters(backend, WIDTHS);
        theta.write(whole(theta.count(), 2));
        return theta;
    }

    private static float[] whole(int count, long seed) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextInt(7) - 3;
        }
        return values;
    }

    /** In whole numbers: unit k of layer 1 is linear where v ≥ 0, of layer 2 where −3 ≤ v ≤ 5. */
    private static double[] oracle(Parameters theta, float[] inputs) {
        long[] linear = new long[2];
        for (int i = 0; i < COUNT; i++) {
            long[] u = new long[WIDTHS[0]];
            for (int k = 0; k < u.length; k++) {
                u[k] = (long) inputs[i * u.length + k];
            }
            for (int layer = 0; layer < 2; layer++) {
                long low = layer == 0 ? 0 : -3;
                long high = layer == 0 ? Long.MAX_VALUE : 5;
                long[] next = new long[WIDTHS[layer + 1]];
                for (int row = 0; row < next.length; row++) {
                    long v = (long) theta.bias(layer).toArray()[row];
                    for (int k = 0; k < u.length; k++) {
                        v += (long) theta.weight(layer).toArray()[row * u.length + k] * u[k];
                    }
                    next[row] = Math.min(high, Math.max(low, v));
                    linear[layer] += next[row] == v ? 1 : 0;
                }
                u = next;
            }
        }
        return new double[] {linear[0] / (double) (COUNT * WIDTHS[1]), linear[1] / (double) (COUNT * WIDTHS[2])};
    }
}

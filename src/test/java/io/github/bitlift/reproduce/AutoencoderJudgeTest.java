package io.github.bitlift.reproduce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.network.Initialisation;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.solver.Pairs;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an autoencoder is judged by, against the formulas in binary64. */
class AutoencoderJudgeTest {
    private static final int IMAGES = 2;

    @ParameterizedTest
    @CsvSource({"784, 0.09", "70, 0"})
    void isTheNetworksOwn(int code, float alpha) {
        Autoencoder autoencoder = new Autoencoder(code, alpha);
        Random random = new Random(5);
        float[] inputs = new float[IMAGES * Autoencoder.WIDTH];
        float[] targets = new float[inputs.length];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = (float) random.nextGaussian();
            targets[i] = (float) random.nextGaussian();
        }
        Pairs pairs = new Pairs(inputs, targets, IMAGES, Autoencoder.WIDTH, Autoencoder.WIDTH);
        try (Backend backend = new CpuBackend();
                Parameters theta = new Parameters(backend, autoencoder.widths())) {
            Initialisation.glorotUniform(theta, 3);
            try (AutoencoderJudge judge =
                    new AutoencoderJudge(backend, autoencoder, autoencoder.network(theta), pairs)) {
                AutoencoderJudge.Judgement found = judge.now();
                double[] expected = judged(autoencoder, theta, pairs);
                assertThat(found.error()).isCloseTo(expected[0], within(1e-5 * expected[0]));
                assertThat(found.objective()).isCloseTo(expected[0] + alpha * expected[1], within(1e-5 * expected[0]));
                // A number next to a threshold may fall on either side of it.
                assertThat(found.zeros()).isCloseTo(expected[2], within(2.0 / (IMAGES * code)));
            }
        }
    }

    /** ½‖N(y) − x‖², ‖code‖₁ and the share of zeros, per image. */
    private static double[] judged(Autoencoder autoencoder, Parameters theta, Pairs pairs) {
        double error = 0;
        double norm = 0;
        double zeros = 0;
        for (int i = 0; i < pairs.count(); i++) {
            double[] u = new double[Autoencoder.WIDTH];
            for (int k = 0; k < u.length; k++) {
                u[k] = pairs.inputs()[i * u.length + k];
            }
            for (int j = 0; j < theta.layers(); j++) {
                u = affine(theta.weight(j).toArray(), theta.bias(j).toArray(), u);
                boolean code = j == Autoencoder.CODE_LAYER;
                for (int k = 0; k < u.length && j < Autoencoder.HIDDEN; k++) {
                    u[k] = code && autoencoder.alpha() > 0
                            ? Math.signum(u[k]) * Math.max(0, Math.abs(u[k]) - autoencoder.alpha())
                            : Math.max(0, u[k]);
                    norm += code ? Math.abs(u[k]) : 0;
                    zeros += code && u[k] == 0 ? 1 : 0;
                }
            }
            for (int k = 0; k < u.length; k++) {
                error += 0.5 * Math.pow(u[k] - pairs.targets()[i * u.length + k], 2);
            }
        }
        int count = pairs.count();
        return new double[] {error / count, norm / count, zeros / count / autoencoder.code()};
    }

    private static double[] affine(float[] weights, float[] bias, double[] u) {
        double[] v = new double[bias.length];
        for (int row = 0; row < v.length; row++) {
            v[row] = bias[row];
            for (int k = 0; k < u.length; k++) {
                v[row] += (double) weights[row * u.length + k] * u[k];
            }
        }
        return v;
    }

    @Test
    void refusesWhatItWouldLeaveOut() {
        int images = 1500;
        Autoencoder autoencoder = new Autoencoder(1, 0);
        Pairs pairs = new Pairs(new float[images], new float[images], images, 1, 1);
        try (Backend backend = new CpuBackend();
                Parameters theta = new Parameters(backend, autoencoder.widths())) {
            assertThatThrownBy(() -> new AutoencoderJudge(backend, autoencoder, autoencoder.network(theta), pairs))
                    .hasMessageContaining("1500 images, expected a multiple of 1000");
        }
    }
}

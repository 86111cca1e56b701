package io.github.bitlift.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.bitlift.backend.reference.ReferenceBackend;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The oracle judged by definitions alone: suprema, minima and finite differences. */
class TrainingOracleTest {

  private static final double STEP = 1e-6;

  private static TrainingOracle oracle(Problem.Activation activation) {
    Problem problem = new Problem(new int[] {6, 5, 4, 6}, 7, activation, 11);
    TrainingOracle oracle = problem.oracle(problem.parameters(new ReferenceBackend()), null, problem.pairs());
    oracle.forward();
    Random random = new Random(3);
    for (int j = 1; j <= oracle.hidden(); j++) {
      for (double[] row : oracle.u[j]) {
        for (int c = 0; c < row.length; c++) {
          double moved = row[c] + 0.3 * random.nextGaussian();
          row[c] = activation == Problem.Activation.RELU ? Math.abs(moved) : Math.tanh(moved);
        }
      }
    }
    return oracle;
  }

  @ParameterizedTest
  @EnumSource
  void conjugateIsTheSupremumOverAGrid(Problem.Activation activation) {
    OracleActivation sigma = activation.oracle;
    for (double v = -3; v <= 3; v += 0.37) {
      double most = Double.NEGATIVE_INFINITY;
      for (int k = -40000; k <= 40000; k++) {
        double u = k * 1e-4;
        most = Math.max(most, u * v - u * u / 2 - sigma.psi(u));
      }
      // The maximum is off a grid point by at most 5e-5 and the curvature there is moderate.
      assertThat(sigma.conjugate(v)).isCloseTo(most, within(1e-6));
      double u = sigma.sigma(v);
      assertThat(sigma.conjugate(v)).isCloseTo(u * v - u * u / 2 - sigma.psi(u), within(1e-12));
    }
  }

  @ParameterizedTest
  @EnumSource
  void proxMinimises(Problem.Activation activation) {
    OracleActivation sigma = activation.oracle;
    for (double t : new double[] {1e-3, 0.4, 1, 7}) {
      for (double w = -2.5; w <= 2.5; w += 0.41) {
        double u = sigma.prox(w, t);
        double least = (u - w) * (u - w) / 2 + t * sigma.psi(u);
        for (double away : new double[] {-1e-2, -1e-4, 1e-4, 1e-2}) {
          double other = u + away;
          assertThat((other - w) * (other - w) / 2 + t * sigma.psi(other)).isGreaterThan(least);
        }
      }
      assertThat(sigma.prox(0.7, 1)).isCloseTo(sigma.sigma(0.7), within(1e-12));
    }
  }

  @ParameterizedTest
  @EnumSource
  void analyticGradientsAreThoseOfFiniteDifferences(Problem.Activation activation) {
    TrainingOracle oracle = oracle(activation);
    for (int l = 0; l < oracle.w.length; l++) {
      double[][] analytic = oracle.gradientOfLayer(l);
      double[][] weights = TrainingOracle.differences(oracle.w[l], STEP, oracle::smooth);
      double[] biases = TrainingOracle.differences(new double[][] {oracle.b[l]}, STEP, oracle::smooth)[0];
      for (int r = 0; r < weights.length; r++) {
        for (int c = 0; c < weights[r].length; c++) {
          assertThat(analytic[r][c]).isCloseTo(weights[r][c], within(1e-7));
        }
        assertThat(analytic[r][weights[r].length]).isCloseTo(biases[r], within(1e-7));
      }
    }
    for (int j = 1; j <= oracle.hidden(); j++) {
      double[][] analytic = oracle.gradientOfAuxiliary(j);
      for (int i = 0; i < oracle.samples(); i++) {
        int sample = i;
        double[] numeric =
            TrainingOracle.differences(new double[][] {oracle.u[j][i]}, STEP, () -> oracle.smooth(sample))[0];
        assertThat(analytic[i]).containsExactly(numeric, within(1e-7));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void penaltiesArePositiveAndVanishAtTheForwardPass(Problem.Activation activation) {
    TrainingOracle oracle = oracle(activation);
    double loss = 0;
    for (int i = 0; i < oracle.samples(); i++) {
      loss += oracle.loss(i) / oracle.samples();
    }
    assertThat(oracle.objective()).isGreaterThan(loss + 1e-3);
    double network = oracle.meanLossOfNetwork();
    assertThat(oracle.objective()).isCloseTo(network, within(1e-12));
  }

  @Test
  void spectralNormOfKnownMatrices() {
    assertThat(TrainingOracle.spectralNorm(new double[][] {{3, 0}, {0, -4}, {0, 0}})).isCloseTo(4, within(1e-12));
    assertThat(TrainingOracle.spectralNorm(new double[][] {{1, 1}, {1, 1}})).isCloseTo(2, within(1e-12));
    assertThat(TrainingOracle.spectralNorm(new double[][] {{1, 1}, {0, 1}}))
        .isCloseTo((1 + Math.sqrt(5)) / 2, within(1e-12));
  }
}

package io.github.bitlift.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.inversion.ErrorEstimate;
import io.github.bitlift.inversion.SpectralNorm;
import io.github.bitlift.inversion.Steps;
import io.github.bitlift.inversion.ImageVariation;
import io.github.bitlift.network.LinearMap;
import io.github.bitlift.prox.Relu;
import io.github.bitlift.prox.SoftThreshold;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the error estimate and the step sizes are made of, each against its definition. */
class ErrorEstimateTest {

  /** Without signs left to chance, the estimate's optimum over rho is the slides' 2 sqrt(2) ||v|| delta. */
  @Test
  void theEstimateIsTheSlides() {
    double delta = 0.3;
    double norm = 1.7;
    double rho = Math.sqrt(2) * delta / norm;
    double best = ErrorEstimate.bound(delta * delta, rho, norm, 1, 0);
    assertThat(best).isCloseTo(2 * Math.sqrt(2) * norm * delta, within(1e-12));
    assertThat(ErrorEstimate.bound(delta * delta, 1.01 * rho, norm, 1, 0)).isGreaterThan(best);
    assertThat(ErrorEstimate.bound(delta * delta, 0.99 * rho, norm, 1, 0)).isGreaterThan(best);
    assertThat(ErrorEstimate.bound(delta * delta, rho, norm, 0.5, 0))
        .isCloseTo((1.5 * delta * delta + 2 * rho * rho * norm * norm) / rho, within(1e-12));
  }

  @Test
  void theDivergenceFollowsItsDefinition() {
    float[] y = {0.5f, -0.25f, 2};
    double[] v = {1, 0.5, -3};
    double t = 0.75;
    double expected = 0;
    for (int i = 0; i < y.length; i++) {
      expected += 0.5 * (Math.abs(y[i] + t * v[i]) + Math.abs(y[i] - t * v[i]) - 2 * Math.abs(y[i]));
    }
    assertThat(expected).isGreaterThan(0);
    assertThat(ErrorEstimate.twiceBurbeaRao(new SoftThreshold(0.5f), y, t, v)).isCloseTo(expected, within(1e-12));
    float[] positive = {0.5f, 0.25f, 2};
    assertThat(ErrorEstimate.twiceBurbeaRao(new Relu(), positive, 0.5, v)).isZero();
    assertThat(ErrorEstimate.twiceBurbeaRao(new Relu(), positive, t, v)).isInfinite();
  }

  @Test
  void theDistanceIsThatOfSubgradients() {
    Random random = new Random(4);
    int height = 5;
    int width = 4;
    OracleInversion oracle = new OracleInversion(height, width, true, 1, null, null, null);
    ImageVariation tv = new ImageVariation(height, width, true);
    float[][] x = new float[2][height * width];
    float[][] z = new float[2][];
    double[][] p = new double[2][];
    for (int n = 0; n < 2; n++) {
      double[] wide = new double[x[n].length];
      for (int k = 0; k < wide.length; k++) {
        x[n][k] = (float) random.nextGaussian();
        wide[k] = x[n][k];
      }
      double[] d = oracle.gradient(wide);
      double[] unit = new double[d.length];
      z[n] = new float[d.length];
      for (int k = 0; k < wide.length; k++) {
        double size = Math.hypot(d[k], d[wide.length + k]);
        unit[k] = size > 0 ? d[k] / size : 0;
        unit[wide.length + k] = size > 0 ? d[wide.length + k] / size : 0;
        z[n][k] = (float) unit[k];
        z[n][wide.length + k] = (float) unit[wide.length + k];
      }
      p[n] = oracle.adjoint(unit);
      assertThat(tv.of(x[n], 0)).isCloseTo(oracle.tv(wide), within(1e-12));
      assertThat(tv.distance(x[n], z[n])).isCloseTo(0, within(1e-6));
    }
    double expected = 0;
    for (int k = 0; k < p[0].length; k++) {
      expected += (p[0][k] - p[1][k]) * ((double) x[0][k] - x[1][k]);
    }
    assertThat(ErrorEstimate.symmetricDistance(tv, x[0], z[0], x[1], z[1])).isCloseTo(expected, within(1e-5));
  }

  @Test
  void normsOfRandomMatricesLeaveRoomForTheSteps() {
    for (int[] shape : new int[][] {{1, 1}, {40, 144}, {96, 100}, {120, 40}}) {
      double[][] w = OracleInversion.random(shape[0], shape[1], 1, new Random(9));
      double norm = TrainingOracle.spectralNorm(w);
      float[] values = new float[shape[0] * shape[1]];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) w[i / shape[1]][i % shape[1]];
      }
      try (Backend backend = new ReferenceBackend()) {
        Matrix matrix = Matrix.of(backend.allocate(values.length), shape[0], shape[1]);
        matrix.write(values);
        double estimate = SpectralNorm.squared(backend, new LinearMap.Dense(matrix));
        assertThat(estimate / (norm * norm)).isBetween(0.998, 1 + 1e-5);
        for (float rho : new float[] {1e-3f, 0.07f, 30}) {
          Steps.of(estimate, rho).require(norm * norm, rho);
          Steps.of(estimate, rho, 0.05).require(norm * norm, rho);
        }
      }
    }
  }
}

package io.github.bitlift.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.inversion.Inversion;
import io.github.bitlift.inversion.Inversion.Recovered;
import io.github.bitlift.inversion.Layer;
import io.github.bitlift.inversion.Steps;
import io.github.bitlift.inversion.ImageVariation;
import io.github.bitlift.network.LinearMap;
import io.github.bitlift.prox.Identity;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.Relu;
import io.github.bitlift.prox.SoftThreshold;
import io.github.bitlift.prox.Tanh;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Inversion on tiny problems, judged in binary64. */
class InversionTest {
  private static final int HEIGHT = 4;
  private static final int WIDTH = 3;
  private static final int PIXELS = HEIGHT * WIDTH;
  private static final float RHO = 0.07f;

  private enum Sigma {
    IDENTITY(new Identity(), OracleActivation.identity()),
    RELU(new Relu(), OracleActivation.relu()),
    SOFT(new SoftThreshold(0.125f), OracleActivation.soft(0.125)),
    TANH(new Tanh(), OracleActivation.tanh());

    final ProxMap map;
    final OracleActivation oracle;

    Sigma(ProxMap map, OracleActivation oracle) {
      this.map = map;
      this.oracle = oracle;
    }
  }

  private static OracleInversion problem(Sigma sigma, boolean isotropic, int... widths) {
    Random random = new Random(7);
    int layers = widths.length - 1;
    double[][][] w = new double[layers][][];
    double[][] b = new double[layers][];
    OracleActivation[] activations = new OracleActivation[layers];
    for (int l = 0; l < layers; l++) {
      w[l] = OracleInversion.random(widths[l + 1], widths[l], 0.5, random);
      b[l] = OracleInversion.random(1, widths[l + 1], 0.3, random)[0];
      activations[l] = l > 0 && l == layers - 1 ? OracleActivation.identity() : sigma.oracle;
    }
    return new OracleInversion(HEIGHT, WIDTH, isotropic, RHO, w, b, activations);
  }

  private static List<Layer> layers(Backend backend, OracleInversion problem, Sigma sigma) {
    List<Layer> layers = new ArrayList<>();
    int count = problem.w.length;
    for (int l = 0; l < count; l++) {
      Matrix weights = matrix(backend, problem.w[l]);
      layers.add(new Layer(
          new LinearMap.Dense(weights), matrix(backend, new double[][] {problem.b[l]}),
          l > 0 && l == count - 1 ? new Identity() : sigma.map));
    }
    return layers;
  }

  private static Matrix matrix(Backend backend, double[][] values) {
    Matrix matrix = Matrix.of(backend.allocate((long) values.length * values[0].length), values.length, values[0].length);
    matrix.write(floats(values));
    return matrix;
  }

  private static float[] floats(double[]... rows) {
    float[] all = new float[rows.length * rows[0].length];
    for (int i = 0; i < all.length; i++) {
      all[i] = (float) rows[i / rows[0].length][i % rows[0].length];
    }
    return all;
  }

  private static double[] doubles(float[] values) {
    double[] wide = new double[values.length];
    Arrays.setAll(wide, i -> values[i]);
    return wide;
  }

  /** Blocks in two regions with noise: something that total variation has work with. */
  private static double[] image(Random random) {
    double[] x = new double[PIXELS];
    Arrays.setAll(x, k -> (float) ((k % WIDTH < 2 ? 0.2 : 0.9) + 0.05 * random.nextGaussian()));
    return x;
  }

  private static double[] output(OracleInversion problem, double[] x) {
    double[] u = x;
    for (int l = 0; l < problem.w.length; l++) {
      u = problem.activate(l, u);
    }
    for (int i = 0; i < u.length; i++) {
      u[i] = (float) u[i];
    }
    return u;
  }

  private static Inversion.Options options(int iterations, int inner, double tolerance, int every) {
    return new Inversion.Options(RHO, null, iterations, inner, tolerance, every);
  }

  @ParameterizedTest
  @EnumSource(Sigma.class)
  void oneLayerReachesTheMinimum(Sigma sigma) {
    for (boolean isotropic : new boolean[] {true, false}) {
      OracleInversion problem = problem(sigma, isotropic, PIXELS, 20);
      double[] y = output(problem, image(new Random(3)));
      double[] expected = problem.solve(y, 20_000);
      try (Backend backend = new ReferenceBackend();
          Inversion inversion = Inversion.of(
              backend, layers(backend, problem, sigma), new ImageVariation(HEIGHT, WIDTH, isotropic),
              options(20_000, 1, 1e-8, 100), 1)) {
        Recovered found = inversion.run(floats(y), Inversion.Start.ZERO, Inversion.Watch.NONE).get(0);
        double least = problem.objective(new double[][] {expected, y});
        double reached = problem.objective(new double[][] {doubles(found.x()), y});
        assertThat(reached).as("%s %s", sigma, isotropic).isCloseTo(least, within(2e-6));
        assertThat(found.objective()).isCloseTo(reached, within(2e-6));
        assertThat(found.tv()).isCloseTo(problem.tv(doubles(found.x())), within(1e-12));
        assertThat(doubles(found.x())).containsExactly(expected, within(2e-3));
        assertThat(stationarity(problem, found, y)).isLessThan(1e-4);
      }
    }
  }

  /** The largest entry of W*(&sigma;(W x + b) - y) + &rho;&nabla;*z. */
  private static double stationarity(OracleInversion problem, Recovered found, double[] y) {
    double[] s = problem.activate(0, doubles(found.x()));
    double[] g = problem.adjoint(doubles(found.z()));
    double most = 0;
    for (int k = 0; k < g.length; k++) {
      double sum = RHO * g[k];
      for (int i = 0; i < s.length; i++) {
        sum += problem.w[0][i][k] * (s[i] - y[i]);
      }
      most = Math.max(most, Math.abs(sum));
    }
    return most;
  }

  @Test
  void everyImageHasTheBitsThatItHasAlone() {
    for (int[] widths : new int[][] {{PIXELS, 9}, {PIXELS, 10, 8}}) {
      OracleInversion problem = problem(Sigma.RELU, true, widths);
      double[][] y = new double[3][];
      for (int i = 0; i < y.length; i++) {
        y[i] = output(problem, image(new Random(10 + i)));
      }
      y[1] = new double[widths[widths.length - 1]];
      try (Backend backend = new ReferenceBackend()) {
        List<Layer> layers = layers(backend, problem, Sigma.RELU);
        Inversion.Options options = options(2000, 5, 1e-3, 10);
        List<Recovered> together = run(backend, layers, options, y);
        for (int i = 0; i < y.length; i++) {
          Recovered alone = run(backend, layers, options, y[i]).get(0);
          assertThat(together.get(i)).usingRecursiveComparison().isEqualTo(alone);
        }
        assertThat(together.stream().map(Recovered::iterations).distinct().count()).isGreaterThan(1);
      }
    }
  }

  @Test
  void theProcessorGivesTheReferencesBits() {
    for (int[] widths : new int[][] {{PIXELS, 9}, {PIXELS, 10, 8, 7}}) {
      OracleInversion problem = problem(Sigma.TANH, true, widths);
      double[][] y = {output(problem, image(new Random(1))), output(problem, image(new Random(2)))};
      Inversion.Options options = options(50, 4, 1e-3, 10);
      List<List<Recovered>> found = new ArrayList<>();
      for (Backend backend : List.of(new ReferenceBackend(), new CpuBackend(2))) {
        try (backend) {
          found.add(run(backend, layers(backend, problem, Sigma.TANH), options, y));
        }
      }
      assertThat(found.get(1)).usingRecursiveComparison().isEqualTo(found.get(0));
    }
  }

  private static List<Recovered> run(
      Backend backend, List<Layer> layers, Inversion.Options options, double[]... outputs) {
    try (Inversion inversion = Inversion.of(
        backend, layers, new ImageVariation(HEIGHT, WIDTH, true), options, outputs.length)) {
      return inversion.run(floats(outputs), Inversion.Start.ZERO, Inversion.Watch.NONE);
    }
  }

  /** Eq. (26) put right: the step is the prox map at a gradient that finite differences give. */
  @ParameterizedTest
  @EnumSource(Sigma.class)
  void auxiliaryVariablesStepAlongTheGradient(Sigma sigma) {
    OracleInversion problem = problem(sigma, true, PIXELS, 10, 9, 7);
    double[] start = image(new Random(5));
    double[] y = output(problem, image(new Random(6)));
    try (Backend backend = new ReferenceBackend();
        Inversion inversion = Inversion.of(
            backend, layers(backend, problem, sigma), new ImageVariation(HEIGHT, WIDTH, true), options(1, 1, -1, 1), 1)) {
      Recovered found = inversion.run(floats(y), new Inversion.Start(floats(start), null), Inversion.Watch.NONE).get(0);
      double[][] u = {doubles(found.x()), null, null, y};
      u[1] = problem.activate(0, start);
      u[2] = problem.activate(1, u[1]);
      for (int j = 1; j <= 2; j++) {
        double norm = norm(problem.w[j]);
        double tau = j == 2 ? 1.99 / norm : 1.99 / (2 * norm);
        double[] expected = step(problem, u, j, tau);
        assertThat(doubles(found.auxiliaries().get(j - 1))).as("u_%d", j).containsExactly(expected, within(2e-5));
      }
    }
  }

  private static double[] step(OracleInversion problem, double[][] u, int j, double tau) {
    double h = 1e-5;
    double[] expected = new double[u[j].length];
    for (int i = 0; i < expected.length; i++) {
      double slope = (smooth(problem, u, j, i, h) - smooth(problem, u, j, i, -h)) / (2 * h);
      expected[i] = problem.sigma[j - 1].prox((u[j][i] - tau * slope) / (1 + tau), tau / (1 + tau));
    }
    return expected;
  }

  /** The objective without what goes into the prox map, at u_j moved in one place. */
  private static double smooth(OracleInversion problem, double[][] u, int j, int at, double by) {
    double[][] moved = u.clone();
    moved[j] = u[j].clone();
    moved[j][at] += by;
    double sum = problem.penalty(j, moved[j + 1], problem.affine(j, moved[j]));
    double[] v = problem.affine(j - 1, moved[j - 1]);
    for (int i = 0; i < v.length; i++) {
      sum -= moved[j][i] * v[i];
    }
    return sum;
  }

  private static double norm(double[][] w) {
    double norm = TrainingOracle.spectralNorm(w);
    return norm * norm;
  }

  @ParameterizedTest
  @EnumSource(Sigma.class)
  void severalLayersDescendToAStationaryPoint(Sigma sigma) {
    OracleInversion problem = problem(sigma, true, PIXELS, 14, 14, 13);
    double[] y = output(problem, image(new Random(8)));
    try (Backend backend = new ReferenceBackend()) {
      List<Layer> layers = layers(backend, problem, sigma);
      double before = Double.POSITIVE_INFINITY;
      for (int k = 1; k <= 12; k++) {
        Recovered found = run(backend, layers, options(k, 300, 1e-9, 300), y).get(0);
        double objective = problem.objective(all(found, y));
        assertThat(objective).as("after %d", k).isLessThan(before + 1e-5);
        assertThat(found.objective()).isCloseTo(objective, within(1e-5 * objective));
        before = objective;
      }
      Recovered end = run(backend, layers, options(3000, 10, 1e-6, 100), y).get(0);
      assertThat(end.objective()).isLessThan(before + 1e-5);
      double[][] u = all(end, y);
      for (int j = 1; j <= 2; j++) {
        double tau = 0.5 / norm(problem.w[j]);
        assertThat(step(problem, u, j, tau)).as("u_%d", j).containsExactly(u[j], within(2e-4));
      }
      assertThat(stationarity(problem, end, u[1])).isLessThan(2e-3);
    }
  }

  private static double[][] all(Recovered found, double[] y) {
    return new double[][] {
      doubles(found.x()), doubles(found.auxiliaries().get(0)), doubles(found.auxiliaries().get(1)), y
    };
  }

  @Test
  void stepsThatNeedNotConvergeAreRefused() {
    OracleInversion problem = problem(Sigma.RELU, true, PIXELS, 9);
    double norm = norm(problem.w[0]);
    float x = (float) (1.99 / norm);
    float z = 1 / (8 * RHO);
    Inversion.Options paper = new Inversion.Options(RHO, new Steps(x, z), 10, 1, 1e-5, 10);
    assertThat(0.0025 * norm).isLessThan(RHO);
    try (Backend backend = new ReferenceBackend()) {
      List<Layer> layers = layers(backend, problem, Sigma.RELU);
      ImageVariation tv = new ImageVariation(HEIGHT, WIDTH, true);
      assertThatThrownBy(() -> Inversion.of(backend, layers, tv, paper, 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("tau-x " + x).hasMessageContaining("||W||^2/2 + 8 rho^2 tau-z");
      try (Inversion inversion = Inversion.of(backend, layers, tv, options(1, 1, 0, 1), 1)) {
        Steps steps = inversion.steps();
        assertThat(1.0 / steps.x()).isGreaterThan(norm / 2 + 8.0 * RHO * RHO * steps.z());
        assertThat(steps.x() * (norm / 2 + RHO)).isGreaterThan(0.99);
      }
    }
  }

  @Test
  void whatOverflowsIsSaidToDiverge() {
    OracleInversion problem = problem(Sigma.IDENTITY, true, PIXELS, 9);
    double[] huge = new double[9];
    Arrays.fill(huge, 3e38);
    try (Backend backend = new ReferenceBackend()) {
      List<Recovered> found = run(
          backend, layers(backend, problem, Sigma.IDENTITY), options(50, 1, 1e-5, 10), huge, new double[9]);
      assertThat(found.get(0).stop()).isEqualTo(Inversion.Stop.DIVERGED);
      assertThat(found.get(1).stop()).isNotEqualTo(Inversion.Stop.DIVERGED);
    }
  }

  @Test
  void outputsOutsideTheRangeAreBroughtToItsEdge() {
    OracleInversion problem = problem(Sigma.RELU, true, PIXELS, 9);
    double[] y = output(problem, image(new Random(2)));
    double[] edge = y.clone();
    for (int i = 0; i < y.length; i += 2) {
      y[i] = -0.5;
      edge[i] = 0;
    }
    try (Backend backend = new ReferenceBackend()) {
      List<Layer> layers = layers(backend, problem, Sigma.RELU);
      List<Recovered> found = run(backend, layers, options(50, 1, 1e-5, 10), y, edge);
      assertThat(found.get(0)).usingRecursiveComparison().isEqualTo(found.get(1));
      assertThat(found.get(0).objective()).isFinite();
    }
  }
}

package io.github.bitlift.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.TvPdhg.Rule;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.solver.TotalVariation;
import io.github.bitlift.solver.TotalVariation.Model;
import io.github.bitlift.solver.TotalVariation.Outcome;
import io.github.bitlift.solver.TotalVariation.Reason;
import io.github.bitlift.solver.TotalVariationSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Total variation denoising against solvers in binary64 that share no code with it. */
class TotalVariationTest {
  private static final double NEVER = TotalVariationSettings.NEVER;
  private static final double CLOSE = 1e-5;

  private record Solution(float[] x, List<Outcome> outcomes) {}

  private static Solution solve(Backend backend, Model model, TotalVariationSettings settings, float[] f) {
    try (TotalVariation solver =
        new TotalVariation(backend, model, settings, f.length / (model.height() * model.width()))) {
      List<Outcome> outcomes = solver.run(f, progress -> true);
      return new Solution(solver.result(), outcomes);
    }
  }

  private static Solution solve(Model model, TotalVariationSettings settings, float[] f) {
    try (Backend backend = new CpuBackend(1)) {
      return solve(backend, model, settings, f);
    }
  }

  private static TotalVariationSettings settings(Rule rule, int iterations, double gap, double change) {
    return new TotalVariationSettings(rule, 1f, null, iterations, 10, gap, change);
  }

  /** Steps of different heights under noise. */
  private static float[] steps(int n, long seed) {
    Random random = new Random(seed);
    float[] f = new float[n];
    float level = 0;
    for (int k = 0; k < n; k++) {
      level = random.nextInt(5) == 0 ? random.nextFloat() : level;
      f[k] = level + 0.15f * (float) random.nextGaussian();
    }
    return f;
  }

  private static double[] wide(float[] f) {
    double[] wide = new double[f.length];
    for (int k = 0; k < f.length; k++) {
      wide[k] = f[k];
    }
    return wide;
  }

  private static double[][] rows(float[] f, int height, int width) {
    double[][] rows = new double[height][];
    for (int i = 0; i < height; i++) {
      rows[i] = wide(Arrays.copyOfRange(f, i * width, (i + 1) * width));
    }
    return rows;
  }

  private static void requireClose(float[] x, double[] expected, double most) {
    assertThat(wide(x)).containsExactly(expected, within(most));
  }

  @ParameterizedTest
  @EnumSource
  void rowsAndColumnsAreTautStrings(Rule rule) {
    for (int n : new int[] {2, 3, 17, 60}) {
      for (float lambda : new float[] {0.05f, 0.3f}) {
        float[] f = steps(n, n);
        double[] expected = TotalVariationOracle.tautString(wide(f), lambda);
        TotalVariationSettings settings = settings(rule, 20_000, NEVER, NEVER);
        requireClose(solve(new Model(1, n, true, lambda), settings, f).x, expected, CLOSE);
        requireClose(solve(new Model(n, 1, false, lambda), settings, f).x, expected, CLOSE);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void smallImagesAreTheOracles(Rule rule) {
    for (int[] size : new int[][] {{2, 2}, {3, 5}, {8, 8}}) {
      for (boolean isotropic : new boolean[] {true, false}) {
        for (float lambda : new float[] {0.05f, 0.2f}) {
          float[] f = steps(size[0] * size[1], 100 + size[0]);
          double[] expected = TotalVariationOracle.minimiser(rows(f, size[0], size[1]), lambda, isotropic, 1e-13);
          Model model = new Model(size[0], size[1], isotropic, lambda);
          requireClose(solve(model, settings(rule, 20_000, NEVER, NEVER), f).x, expected, CLOSE);
        }
      }
    }
  }

  private static double largestError(Rule rule, int iterations, float[] f, double[] expected) {
    float[] x = solve(new Model(1, f.length, true, 0.3f), settings(rule, iterations, NEVER, NEVER), f).x;
    double most = 0;
    for (int k = 0; k < f.length; k++) {
      most = Math.max(most, Math.abs(x[k] - expected[k]));
    }
    return most;
  }

  /** The squared error is of order 1/k², until steps that stay, small ones by then, end at the minimiser. */
  @Test
  void accelerationHalvesTheErrorWithTwiceTheIterationsAndThenEnds() {
    float[] f = steps(60, 60);
    double[] expected = TotalVariationOracle.tautString(wide(f), 0.3f);
    double before = Double.POSITIVE_INFINITY;
    for (int iterations : new int[] {4, 8, 16, 32}) {
      double error = largestError(Rule.ACCELERATED, iterations, f, expected);
      assertThat(error).isLessThan(0.6 * before).isLessThan(1.0 / iterations);
      before = error;
    }
    assertThat(largestError(Rule.ACCELERATED, 500, f, expected)).isLessThan(CLOSE);
    assertThat(largestError(Rule.FIXED, 500, f, expected)).isGreaterThan(CLOSE);
  }

  @Test
  void theOraclesAgree() {
    float[] f = steps(40, 5);
    double[] string = TotalVariationOracle.tautString(wide(f), 0.2f);
    double[] dual = TotalVariationOracle.minimiser(new double[][] {wide(f)}, 0.2f, true, 1e-13);
    assertThat(dual).containsExactly(string, within(1e-6));
    // By hand: two pixels move towards each other by λ each, and no further than to their mean.
    assertThat(TotalVariationOracle.tautString(new double[] {0, 1}, 0.2)).containsExactly(new double[] {0.2, 0.8}, within(1e-15));
    assertThat(TotalVariationOracle.tautString(new double[] {0, 1}, 0.7)).containsExactly(new double[] {0.5, 0.5}, within(1e-15));
  }

  @Test
  void noWeightGivesTheDataAndALargeOneTheirMean() {
    float[] f = steps(63, 8);
    TotalVariationSettings settings = settings(Rule.FIXED, 5_000, NEVER, NEVER);
    Solution same = solve(new Model(9, 7, true, 0f), settings, f);
    assertThat(same.x).isEqualTo(f);
    assertThat(same.outcomes).containsExactly(new Outcome(Reason.GAP, 0, 0, 0, 0));
    double mean = Arrays.stream(wide(f)).sum() / 63;
    for (float lambda : new float[] {10f, 1000f}) {
      double[] expected = new double[63];
      Arrays.fill(expected, mean);
      for (Rule rule : Rule.values()) {
        requireClose(solve(new Model(9, 7, false, lambda), settings(rule, 5_000, NEVER, NEVER), f).x, expected, CLOSE);
      }
    }
  }

  @Test
  void pixelsAloneAndConstantsStay() {
    TotalVariationSettings settings = settings(Rule.ADAPTIVE, 100, NEVER, NEVER);
    assertThat(solve(new Model(1, 1, true, 0.5f), settings, new float[] {0.7f}).x[0]).isCloseTo(0.7f, within(1e-6f));
    float[] constant = new float[30];
    Arrays.fill(constant, 0.3f);
    requireClose(solve(new Model(5, 6, true, 0.5f), settings, constant).x, wide(constant), 1e-6);
  }

  @Test
  void theGapBoundsTheError() {
    float[] f = steps(64, 21);
    double[] expected = TotalVariationOracle.minimiser(rows(f, 8, 8), 0.1f, true, 1e-14);
    Model model = new Model(8, 8, true, 0.1f);
    for (Rule rule : Rule.values()) {
      for (double gap : new double[] {1e-3, 1e-5, 1e-7}) {
        Solution solution = solve(model, settings(rule, 50_000, gap, NEVER), f);
        Outcome outcome = solution.outcomes.get(0);
        double squares = 0;
        for (int k = 0; k < 64; k++) {
          squares += Math.pow(solution.x[k] - expected[k], 2);
        }
        assertThat(outcome.reason()).isEqualTo(Reason.GAP);
        assertThat(outcome.gap()).isLessThanOrEqualTo(gap);
        assertThat(squares / 64).isLessThanOrEqualTo(2 * outcome.gap() + 1e-12);
      }
    }
  }

  @Test
  void everyImageSaysWhyItStopped() {
    Model model = new Model(8, 8, true, 0.1f);
    float[] f = Arrays.copyOf(steps(64, 3), 192);
    Arrays.fill(f, 64, 128, 0.5f);
    f[128] = 3e38f;
    f[129] = -3e38f;
    List<Outcome> outcomes = solve(model, settings(Rule.FIXED, 37, 1e-9, NEVER), f).outcomes;
    assertThat(outcomes).extracting(Outcome::reason).containsExactly(Reason.COUNT, Reason.GAP, Reason.DIVERGED);
    assertThat(outcomes).extracting(Outcome::iterations).containsExactly(37, 10, 10);
    Outcome changed = solve(model, settings(Rule.FIXED, 10_000, NEVER, 1e-4), steps(64, 3)).outcomes.get(0);
    assertThat(changed.reason()).isEqualTo(Reason.CHANGE);
    assertThat(changed.iterations()).isLessThan(10_000);
    assertThat(changed.changeX()).isLessThanOrEqualTo(1e-4);
    assertThat(changed.changeZ()).isLessThanOrEqualTo(1e-4);
    assertThat(solve(model, settings(Rule.FIXED, 0, NEVER, NEVER), steps(64, 3)).x).isEqualTo(steps(64, 3));
  }

  @Test
  void theLastIterationIsChecked() {
    Model model = new Model(8, 8, true, 0.1f);
    for (int iterations : new int[] {3, 10, 17, 40, 95, 300}) {
      Outcome outcome = solve(model, settings(Rule.FIXED, iterations, NEVER, NEVER), steps(64, 3)).outcomes.get(0);
      assertThat(outcome.iterations()).isEqualTo(iterations);
      for (int every : new int[] {1, 33, 290}) {
        TotalVariationSettings others = new TotalVariationSettings(Rule.FIXED, 1f, null, iterations, every, NEVER, NEVER);
        assertThat(solve(model, others, steps(64, 3)).outcomes.get(0)).isEqualTo(outcome);
      }
    }
  }

  @Test
  void anObserverSeesProgressAndEndsIt() {
    Model model = new Model(8, 8, true, 0.1f);
    List<Integer> seen = new ArrayList<>();
    List<Double> gaps = new ArrayList<>();
    try (Backend backend = new CpuBackend(1);
        TotalVariation solver = new TotalVariation(backend, model, settings(Rule.FIXED, 10_000, NEVER, NEVER), 1)) {
      List<Outcome> outcomes = solver.run(steps(64, 3), progress -> {
        seen.add(progress.iterations());
        gaps.add(progress.gap());
        assertThat(progress.running()).isEqualTo(1);
        assertThat(progress.images()).hasSize(64);
        return progress.iterations() < 200;
      });
      assertThat(outcomes.get(0).reason()).isEqualTo(Reason.CANCELLED);
      assertThat(outcomes.get(0).iterations()).isEqualTo(200);
      assertThat(seen).isSorted().hasSizeGreaterThan(3);
      assertThat(gaps.get(gaps.size() - 1)).isLessThan(gaps.get(0));
      // The same solver again: nothing is left behind.
      assertThat(solver.run(steps(64, 4), progress -> false).get(0).iterations()).isEqualTo(seen.get(0));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void anImageHasTheSameBitsInABatch(String name) {
    int count = 1000;
    int pixels = 9 * 11;
    Model model = new Model(9, 11, true, 0.1f);
    TotalVariationSettings settings = settings(Rule.ADAPTIVE, 60, 1e-6, NEVER);
    float[] f = steps(count * pixels, 77);
    try (Backend backend = name.equals("cpu") ? new CpuBackend(2) : new ReferenceBackend()) {
      Solution batch = solve(backend, model, settings, f);
      assertThat(batch.outcomes).extracting(Outcome::reason).contains(Reason.GAP, Reason.COUNT);
      for (int image = 0; image < count; image += 37) {
        int from = image * pixels;
        Solution alone = solve(backend, model, settings, Arrays.copyOfRange(f, from, from + pixels));
        assertThat(Arrays.copyOfRange(batch.x, from, from + pixels)).isEqualTo(alone.x);
        assertThat(batch.outcomes.get(image)).isEqualTo(alone.outcomes.get(0));
      }
    }
  }

  @Test
  void bandsGiveTheReferencesBits() {
    for (int[] size : new int[][] {{130, 140}, {3, 6001}, {17000, 1}, {1, 16500}}) {
      for (boolean isotropic : new boolean[] {true, false}) {
        Model model = new Model(size[0], size[1], isotropic, 0.1f);
        float[] f = steps(2 * size[0] * size[1], 7);
        TotalVariationSettings settings = new TotalVariationSettings(Rule.ADAPTIVE, 1f, null, 7, 2, NEVER, NEVER);
        Solution expected;
        try (Backend reference = new ReferenceBackend()) {
          expected = solve(reference, model, settings, f);
        }
        for (int threads : new int[] {1, 2, 3}) {
          for (String kernels : new String[] {"vector", "plain"}) {
            try (Backend cpu = new CpuBackend(threads, kernels)) {
              Solution solution = solve(cpu, model, settings, f);
              assertThat(solution.x).isEqualTo(expected.x);
              assertThat(solution.outcomes).isEqualTo(expected.outcomes);
            }
          }
        }
      }
    }
  }

  @Test
  void theScaleOfTheDataDoesNotMatter() {
    float[] f = steps(99, 12);
    float[] scaled = new float[99];
    for (int k = 0; k < 99; k++) {
      scaled[k] = 256 * f[k];
    }
    for (Rule rule : Rule.values()) {
      float[] x = solve(new Model(9, 11, true, 0.1f), settings(rule, 50, NEVER, NEVER), f).x;
      float[] y = solve(new Model(9, 11, true, 25.6f), settings(rule, 50, NEVER, NEVER), scaled).x;
      for (int k = 0; k < 99; k++) {
        assertThat(y[k]).isEqualTo(256 * x[k]);
      }
    }
  }

  @Test
  void theGradientsNormIsBelowEight() {
    for (int[] size : new int[][] {{1, 1}, {1, 2}, {2, 1}, {2, 2}, {5, 9}, {28, 28}}) {
      double exact = sine(size[0]) + sine(size[1]);
      assertThat(powerIteration(size[0], size[1])).isCloseTo(exact, within(1e-6));
      assertThat(exact).isLessThan(TotalVariation.GRADIENT_NORM_SQUARED);
    }
  }

  private static double sine(int n) {
    return 4 * Math.pow(Math.sin(Math.PI * (n - 1) / (2.0 * n)), 2);
  }

  private static double powerIteration(int h, int w) {
    Random random = new Random(4);
    double[] x = random.doubles(h * w, -1, 1).toArray();
    double norm = 0;
    for (int iteration = 0; iteration < 20_000; iteration++) {
      double[] y = new double[h * w];
      for (int k = 0; k < h * w; k++) {
        if (k + w < h * w) {
          y[k + w] += x[k + w] - x[k];
          y[k] -= x[k + w] - x[k];
        }
        if (k % w + 1 < w) {
          y[k + 1] += x[k + 1] - x[k];
          y[k] -= x[k + 1] - x[k];
        }
      }
      norm = Math.sqrt(Arrays.stream(y).map(v -> v * v).sum());
      if (norm == 0) {
        return 0;
      }
      for (int k = 0; k < h * w; k++) {
        x[k] = y[k] / norm;
      }
    }
    return norm;
  }

  @Test
  void whatCannotBeRightIsRefused() {
    assertThatThrownBy(() -> new Model(0, 5, true, 1f)).hasMessageContaining("0 x 5");
    assertThatThrownBy(() -> new Model(5, 5, true, Float.NaN)).hasMessageContaining("lambda NaN");
    assertThatThrownBy(() -> new Model(5, 5, true, -1f)).hasMessageContaining("lambda -1.0");
    assertThatThrownBy(() -> new TotalVariationSettings(Rule.FIXED, 0f, null, 1, 1, 0, 0)).hasMessageContaining("tau 0.0");
    assertThatThrownBy(() -> new TotalVariationSettings(Rule.FIXED, 1f, -2f, 1, 1, 0, 0)).hasMessageContaining("sigma -2.0");
    assertThatThrownBy(() -> new TotalVariationSettings(Rule.FIXED, 1f, null, 1, 0, 0, 0)).hasMessageContaining("check every 0");
    assertThatThrownBy(() -> new TotalVariationSettings(Rule.FIXED, 1f, null, 1, 1, Double.NaN, 0)).hasMessageContaining("gap NaN");
    Model model = new Model(2, 2, true, 2f);
    try (Backend backend = new CpuBackend(1)) {
      TotalVariationSettings unstable = new TotalVariationSettings(Rule.FIXED, 1f, 1f, 1, 1, 0, 0);
      assertThatThrownBy(() -> new TotalVariation(backend, model, unstable, 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("tau·sigma·lambda²·8 = 32.0, expected at most 1");
      assertThat(backend.memory().held()).isZero();
      assertThatThrownBy(() -> solve(backend, model, settings(Rule.FIXED, 1, 0, 0), new float[] {0, 1, Float.NaN, 0}))
          .hasMessageContaining("image 0, row 1, column 0 (counted from 0): NaN");
      try (TotalVariation solver = new TotalVariation(backend, model, settings(Rule.FIXED, 1, 0, 0), 2)) {
        assertThatThrownBy(() -> solver.run(new float[7], progress -> true))
            .hasMessageContaining("7 numbers, expected 2 images of 2 x 2");
      }
      assertThat(backend.memory().held()).isZero();
    }
  }

  /** A check at the end alone, whatever number stands for that. */
  @ParameterizedTest
  @ValueSource(ints = {7, 1 << 30, Integer.MAX_VALUE})
  void anyIntervalOfChecksEnds(int every) {
    Model model = new Model(2, 2, true, 0.1f);
    try (Backend backend = new CpuBackend(1);
        TotalVariation solver = new TotalVariation(
            backend, model, new TotalVariationSettings(Rule.FIXED, 0.3f, null, 9, every, 0, 0), 1)) {
      assertThat(solver.run(new float[] {0, 1, 0.5f, 0}, progress -> true)).isNotNull();
    }
  }
}

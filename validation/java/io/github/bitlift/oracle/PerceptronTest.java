package io.github.bitlift.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.network.Architecture;
import io.github.bitlift.network.ForwardPass;
import io.github.bitlift.network.Network;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.network.Perceptron;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Rosenblatt's perceptron with his rule, w &larr; w + (x - N(y))y and b &larr; b + (x - N(y)): the perceptron convergence
 * theorem (Novikoff 1962) bounds its mistakes on separable data by (R/&gamma;)&sup2;, and exclusive or has no solution (Minsky and Papert). All
 * numbers are small integers, so that nothing is rounded.
 */
class PerceptronTest {

  /** Points and their classes, 0 or 1. */
  private record Points(int[][] y, int[] x) {}

  @Test
  void theStepIsExactAtEveryNumber() {
    Random random = new Random(81);
    float[] values = new float[2000];
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.intBitsToFloat(random.nextInt());
    }
    float[] special = {0f, -0f, Float.MIN_VALUE, -Float.MIN_VALUE, Float.MIN_NORMAL, Float.MAX_VALUE, -Float.MAX_VALUE,
      Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN};
    System.arraycopy(special, 0, values, 0, special.length);
    Architecture architecture = Perceptron.heaviside(1, 1);
    for (Backend backend : List.of(new ReferenceBackend(), new CpuBackend(1, "plain"), new CpuBackend(2))) {
      try (backend;
          Parameters theta = architecture.parameters(backend);
          Network network = architecture.over(backend, theta);
          ForwardPass pass = new ForwardPass(backend, network, 300)) {
        theta.named("W").write(new float[] {1f});
        float[] steps = pass.apply(values, values.length);
        for (int i = 0; i < values.length; i++) {
          float expected = Float.isNaN(values[i]) ? Float.NaN : values[i] > 0 ? 1f : 0f;
          assertThat(Float.floatToIntBits(steps[i])).as("step at %s", values[i]).isEqualTo(Float.floatToIntBits(expected));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5})
  void convergesOnSeparableDataWithinNovikoffsBound(int dimension) {
    Random random = new Random(82 + dimension);
    int[] normal = random.ints(dimension + 1, -3, 4).toArray();
    normal[0] = 2;
    List<int[]> y = new ArrayList<>();
    List<Integer> x = new ArrayList<>();
    double radius = 0;
    double margin = Double.POSITIVE_INFINITY;
    while (y.size() < 60) {
      int[] point = random.ints(dimension, -6, 7).toArray();
      double side = normal[dimension];
      double length = 1;
      for (int c = 0; c < dimension; c++) {
        side += (double) normal[c] * point[c];
        length += (double) point[c] * point[c];
      }
      if (side != 0) {
        y.add(point);
        x.add(side > 0 ? 1 : 0);
        radius = Math.max(radius, length);
        margin = Math.min(margin, Math.abs(side));
      }
    }
    double square = 0;
    for (int value : normal) {
      square += (double) value * value;
    }
    Points points = new Points(y.toArray(int[][]::new), x.stream().mapToInt(Integer::intValue).toArray());
    int mistakes = learn(points, 10_000);
    assertThat(mistakes).isPositive().isLessThanOrEqualTo((int) (radius * square / (margin * margin)));
  }

  @Test
  void neverLearnsExclusiveOr() {
    int[][] corners = {{0, 0}, {0, 1}, {1, 0}, {1, 1}};
    assertThat(learn(new Points(corners, new int[] {0, 0, 0, 1}), 100)).isPositive();
    assertThat(learn(new Points(corners, new int[] {0, 1, 1, 1}), 100)).isPositive();
    assertThat(learn(new Points(corners, new int[] {0, 1, 1, 0}), 100)).isEqualTo(-1);
  }

  /** Mistakes until all points are classified, -1 if that isn't so after some epochs. */
  private static int learn(Points points, int epochs) {
    int dimension = points.y[0].length;
    Architecture architecture = Perceptron.heaviside(dimension, 1);
    try (Backend backend = new ReferenceBackend();
        Parameters theta = architecture.parameters(backend);
        Network network = architecture.over(backend, theta);
        ForwardPass pass = new ForwardPass(backend, network, 1)) {
      int mistakes = 0;
      for (int epoch = 0; epoch < epochs; epoch++) {
        int before = mistakes;
        for (int i = 0; i < points.x.length; i++) {
          mistakes += correct(theta, pass, points.y[i], points.x[i]) ? 1 : 0;
        }
        if (mistakes == before) {
          return mistakes;
        }
      }
      return -1;
    }
  }

  private static boolean correct(Parameters theta, ForwardPass pass, int[] y, int x) {
    float[] input = new float[y.length];
    for (int c = 0; c < y.length; c++) {
      input[c] = y[c];
    }
    float error = x - pass.apply(input, 1)[0];
    float[] w = theta.named("W").toArray();
    for (int c = 0; c < w.length; c++) {
      w[c] += error * input[c];
    }
    theta.named("W").write(w);
    theta.named("b").write(new float[] {theta.named("b").toArray()[0] + error});
    return error != 0;
  }
}

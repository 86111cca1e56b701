package io.github.bitlift.oracle;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.network.Mlp;
import io.github.bitlift.network.Network;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.Relu;
import io.github.bitlift.prox.SoftThreshold;
import io.github.bitlift.prox.Tanh;
import io.github.bitlift.solver.Pairs;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A small seeded training problem, handed to the library and, number by number, to the oracle. Every number starts as
 * a binary32 one, so both start from the same point.
 *
 * @param widths N<sub>0</sub>, ..., N<sub>J</sub>, N
 * @param samples s
 * @param activation every hidden layer's activation
 * @param seed of data and parameters
 * @param lead weight of a rank-one part of every matrix and of the inputs: 0 for random ones, about 1 for a largest
 *     singular value far above the others
 */
record Problem(int[] widths, int samples, Activation activation, long seed, double lead) {

  /** Activations the oracle knows, with the library's map. */
  enum Activation {
    SOFT(new SoftThreshold(0.3f), OracleActivation.soft(0.3f)),
    RELU(new Relu(), OracleActivation.relu()),
    TANH(new Tanh(), OracleActivation.tanh());

    final ProxMap map;
    final OracleActivation oracle;

    Activation(ProxMap map, OracleActivation oracle) {
      this.map = map;
      this.oracle = oracle;
    }
  }

  Problem(int[] widths, int samples, Activation activation, long seed) {
    this(widths, samples, activation, seed, 0);
  }

  /** J. */
  int hidden() {
    return widths.length - 2;
  }

  /** &mu;<sub>j</sub>: all different, so that a swap shows. */
  float[] mu() {
    float[] mu = new float[hidden()];
    for (int j = 0; j < mu.length; j++) {
      mu[j] = 0.4f + 0.15f * j;
    }
    return mu;
  }

  Pairs pairs() {
    return new Pairs(
        matrix(new Random(seed), samples, widths[0], 0.8),
        matrix(new Random(seed + 1), samples, widths[widths.length - 1], 0.8),
        samples, widths[0], widths[widths.length - 1]);
  }

  /** The start of &theta;, biases included. */
  float[] start() {
    Random random = new Random(seed + 2);
    float[] all = new float[Math.toIntExact(Parameters.count(widths))];
    int at = 0;
    for (int l = 0; l + 1 < widths.length; l++) {
      float[] w = matrix(random, widths[l + 1], widths[l], 0.9 / Math.sqrt(widths[l]));
      System.arraycopy(w, 0, all, at, w.length);
      at += w.length;
      for (int r = 0; r < widths[l + 1]; r++) {
        all[at++] = (float) (0.2 * random.nextGaussian());
      }
    }
    return all;
  }

  private float[] matrix(Random random, int rows, int columns, double scale) {
    double noise = lead == 0 ? scale : 0.05 * scale;
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (lead * scale + noise * random.nextGaussian());
    }
    return values;
  }

  Parameters parameters(Backend backend) {
    Parameters theta = new Parameters(backend, widths);
    theta.write(start());
    return theta;
  }

  Network network(Parameters theta) {
    return Mlp.of(theta, Collections.nCopies(hidden(), activation.map));
  }

  /** The oracle at &theta; and at the auxiliary variables of a trainer's state ({@code auxiliary.1}, ...). */
  TrainingOracle oracle(Parameters theta, Map<String, Matrix> state) {
    List<Matrix> u = new ArrayList<>();
    for (int j = 1; j <= hidden(); j++) {
      u.add(state.get("auxiliary." + j));
    }
    return oracle(theta, u, pairs());
  }

  /** The oracle at given values, for a batch of pairs. */
  TrainingOracle oracle(Parameters theta, List<Matrix> u, Pairs batch) {
    int layers = widths.length - 1;
    double[][][] w = new double[layers][][];
    double[][] b = new double[layers][];
    for (int l = 0; l < layers; l++) {
      w[l] = rows(theta.weight(l).toArray(), widths[l + 1], widths[l]);
      b[l] = rows(theta.bias(l).toArray(), 1, widths[l + 1])[0];
    }
    double[][][] all = new double[layers][][];
    all[0] = rows(batch.inputs(), batch.count(), widths[0]);
    double[] mu = new double[hidden()];
    OracleActivation[] sigma = new OracleActivation[hidden()];
    for (int j = 1; j <= hidden(); j++) {
      all[j] = u == null ? new double[batch.count()][widths[j]] : rows(u.get(j - 1).toArray(), batch.count(), widths[j]);
      mu[j - 1] = mu()[j - 1];
      sigma[j - 1] = activation.oracle;
    }
    double[][] x = rows(batch.targets(), batch.count(), widths[layers]);
    return new TrainingOracle(w, b, all, x, mu, sigma);
  }

  /** A binary32 array as rows of binary64. */
  static double[][] rows(float[] values, int rows, int columns) {
    double[][] out = new double[rows][columns];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        out[r][c] = values[r * columns + c];
      }
    }
    return out;
  }

  /** Largest absolute difference between &theta; and the oracle's. */
  static double parameterError(Parameters theta, TrainingOracle oracle) {
    double worst = 0;
    for (int l = 0; l < oracle.w.length; l++) {
      worst = Math.max(worst, error(theta.weight(l), oracle.w[l]));
      worst = Math.max(worst, error(theta.bias(l), new double[][] {oracle.b[l]}));
    }
    return worst;
  }

  /** Largest absolute difference between a trainer's auxiliary variables and the oracle's. */
  static double auxiliaryError(Map<String, Matrix> state, TrainingOracle oracle) {
    double worst = 0;
    for (int j = 1; j <= oracle.hidden(); j++) {
      worst = Math.max(worst, error(state.get("auxiliary." + j), oracle.u[j]));
    }
    return worst;
  }

  /** Largest absolute difference; NaN counts as infinite. */
  static double error(Matrix actual, double[][] expected) {
    double worst = 0;
    float[] values = actual.toArray();
    for (int r = 0; r < expected.length; r++) {
      for (int c = 0; c < expected[r].length; c++) {
        double difference = Math.abs(values[r * expected[r].length + c] - expected[r][c]);
        worst = Math.max(worst, difference >= 0 ? difference : Double.POSITIVE_INFINITY);
      }
    }
    return worst;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(activation + " ");
    for (int width : widths) {
      text.append(width).append('-');
    }
    return text.append("x").append(samples).toString();
  }
}

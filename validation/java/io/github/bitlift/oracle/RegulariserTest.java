package io.github.bitlift.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.lifting.Strategy;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.solver.Batches;
import io.github.bitlift.solver.ImplicitStochasticGradient;
import io.github.bitlift.solver.Optimizer;
import io.github.bitlift.solver.ParameterRegulariser;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Linearised Bregman iterations on the parameters (JMLR paper, section 4.1.2) against the same iterations in binary64: the
 * whole batch, implicit back-propagation, plain steps. The nuclear norm's prox map is judged by Newton-Schulz iterations,
 * which use no singular values.
 */
class RegulariserTest {

  private static final float WEIGHT = 0.25f;
  private static final double RATE = 0.05;
  private static final double TAU = 2;
  private static final int INNER = 4;
  private static final int BATCHES = 6;
  private static final double STEP = 1e-6;

  @ParameterizedTest
  @EnumSource(value = ParameterRegulariser.Kind.class, names = {"L1", "NUCLEAR"})
  void followsTheIterationsInBinary64(ParameterRegulariser.Kind kind) {
    Problem problem = new Problem(new int[] {6, 5, 4, 6}, 7, Problem.Activation.TANH, 81);
    try (Backend backend = new CpuBackend(2);
        Parameters theta = problem.parameters(backend)) {
      TrainingOracle oracle = problem.oracle(theta, null, problem.pairs());
      double[][][] mirror = copy(oracle.w);
      shrink(oracle, mirror, kind);
      try (ImplicitStochasticGradient trainer = new ImplicitStochasticGradient(
          backend, problem.network(theta), theta, new Batches(problem.pairs(), problem.samples(), 1),
          new ImplicitStochasticGradient.Options(
              Strategy.of(Strategy.Kind.BACKPROP), problem.mu(),
              Optimizer.fixed(Optimizer.Kind.PROXIMAL_GRADIENT, RATE), new ParameterRegulariser(kind, WEIGHT), INNER,
              TAU, 1))) {
        assertThat(Problem.parameterError(theta, oracle)).as("at the start").isLessThan(1e-6);
        for (int k = 0; k < BATCHES; k++) {
          trainer.step();
          follow(oracle, mirror, kind);
          double error = Problem.parameterError(theta, oracle);
          Figures.note("linearised Bregman iterations, " + kind, error);
          assertThat(error).as("after batch %d", k).isLessThan(1e-5);
        }
        if (kind == ParameterRegulariser.Kind.L1) {
          assertThat(zeros(theta)).isBetween(0.2, 0.95);
        }
      }
    }
  }

  private static double zeros(Parameters theta) {
    int zeros = 0;
    float[] w = theta.weight(0).toArray();
    for (float value : w) {
      zeros += value == 0 ? 1 : 0;
    }
    return (double) zeros / w.length;
  }

  /** N steps on v and the biases, anchored at their values before the batch. */
  private static void follow(TrainingOracle oracle, double[][][] mirror, ParameterRegulariser.Kind kind) {
    double[][][] anchor = copy(mirror);
    double[][] biases = copy(new double[][][] {oracle.b})[0];
    for (int n = 0; n < INNER; n++) {
      double[][][] gradient = new double[mirror.length][][];
      double[][][] inBiases = new double[mirror.length][][];
      for (int l = 0; l < mirror.length; l++) {
        gradient[l] = TrainingOracle.differences(oracle.w[l], STEP, oracle::meanLossOfNetwork);
        inBiases[l] = TrainingOracle.differences(new double[][] {oracle.b[l]}, STEP, oracle::meanLossOfNetwork);
      }
      for (int l = 0; l < mirror.length; l++) {
        step(mirror[l], gradient[l], anchor[l]);
        step(new double[][] {oracle.b[l]}, inBiases[l], new double[][] {biases[l]});
      }
      shrink(oracle, mirror, kind);
    }
  }

  private static void step(double[][] x, double[][] gradient, double[][] anchor) {
    for (int r = 0; r < x.length; r++) {
      for (int c = 0; c < x[r].length; c++) {
        x[r][c] -= RATE * (gradient[r][c] + (x[r][c] - anchor[r][c]) / TAU);
      }
    }
  }

  private static void shrink(TrainingOracle oracle, double[][][] mirror, ParameterRegulariser.Kind kind) {
    for (int l = 0; l < mirror.length; l++) {
      double[][] shrunk = kind == ParameterRegulariser.Kind.L1 ? soft(mirror[l]) : nuclear(mirror[l]);
      for (int r = 0; r < shrunk.length; r++) {
        System.arraycopy(shrunk[r], 0, oracle.w[l][r], 0, shrunk[r].length);
      }
    }
  }

  private static double[][] soft(double[][] a) {
    double[][] out = copy(new double[][][] {a})[0];
    for (double[] row : out) {
      for (int c = 0; c < row.length; c++) {
        row[c] = Math.signum(row[c]) * Math.max(Math.abs(row[c]) - WEIGHT, 0);
      }
    }
    return out;
  }

  /**
   * A (½I + ½ sign(S)) - weight Q (½I + ½ sign(S)), where A = Q P is the polar decomposition and S = P - weight I: what
   * has singular values above the weight, less the weight.
   */
  private static double[][] nuclear(double[][] a) {
    if (a.length < a[0].length) {
      return transposed(nuclear(transposed(a)));
    }
    double[][] q = sign(a);
    double[][] p = times(transposed(q), a);
    double[][] s = copy(new double[][][] {p})[0];
    for (int i = 0; i < s.length; i++) {
      s[i][i] -= WEIGHT;
    }
    double[][] above = sign(s);
    for (int i = 0; i < s.length; i++) {
      for (int k = 0; k < s.length; k++) {
        above[i][k] = 0.5 * above[i][k] + (i == k ? 0.5 : 0);
      }
    }
    return times(times(q, s), above);
  }

  /** The orthogonal polar factor, X (3I - XᵀX) / 2 from X of norm at most 1; for a symmetric matrix its sign. */
  private static double[][] sign(double[][] a) {
    double norm = TrainingOracle.spectralNorm(a);
    double[][] x = copy(new double[][][] {a})[0];
    for (double[] row : x) {
      for (int c = 0; c < row.length; c++) {
        row[c] /= norm;
      }
    }
    for (int n = 0; n < 200; n++) {
      double[][] correction = times(transposed(x), x);
      for (int i = 0; i < correction.length; i++) {
        for (int k = 0; k < correction.length; k++) {
          correction[i][k] = (i == k ? 1.5 : 0) - 0.5 * correction[i][k];
        }
      }
      x = times(x, correction);
    }
    return x;
  }

  private static double[][] times(double[][] a, double[][] b) {
    double[][] c = new double[a.length][b[0].length];
    for (int i = 0; i < a.length; i++) {
      for (int k = 0; k < b.length; k++) {
        for (int j = 0; j < b[0].length; j++) {
          c[i][j] += a[i][k] * b[k][j];
        }
      }
    }
    return c;
  }

  private static double[][] transposed(double[][] a) {
    double[][] t = new double[a[0].length][a.length];
    for (int i = 0; i < a.length; i++) {
      for (int k = 0; k < a[0].length; k++) {
        t[k][i] = a[i][k];
      }
    }
    return t;
  }

  private static double[][][] copy(double[][][] a) {
    double[][][] out = new double[a.length][][];
    for (int l = 0; l < a.length; l++) {
      out[l] = new double[a[l].length][];
      for (int r = 0; r < a[l].length; r++) {
        out[l][r] = a[l][r].clone();
      }
    }
    return out;
  }
}

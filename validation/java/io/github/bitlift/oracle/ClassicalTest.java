package io.github.bitlift.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.lifting.ClassicalLifted;
import io.github.bitlift.lifting.Lifting;
import io.github.bitlift.lifting.LiftedBregman;
import io.github.bitlift.lifting.Strategy;
import io.github.bitlift.lifting.Variables;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.solver.AuxiliaryStart;
import io.github.bitlift.solver.BlockCoordinateDescent;
import io.github.bitlift.solver.Optimizer;
import io.github.bitlift.solver.ParameterRegulariser;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The known flaw of classical lifting (framework paper, section 4.1): what it learns is affine. */
class ClassicalTest {

  private static final Backend BACKEND = new CpuBackend(1, "plain");

  /**
   * The optimality condition in a layer is that of affine regression: at the least-squares solution, found by elimination
   * in binary64, the library's gradient vanishes, activation or not. That of lifted Bregman training doesn't.
   */
  @Test
  void optimalLayersAreAffineRegressions() {
    Problem problem = new Problem(new int[] {4, 3, 3, 2}, 12, Problem.Activation.RELU, 5);
    try (Parameters theta = problem.parameters(BACKEND);
        Variables variables = new Variables(BACKEND, problem.network(theta), problem.samples())) {
      variables.u().block(0).write(problem.pairs().inputs());
      variables.target().write(problem.pairs().targets());
      Random random = new Random(3);
      for (int j = 1; j <= problem.hidden(); j++) {
        float[] u = new float[Math.toIntExact(variables.u().block(j).size())];
        for (int i = 0; i < u.length; i++) {
          u[i] = (float) Math.max(0, random.nextGaussian());
        }
        variables.u().block(j).write(u);
      }
      TrainingOracle oracle = problem.oracle(theta, variables.u().blocks().subList(1, problem.hidden() + 1), problem.pairs());
      for (int l = 0; l < problem.hidden(); l++) {
        double[][] solution = regression(oracle.u[l], oracle.u[l + 1]);
        write(theta, l, solution);
      }
      assertThat(largestGradient(variables, new ClassicalLifted(variables, problem.mu()), problem)).isLessThan(1e-6);
      assertThat(largestGradient(variables, new LiftedBregman(variables, problem.mu()), problem)).isGreaterThan(1e-2);
    }
  }

  /** Trained on fewer samples than a layer has inputs, no unit is on the other branch; by lifted Bregman training many are. */
  @Test
  void trainingEndsWithAnAffineNetwork() {
    double[] classical = trained(Strategy.Kind.CLASSICAL);
    double[] bregman = trained(Strategy.Kind.BREGMAN);
    Figures.note("classical: least pre-activation", -classical[0]);
    Figures.note("classical: largest distance of u from v", classical[1]);
    assertThat(classical[1]).as("distance of u from v").isLessThan(1e-3);
    assertThat(classical[0]).as("least pre-activation").isGreaterThan(-1e-3);
    assertThat(bregman[0]).as("least pre-activation").isLessThan(-0.1);
  }

  /** The least pre-activation, and the largest distance of an auxiliary variable from its pre-activation. */
  private static double[] trained(Strategy.Kind kind) {
    Problem problem = new Problem(new int[] {6, 6, 6, 3}, 5, Problem.Activation.RELU, 9);
    Optimizer norms = new Optimizer(Optimizer.Kind.NESTEROV, 1, Optimizer.StepSize.NORMS, 0.9);
    try (Parameters theta = problem.parameters(BACKEND);
        BlockCoordinateDescent trainer = new BlockCoordinateDescent(BACKEND, problem.network(theta), theta, problem.pairs(),
            new BlockCoordinateDescent.Options(
                Strategy.of(kind), problem.mu(), norms, norms, ParameterRegulariser.NONE, AuxiliaryStart.FORWARD, 1))) {
      for (int t = 0; t < 3000; t++) {
        trainer.step();
      }
      TrainingOracle oracle = problem.oracle(theta, trainer.state());
      double least = 0;
      double distance = 0;
      for (int l = 0; l < oracle.hidden(); l++) {
        for (int i = 0; i < oracle.samples(); i++) {
          double[] v = oracle.affine(l, i);
          for (int r = 0; r < v.length; r++) {
            least = Math.min(least, v[r]);
            distance = Math.max(distance, Math.abs(v[r] - oracle.u[l + 1][i][r]));
          }
        }
      }
      return new double[] {least, distance};
    }
  }

  private static double largestGradient(Variables variables, Lifting lifting, Problem problem) {
    try (Program program = BACKEND.compile(lifting.parameterGradient())) {
      program.run();
    }
    double largest = 0;
    for (int l = 0; l < problem.hidden(); l++) {
      for (float value : variables.parameterGradient().perLayer().get(l).toArray()) {
        largest = Math.max(largest, Math.abs(value));
      }
    }
    return largest;
  }

  private static void write(Parameters theta, int l, double[][] solution) {
    int inputs = solution[0].length - 1;
    float[] w = new float[solution.length * inputs];
    float[] b = new float[solution.length];
    for (int r = 0; r < solution.length; r++) {
      for (int c = 0; c < inputs; c++) {
        w[r * inputs + c] = (float) solution[r][c];
      }
      b[r] = (float) solution[r][inputs];
    }
    theta.weight(l).write(w);
    theta.bias(l).write(b);
  }

  /** Rows (W, b) that minimise the squared distance of W x + b from y, by the normal equations. */
  private static double[][] regression(double[][] x, double[][] y) {
    int n = x[0].length + 1;
    int outputs = y[0].length;
    double[][] a = new double[n][n + outputs];
    for (int i = 0; i < x.length; i++) {
      double[] row = java.util.Arrays.copyOf(x[i], n);
      row[n - 1] = 1;
      for (int p = 0; p < n; p++) {
        for (int q = 0; q < n; q++) {
          a[p][q] += row[p] * row[q];
        }
        for (int q = 0; q < outputs; q++) {
          a[p][n + q] += row[p] * y[i][q];
        }
      }
    }
    eliminate(a);
    double[][] solution = new double[outputs][n];
    for (int p = 0; p < n; p++) {
      for (int q = 0; q < outputs; q++) {
        solution[q][p] = a[p][n + q];
      }
    }
    return solution;
  }

  /** Gauss and Jordan; the left part is positive definite. */
  private static void eliminate(double[][] a) {
    for (int p = 0; p < a.length; p++) {
      double pivot = a[p][p];
      for (int c = p; c < a[p].length; c++) {
        a[p][c] /= pivot;
      }
      for (int r = 0; r < a.length; r++) {
        double factor = r == p ? 0 : a[r][p];
        for (int c = p; c < a[r].length; c++) {
          a[r][c] -= factor * a[p][c];
        }
      }
    }
  }
}

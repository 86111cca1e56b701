package io.github.bitlift.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.network.Mlp;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.prox.Identity;
import io.github.bitlift.solver.AlternatingMinimisation;
import io.github.bitlift.solver.AuxiliaryStart;
import io.github.bitlift.solver.Residuals;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Exact block-coordinate descent against direct solutions in binary64: what each block ends at, and that it descends. */
class ExactDescentTest {

  /** Binary32 objectives, relative. */
  private static final double NOISE = 1e-6;
  private static final int INNER = 150;
  private static final double TOLERANCE = 3e-5;

  static List<Arguments> cases() {
    List<Arguments> cases = new ArrayList<>();
    for (Problem.Activation activation : Problem.Activation.values()) {
      for (Double penalty : new Double[] {null, 1.0}) {
        cases.add(Arguments.of(new Problem(new int[] {6, 5, 4, 6}, 40, activation, 51), penalty));
        cases.add(Arguments.of(new Problem(new int[] {5, 6, 5, 4, 3}, 30, activation, 52), penalty));
        cases.add(Arguments.of(new Problem(new int[] {4, 3, 4}, 25, activation, 53), penalty));
      }
    }
    return cases;
  }

  /** The last layer is least squares: the closed form at the z that the step began with. */
  @ParameterizedTest
  @MethodSource("cases")
  void theLastLayerIsTheDirectSolution(Problem problem, Double penalty) {
    try (Backend backend = new ReferenceBackend();
        Parameters theta = problem.parameters(backend);
        AlternatingMinimisation trainer = open(backend, problem, theta, penalty, INNER)) {
      TrainingOracle before = problem.oracle(theta, trainer.state());
      int last = before.hidden();
      double[][] expected = OracleLeastSquares.affine(before.u[last], before.x);
      trainer.step();
      double error = error(problem.oracle(theta, trainer.state()), last, expected);
      Figures.note("exact: last layer", error);
      assertThat(error).isLessThan(2e-5);
    }
  }

  /** With linear activations every layer is. */
  @ParameterizedTest
  @ValueSource(longs = {54, 55, 56})
  void everyLinearLayerIsTheDirectSolution(long seed) {
    Problem problem = new Problem(new int[] {6, 5, 4, 6}, 40, Problem.Activation.SOFT, seed);
    try (Backend backend = new CpuBackend(2);
        Parameters theta = problem.parameters(backend);
        AlternatingMinimisation trainer = new AlternatingMinimisation(
            backend, Mlp.of(theta, List.of(new Identity(), new Identity())), theta, problem.pairs(),
            new AlternatingMinimisation.Options(
                problem.mu(), AuxiliaryStart.GAUSSIAN, 5, INNER, TOLERANCE, 1.0))) {
      TrainingOracle before = problem.oracle(theta, trainer.state());
      trainer.step();
      TrainingOracle after = problem.oracle(theta, trainer.state());
      for (int l = 0; l < before.w.length; l++) {
        double[][] targets = l < before.hidden() ? before.u[l + 1] : before.x;
        double error = error(after, l, OracleLeastSquares.affine(before.u[l], targets));
        Figures.note("exact: linear layer", error);
        assertThat(error).as("layer %d", l).isLessThan(2e-5);
      }
    }
  }

  /** ADMM and accelerated gradients end at the minimiser that Newton's method finds. */
  @ParameterizedTest
  @ValueSource(doubles = {0, 0.3, 1, 4})
  void nonlinearLayersAreTheDirectSolution(double penalty) {
    for (long seed : new long[] {57}) {
      Problem problem = new Problem(new int[] {4, 5, 3, 4}, 60, Problem.Activation.TANH, seed);
      try (Backend backend = new ReferenceBackend();
          Parameters theta = problem.parameters(backend);
          AlternatingMinimisation trainer = open(backend, problem, theta, penalty == 0 ? null : penalty, 400)) {
        TrainingOracle before = problem.oracle(theta, trainer.state());
        inside(before, trainer);
        trainer.step();
        TrainingOracle after = problem.oracle(theta, trainer.state());
        for (int l = 0; l < before.hidden(); l++) {
          double[][] expected =
              OracleLeastSquares.bregman(before.u[l], before.u[l + 1], before.sigma[l], rows(before, l));
          double error = error(after, l, expected);
          Figures.note("exact: nonlinear layer, penalty " + penalty, error);
          assertThat(error).as("layer %d", l).isLessThan(1e-4);
        }
        Residuals residuals = trainer.residuals();
        assertThat(residuals.primal()).hasSize(penalty == 0 ? 0 : before.hidden());
        for (int l = 0; l < residuals.primal().length; l++) {
          assertThat(residuals.primal()[l]).isBetween(0.0, 1e-4);
          assertThat(residuals.dual()[l]).isBetween(0.0, 1e-4);
        }
      }
    }
  }

  /** Auxiliary variables well inside the range of tanh, where the problems in theta are strongly convex. */
  private static void inside(TrainingOracle oracle, AlternatingMinimisation trainer) {
    for (int j = 1; j <= oracle.hidden(); j++) {
      float[] values = trainer.state().get("auxiliary." + j).toArray();
      int width = oracle.u[j][0].length;
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (0.6 * Math.tanh(values[i]));
        oracle.u[j][i / width][i % width] = values[i];
      }
      trainer.state().get("auxiliary." + j).write(values);
    }
  }

  private static double[][] rows(TrainingOracle oracle, int l) {
    double[][] rows = new double[oracle.w[l].length][];
    for (int r = 0; r < rows.length; r++) {
      rows[r] = java.util.Arrays.copyOf(oracle.w[l][r], oracle.w[l][r].length + 1);
      rows[r][rows[r].length - 1] = oracle.b[l][r];
    }
    return rows;
  }

  private static double error(TrainingOracle actual, int l, double[][] expected) {
    double[][] rows = rows(actual, l);
    double worst = 0;
    for (int r = 0; r < rows.length; r++) {
      for (int c = 0; c < rows[r].length; c++) {
        double difference = Math.abs(rows[r][c] - expected[r][c]);
        worst = Math.max(worst, difference >= 0 ? difference : Double.POSITIVE_INFINITY);
      }
    }
    return worst;
  }

  /** The odd layers are stationary at the even ones before the step, the even ones at the end of it. */
  @ParameterizedTest
  @MethodSource("cases")
  void eachColourIsMinimisedGivenTheOther(Problem problem, Double penalty) {
    try (Backend backend = new CpuBackend(2);
        Parameters theta = problem.parameters(backend);
        AlternatingMinimisation trainer = open(backend, problem, theta, penalty, INNER)) {
      TrainingOracle before = problem.oracle(theta, trainer.state());
      trainer.step();
      TrainingOracle after = problem.oracle(theta, trainer.state());
      double[][][] between = after.u.clone();
      for (int j = 2; j < between.length; j += 2) {
        between[j] = before.u[j];
      }
      TrainingOracle middle = new TrainingOracle(after.w, after.b, between, after.x, after.mu, after.sigma);
      TrainingOracle early = new TrainingOracle(after.w, after.b, before.u, after.x, after.mu, after.sigma);
      for (int j = 1; j <= after.hidden(); j++) {
        double left = ResidualsTest.mapping(j % 2 == 1 ? middle : after, j);
        double atFirst = ResidualsTest.mapping(early, j);
        Figures.note("exact: stationarity of z (relative)", left / atFirst);
        assertThat(left).as("layer %d, at first %s", j, atFirst).isLessThan(1e-4 * atFirst);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theObjectiveNeverRises(Problem problem, Double penalty) {
    for (int inner : new int[] {5, 50}) {
      try (Backend backend = new CpuBackend(1);
          Parameters theta = problem.parameters(backend);
          AlternatingMinimisation trainer = open(backend, problem, theta, penalty, inner)) {
        double first = problem.oracle(theta, trainer.state()).objective();
        double before = first;
        for (int t = 0; t < 25; t++) {
          trainer.step();
          double after = problem.oracle(theta, trainer.state()).objective();
          assertThat(after).as("inner %d, step %d", inner, t).isLessThan(before * (1 + NOISE));
          before = after;
        }
        assertThat(before).isLessThan(first / 2);
      }
    }
  }

  /** A block at rest stays at rest: no step divides by nothing. */
  @Test
  void aSolvedProblemStaysSolved() {
    Problem problem = new Problem(new int[] {3, 3, 3}, 4, Problem.Activation.RELU, 59);
    try (Backend backend = new ReferenceBackend();
        Parameters theta = new Parameters(backend, 3, 3, 3);
        AlternatingMinimisation trainer = new AlternatingMinimisation(
            backend, problem.network(theta), theta,
            new io.github.bitlift.solver.Pairs(new float[12], new float[12], 4, 3, 3),
            new AlternatingMinimisation.Options(problem.mu(), AuxiliaryStart.FORWARD, 1, 10, 0, null))) {
      trainer.step();
      assertThat(theta.toArray()).containsOnly(0f);
      assertThat(trainer.objective().total()).isZero();
    }
  }

  private static AlternatingMinimisation open(
      Backend backend, Problem problem, Parameters theta, Double penalty, int inner) {
    return new AlternatingMinimisation(backend, problem.network(theta), theta, problem.pairs(),
        new AlternatingMinimisation.Options(
            problem.mu(), AuxiliaryStart.GAUSSIAN, 5, inner, TOLERANCE, penalty));
  }
}

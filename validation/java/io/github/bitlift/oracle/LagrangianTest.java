package io.github.bitlift.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.solver.AlternatingMinimisation;
import io.github.bitlift.solver.AuxiliaryStart;
import io.github.bitlift.solver.LagrangianPenalties;
import io.github.bitlift.solver.Trainer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Growing weights of the penalties against the formula with the oracle's penalties in binary64. */
class LagrangianTest {

  private static final double RATE = 3;

  @ParameterizedTest
  @EnumSource(Problem.Activation.class)
  void weightsGrowByTheMeanPenalty(Problem.Activation activation) {
    Problem problem = new Problem(new int[] {6, 5, 4, 6}, 20, activation, 95);
    try (Backend backend = new ReferenceBackend();
        Parameters theta = problem.parameters(backend);
        LagrangianPenalties trainer = open(backend, problem, theta, 1000, 2)) {
      float[] before = trainer.mu();
      for (int t = 1; t <= 8; t++) {
        trainer.step();
        if (t % 2 == 1) {
          assertThat(trainer.mu()).containsExactly(before);
          continue;
        }
        TrainingOracle oracle = problem.oracle(theta, trainer.state());
        for (int j = 0; j < before.length; j++) {
          double expected = before[j] + RATE * penalty(oracle, j);
          Figures.note("growing mu (relative)", Math.abs(trainer.mu()[j] - expected) / expected);
          assertThat(Math.abs(trainer.mu()[j] - expected)).as("layer %d, step %d", j, t)
              .isLessThan(1e-5 * expected);
        }
        assertThat(trainer.mu()).isNotEqualTo(before);
        before = trainer.mu();
      }
    }
  }

  /** (1/s) &Sigma; &Phi;(u) + &Phi;*(v) - &#9001;u, v&#9002; of a hidden layer, from 0. */
  private static double penalty(TrainingOracle oracle, int j) {
    double sum = 0;
    for (int i = 0; i < oracle.samples(); i++) {
      double[] v = oracle.affine(j, i);
      for (int c = 0; c < v.length; c++) {
        double u = oracle.u[j + 1][i][c];
        sum += u * u / 2 + oracle.sigma[j].psi(u) + oracle.sigma[j].conjugate(v[c]) - u * v[c];
      }
    }
    return sum / oracle.samples();
  }

  /** What the weights are for: layers end closer to their constraints. */
  @Test
  void violatesTheConstraintsLessThanFixedWeights() {
    Problem problem = new Problem(new int[] {6, 5, 4, 6}, 20, Problem.Activation.SOFT, 96);
    double grown = violation(problem, 1000);
    double fixed = violation(problem, 0.55);
    assertThat(grown).isLessThan(fixed / 2);
  }

  private static double violation(Problem problem, double most) {
    try (Backend backend = new ReferenceBackend();
        Parameters theta = problem.parameters(backend);
        LagrangianPenalties trainer = open(backend, problem, theta, most, 1)) {
      for (int t = 0; t < 30; t++) {
        trainer.step();
      }
      for (float mu : trainer.mu()) {
        assertThat((double) mu).isLessThanOrEqualTo((float) most);
      }
      TrainingOracle oracle = problem.oracle(theta, trainer.state());
      return penalty(oracle, 0) + penalty(oracle, 1);
    }
  }

  @Test
  void refusesWeightsBeyondTheBound() {
    Problem problem = new Problem(new int[] {6, 5, 4, 6}, 20, Problem.Activation.SOFT, 96);
    try (Backend backend = new ReferenceBackend();
        Parameters theta = problem.parameters(backend)) {
      assertThatThrownBy(() -> open(backend, problem, theta, 0.5, 1)).hasMessageContaining("above its bound 0.5");
    }
  }

  private static LagrangianPenalties open(
      Backend backend, Problem problem, Parameters theta, double most, int every) {
    return new LagrangianPenalties(backend, problem.mu(), new LagrangianPenalties.Options(RATE, most, every),
        mu -> trainer(backend, problem, theta, mu));
  }

  private static Trainer trainer(Backend backend, Problem problem, Parameters theta, float[] mu) {
    return new AlternatingMinimisation(backend, problem.network(theta), theta, problem.pairs(),
        new AlternatingMinimisation.Options(
            Arrays.copyOf(mu, mu.length), AuxiliaryStart.GAUSSIAN, 5, 40, 1e-3, null));
  }
}

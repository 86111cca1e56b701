package io.github.bitlift.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.solver.AuxiliaryStart;
import io.github.bitlift.solver.Optimizer;
import io.github.bitlift.solver.Residuals;
import io.github.bitlift.solver.Trainer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Residuals against finite differences of the oracle's objective in binary64; that of z with the oracle's own prox map. Errors
 * are relative to 1 + the residual, as a residual near 0 is what is left of numbers of size 1 in binary32.
 */
class ResidualsTest {

  private static final double STEP = 1e-6;
  private static final double BOUND = 3e-6;

  static List<Arguments> cases() {
    Optimizer adam = Optimizer.fixed(Optimizer.Kind.ADAM, 0.01);
    List<Arguments> cases = new ArrayList<>();
    for (Problem.Activation activation : Problem.Activation.values()) {
      Problem problem = new Problem(new int[] {6, 5, 4, 6}, 9, activation, 91);
      cases.add(Arguments.of(problem, Methods.coordinate(AuxiliaryStart.GAUSSIAN, adam, adam)));
      cases.add(Arguments.of(problem, Methods.exact(AuxiliaryStart.GAUSSIAN, null)));
      cases.add(Arguments.of(problem, Methods.exact(AuxiliaryStart.FORWARD, 1.0)));
      cases.add(Arguments.of(problem, Methods.implicit(adam, true)));
    }
    return cases;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void areThoseOfTheOracle(Problem problem, Methods.Method method) {
    try (Backend backend = new ReferenceBackend();
        Parameters theta = problem.parameters(backend);
        Trainer trainer = method.make().on(backend, problem.network(theta), theta, problem.pairs())) {
      for (int t = 0; t < 3; t++) {
        trainer.residuals();
        TrainingOracle oracle = problem.oracle(theta, trainer.state());
        compare(trainer.residuals(), withWeights(oracle));
        trainer.step();
      }
    }
  }

  /** {@link Methods} has weights of its own. */
  private static TrainingOracle withWeights(TrainingOracle oracle) {
    float[] weights = {0.4f, 0.55f, 0.7f};
    for (int j = 0; j < oracle.mu.length; j++) {
      oracle.mu[j] = weights[j];
    }
    return oracle;
  }

  private static void compare(Residuals residuals, TrainingOracle oracle) {
    for (int l = 0; l < oracle.w.length; l++) {
      double squared = squared(TrainingOracle.differences(oracle.w[l], STEP, oracle::smooth))
          + squared(TrainingOracle.differences(new double[][] {oracle.b[l]}, STEP, oracle::smooth));
      bounded("residual of theta", residuals.parameters()[l], Math.sqrt(squared));
    }
    assertThat(residuals.auxiliaries()).hasSize(oracle.hidden());
    for (int j = 1; j <= oracle.hidden(); j++) {
      bounded("residual of z", residuals.auxiliaries()[j - 1], mapping(oracle, j));
    }
  }

  /** The root of the mean over samples of the squared prox-gradient mapping with step 1/&mu;. */
  static double mapping(TrainingOracle oracle, int j) {
    double mu = oracle.mu[j - 1];
    double sum = 0;
    for (int i = 0; i < oracle.samples(); i++) {
      int sample = i;
      double[] u = oracle.u[j][i];
      double[] g = TrainingOracle.differences(new double[][] {u}, STEP, () -> oracle.smooth(sample))[0];
      for (int c = 0; c < u.length; c++) {
        double moved = oracle.sigma[j - 1].prox(u[c] - g[c] / mu, 1);
        sum += mu * mu * (u[c] - moved) * (u[c] - moved);
      }
    }
    return Math.sqrt(sum / oracle.samples());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void ofBackPropagationAreThatOfTheLoss(Problem problem) {
    try (Backend backend = new ReferenceBackend();
        Parameters theta = problem.parameters(backend);
        Trainer trainer = Methods.conventional(Optimizer.fixed(Optimizer.Kind.ADAM, 0.01), 1, 0)
            .make().on(backend, problem.network(theta), theta, problem.pairs())) {
      trainer.step();
      TrainingOracle oracle = problem.oracle(theta, null, problem.pairs());
      Residuals residuals = trainer.residuals();
      assertThat(residuals.auxiliaries()).isEmpty();
      for (int l = 0; l < oracle.w.length; l++) {
        double squared = squared(TrainingOracle.differences(oracle.w[l], STEP, oracle::meanLossOfNetwork))
            + squared(TrainingOracle.differences(new double[][] {oracle.b[l]}, STEP, oracle::meanLossOfNetwork));
        bounded("residual of back-propagation", residuals.parameters()[l], Math.sqrt(squared));
      }
    }
  }

  private static double squared(double[][] values) {
    double sum = 0;
    for (double[] row : values) {
      for (double value : row) {
        sum += value * value;
      }
    }
    return sum;
  }

  private static void bounded(String name, double actual, double expected) {
    double error = Math.abs(actual - expected) / (1 + expected);
    Figures.note(name, error);
    assertThat(error).as("%s: %s, expected %s", name, actual, expected).isLessThan(BOUND);
  }
}

package io.github.bitlift.oracle;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Buffer;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Update;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.lifting.Lifting;
import io.github.bitlift.lifting.Strategy;
import io.github.bitlift.lifting.Strategy.Kind;
import io.github.bitlift.lifting.Variables;
import io.github.bitlift.network.BlockVector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One pass over the auxiliary variables from last to first, each layer stepping with its successor already moved: against
 * steps with differences of the objective, one layer after the other.
 */
class BackwardPassTest {

  private static final double STEP = 1e-6;
  private static final float[] TAU = {0.3f, 0.2f, 0.25f};

  static List<Arguments> cases() {
    List<Arguments> cases = new ArrayList<>();
    for (Problem.Activation activation : Problem.Activation.values()) {
      for (Kind kind : List.of(Kind.MAC_QP, Kind.CLASSICAL, Kind.FENCHEL, Kind.CONTRASTIVE)) {
        if (kind != Kind.FENCHEL || activation == Problem.Activation.RELU) {
          cases.add(Arguments.of(kind, new Problem(new int[] {6, 5, 4, 6}, 5, activation, 51)));
          cases.add(Arguments.of(kind, new Problem(new int[] {8, 8, 8, 8, 8}, 12, activation, 52)));
        }
      }
    }
    return cases;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyLayerStepsAfterItsSuccessor(Kind kind, Problem problem) {
    try (Backend backend = new CpuBackend(2)) {
      GradientTest.on(() -> backend, problem,
          variables -> new Strategy(kind, null, 1).on(backend, variables, problem.mu()),
          (setup, lifting) -> follow(backend, setup, lifting, kind));
    }
  }

  private static void follow(Backend backend, GradientTest.Setup setup, Lifting lifting, Kind kind) {
    TrainingOracle oracle = setup.oracle();
    Variables variables = setup.variables();
    int hidden = oracle.hidden();
    int[] widths = Arrays.copyOfRange(variables.network().widths(), 1, hidden + 1);
    BlockVector preactivation = BlockVector.allocate(backend, oracle.samples(), widths);
    try (Buffer coefficients = backend.allocate(3L * hidden)) {
      setup.run(lifting.backwardPass(steps(variables, lifting, coefficients, hidden), preactivation.blocks()));
    }
    preactivation.block(0).buffer().close();
    boolean contrastive = kind == Kind.CONTRASTIVE;
    StrategyOracle model = new StrategyOracle(
        oracle, contrastive ? StrategyOracle.Penalty.CLASSICAL : StrategyOracle.Penalty.valueOf(kind.name()));
    for (int j = hidden; j >= 1; j--) {
      move(model, j, kind != Kind.MAC_QP, true);
    }
    compare(lifting.auxiliaries().subList(0, hidden), oracle, kind + " backward pass");
    if (contrastive) {
      for (int j = hidden; j >= 1; j--) {
        move(model, j, true, false);
      }
      compare(lifting.auxiliaries().subList(hidden, 2 * hidden), oracle, "backward pass of the free energy");
    }
  }

  private static List<Update.Step> steps(Variables variables, Lifting lifting, Buffer coefficients, int hidden) {
    List<Update.Step> steps = new ArrayList<>();
    for (int j = 0; j < hidden; j++) {
      coefficients.write(3L * j, TAU, j, 1);
      steps.add(new Update.Step(
          new Update.Gradient(), variables.u().block(j + 1), null, null, null,
          new Matrix(coefficients, 3L * j, 1, 3), null, lifting.proximal(j, true)));
    }
    return steps;
  }

  /** A step on u_j; without the data term, the last layer's is its minimiser. */
  private static void move(StrategyOracle strategy, int j, boolean ridge, boolean data) {
    TrainingOracle oracle = strategy.model();
    OracleActivation sigma = oracle.sigma[j - 1];
    double mu = oracle.mu[j - 1];
    double tau = TAU[j - 1];
    double t = tau * mu;
    for (int i = 0; i < oracle.samples(); i++) {
      int sample = i;
      double[] u = oracle.u[j][i];
      double[] gradient = TrainingOracle.differences(new double[][] {u}, STEP,
          () -> data ? strategy.smooth(sample) : strategy.smoothPenalties(sample))[0];
      double[] v = oracle.affine(j - 1, i);
      for (int r = 0; r < u.length; r++) {
        if (!data && j == oracle.hidden()) {
          u[r] = sigma.sigma(v[r]);
        } else if (ridge) {
          u[r] = sigma.prox((u[r] - tau * (gradient[r] - mu * u[r])) / (1 + t), t / (1 + t));
        } else {
          u[r] -= tau * gradient[r];
        }
      }
    }
  }

  private static void compare(List<Matrix> actual, TrainingOracle oracle, String name) {
    for (int j = 1; j <= oracle.hidden(); j++) {
      GradientTest.bounded(name, Problem.error(actual.get(j - 1), oracle.u[j]));
    }
  }
}

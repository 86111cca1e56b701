package io.github.bitlift.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.solver.AuxiliaryStart;
import io.github.bitlift.solver.BlockCoordinateDescent;
import io.github.bitlift.solver.Optimizer;
import io.github.bitlift.solver.Optimizer.Kind;
import io.github.bitlift.solver.Optimizer.StepSize;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Step sizes by backtracking and from norms: what they promise, judged by the oracle. */
class StepSizeTest {

  /** Relative noise of G in binary32, as the library's own bound allows, plus that of the differences taken here. */
  private static final double NOISE = 3e-6;

  private static final Optimizer BACKTRACKING =
      new Optimizer(Kind.PROXIMAL_GRADIENT, 3, StepSize.BACKTRACKING, 0);
  private static final Optimizer NORMS = new Optimizer(Kind.PROXIMAL_GRADIENT, 1, StepSize.NORMS, 0);

  static List<Problem> problems() {
    List<Problem> problems = new ArrayList<>();
    for (Problem.Activation activation : Problem.Activation.values()) {
      problems.add(new Problem(new int[] {8, 8, 8, 8, 8}, 12, activation, 81));
      problems.add(new Problem(new int[] {6, 5, 4, 6}, 5, activation, 82));
    }
    return problems;
  }

  @ParameterizedTest
  @MethodSource("problems")
  void backtrackingKeepsTheUpperBoundAndDescends(Problem problem) {
    for (Backend backend : List.of(new ReferenceBackend(), new CpuBackend(2))) {
      try (backend;
          Parameters theta = problem.parameters(backend);
          BlockCoordinateDescent trainer = open(backend, problem, theta, BACKTRACKING, AuxiliaryStart.GAUSSIAN)) {
        for (int t = 0; t < 20; t++) {
          TrainingOracle before = problem.oracle(theta, trainer.state());
          trainer.step();
          TrainingOracle after = problem.oracle(theta, trainer.state());
          assertBound(before, after, tau(trainer.state(), "parameters"), tau(trainer.state(), "auxiliaries"));
          assertThat(after.objective()).as("objective after step %d", t)
              .isLessThan(before.objective() * (1 + NOISE));
        }
      }
    }
  }

  private static double tau(Map<String, Matrix> state, String block) {
    return state.get(block + ".coefficients").toArray()[0];
  }

  /** G(x+) &le; G(x) + &#9001;&nabla;G(x), x+ - x&#9002; + &#8214;x+ - x&#8214;&sup2;/(2&tau;) for both blocks. */
  private static void assertBound(TrainingOracle before, TrainingOracle after, double thetaTau, double zTau) {
    TrainingOracle middle = new TrainingOracle(after.w, after.b, before.u, before.x, before.mu, before.sigma);
    double bound = before.smooth();
    for (int l = 0; l < before.w.length; l++) {
      double[][] g = before.gradientOfLayer(l);
      for (int r = 0; r < g.length; r++) {
        for (int c = 0; c < g[r].length; c++) {
          boolean bias = c == g[r].length - 1;
          double moved = bias ? after.b[l][r] - before.b[l][r] : after.w[l][r][c] - before.w[l][r][c];
          bound += g[r][c] * moved + moved * moved / (2 * thetaTau);
        }
      }
    }
    assertThat(middle.smooth()).as("theta, tau %s", thetaTau)
        .isLessThanOrEqualTo(bound + NOISE * before.objective());
    bound = middle.smooth() * middle.samples();
    for (int j = 1; j <= middle.hidden(); j++) {
      double[][] g = middle.gradientOfAuxiliary(j);
      for (int i = 0; i < g.length; i++) {
        for (int c = 0; c < g[i].length; c++) {
          double moved = after.u[j][i][c] - middle.u[j][i][c];
          bound += g[i][c] * moved + moved * moved / (2 * zTau);
        }
      }
    }
    assertThat(after.smooth() * after.samples()).as("z, tau %s", zTau)
        .isLessThanOrEqualTo(bound + NOISE * middle.objective() * middle.samples());
  }

  @ParameterizedTest
  @MethodSource("problems")
  void stepSizesAreThoseOfTheNorms(Problem problem) {
    try (Backend backend = new ReferenceBackend();
        Parameters theta = problem.parameters(backend);
        BlockCoordinateDescent trainer = open(backend, problem, theta, NORMS, AuxiliaryStart.GAUSSIAN)) {
      TrainingOracle before = problem.oracle(theta, trainer.state());
      trainer.step();
      TrainingOracle after = problem.oracle(theta, trainer.state());
      float[] thetaSteps = trainer.state().get("parameters.coefficients").toArray();
      float[] zSteps = trainer.state().get("auxiliaries.coefficients").toArray();
      for (int l = 0; l < before.w.length; l++) {
        double norm = TrainingOracle.spectralNorm(before.u[l]);
        double weight = l < before.hidden() ? before.mu[l] : 1;
        double lipschitz = weight * (norm * norm / before.samples() + 1);
        assertStep("theta step (relative, above)", thetaSteps[3 * l], 1.99 / lipschitz);
      }
      for (int j = 0; j < after.hidden(); j++) {
        // Neighbouring layers move together: each takes half of a penalty's coupling. K couples to nothing.
        double norm = TrainingOracle.spectralNorm(after.w[j + 1]);
        double successor = j + 1 < after.hidden() ? 2 * after.mu[j + 1] : 1;
        double lipschitz = 2 * after.mu[j] + successor * norm * norm;
        assertStep("z step (relative, above)", zSteps[3 * j], 1.99 / lipschitz);
      }
      OracleDescent descent =
          new OracleDescent(before, OracleDescent.Rule.PLAIN, 0, 0, 0);
      descent.theta(everyThird(thetaSteps));
      descent.auxiliary(everyThird(zSteps));
      assertThat(Problem.parameterError(theta, before)).isLessThan(2e-6);
      assertThat(Problem.auxiliaryError(trainer.state(), before)).isLessThan(2e-6);
      assertThat(after.objective()).isCloseTo(before.objective(), within(1e-5));
    }
  }

  /** Power iterations estimate a norm from below, so a step may be a little too long; 30 bring it within a tenth. */
  private static void assertStep(String name, double actual, double expected) {
    Figures.note(name, actual / expected - 1);
    assertThat(actual).isBetween(expected * (1 - 1e-6), expected * 1.1);
  }

  private static double[] everyThird(float[] coefficients) {
    double[] steps = new double[coefficients.length / 3];
    for (int i = 0; i < steps.length; i++) {
      steps[i] = coefficients[3 * i];
    }
    return steps;
  }

  @ParameterizedTest
  @MethodSource("problems")
  void stepsFromNormsDescend(Problem problem) {
    for (AuxiliaryStart start : List.of(AuxiliaryStart.FORWARD, AuxiliaryStart.GAUSSIAN)) {
      try (Backend backend = new ReferenceBackend();
          Parameters theta = problem.parameters(backend);
          BlockCoordinateDescent trainer = open(backend, problem, theta, NORMS, start)) {
        double before = trainer.objective().total();
        for (int t = 0; t < 100; t++) {
          trainer.step();
          double after = trainer.objective().total();
          assertThat(after).as("%s, step %d", start, t).isLessThan(before * (1 + NOISE));
          before = after;
        }
      }
    }
  }

  /** Momentum isn't monotone, but doesn't diverge with step sizes from norms either. */
  @ParameterizedTest
  @EnumSource(value = Kind.class, names = {"HEAVY_BALL", "NESTEROV"})
  void momentumWithStepsFromNormsConverges(Kind kind) {
    for (double momentum : new double[] {0, 0.5, 0.9}) {
      Optimizer optimizer = new Optimizer(kind, 1, StepSize.NORMS, momentum);
      for (Problem problem : problems()) {
        try (Backend backend = new ReferenceBackend();
            Parameters theta = problem.parameters(backend);
            BlockCoordinateDescent trainer = open(backend, problem, theta, optimizer, AuxiliaryStart.FORWARD)) {
          double before = trainer.objective().total();
          for (int t = 0; t < 200; t++) {
            trainer.step();
          }
          assertThat(trainer.objective().total()).as("%s, momentum %s", problem, momentum).isLessThan(before / 4);
        }
      }
    }
  }

  private static BlockCoordinateDescent open(
      Backend backend, Problem problem, Parameters theta, Optimizer optimizer, AuxiliaryStart start) {
    return new BlockCoordinateDescent(backend, problem.network(theta), theta, problem.pairs(),
        new BlockCoordinateDescent.Options(problem.mu(), optimizer, optimizer, start, 5));
  }
}

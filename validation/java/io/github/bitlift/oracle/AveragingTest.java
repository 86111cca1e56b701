package io.github.bitlift.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.solver.Batches;
import io.github.bitlift.solver.ImplicitStochasticGradient;
import io.github.bitlift.solver.Optimizer;
import io.github.bitlift.solver.ParameterAveraging;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Parameter averaging against a plain loop in binary64: every batch from the same &theta;, then the mean. As in {@link
 * ImplicitTest} the matrices' norms are easy to find.
 */
class AveragingTest {

  private static final double BOUND = 1e-5;
  private static final double TAU = 2.5;
  private static final double RELAXATION = 1.3;
  private static final int INNER = 3;
  private static final int BATCH = 4;

  static Stream<Problem> problems() {
    return Stream.of(Problem.Activation.values())
        .map(activation -> new Problem(new int[] {6, 5, 4, 6}, 12, activation, 43, 0.7));
  }

  @ParameterizedTest
  @MethodSource("problems")
  void followsThePlainLoop(Problem problem) {
    for (Backend backend : List.of(new ReferenceBackend(), new CpuBackend(2))) {
      try (backend;
          Parameters theta = problem.parameters(backend);
          ParameterAveraging trainer = open(backend, problem, theta, Optimizer.Kind.PROXIMAL_GRADIENT)) {
        TrainingOracle mean = problem.oracle(theta, null, problem.pairs());
        for (int k = 0; k < 3; k++) {
          mean = epoch(backend, problem, k, mean);
          trainer.step();
          double error = Problem.parameterError(theta, mean);
          Figures.note("averaging theta after epoch " + k, error);
          assertThat(error).as("theta after epoch %d", k).isLessThan(BOUND);
        }
        assertThat(trainer.steps()).isEqualTo(3);
      }
    }
  }

  /** &theta;<sup>k+1</sup> = (1/m) &Sigma;<sub>p</sub> &theta;<sub>p</sub>. */
  private static TrainingOracle epoch(Backend backend, Problem problem, int k, TrainingOracle start) {
    Batches batches = new Batches(problem.pairs(), BATCH, 77);
    int m = batches.perEpoch();
    TrainingOracle mean = scaled(start, 0);
    for (int p = 0; p < m; p++) {
      TrainingOracle own = ImplicitTest.onBatch(backend, problem, batches, k * m + p, scaled(start, 1));
      OracleImplicit.step(own, INNER, RELAXATION, TAU);
      for (int l = 0; l < mean.w.length; l++) {
        for (int r = 0; r < mean.w[l].length; r++) {
          mean.b[l][r] += own.b[l][r] / m;
          for (int c = 0; c < mean.w[l][r].length; c++) {
            mean.w[l][r][c] += own.w[l][r][c] / m;
          }
        }
      }
    }
    return mean;
  }

  private static TrainingOracle scaled(TrainingOracle model, double factor) {
    double[][][] w = new double[model.w.length][][];
    double[][] b = new double[model.b.length][];
    for (int l = 0; l < w.length; l++) {
      w[l] = new double[model.w[l].length][];
      b[l] = java.util.Arrays.stream(model.b[l]).map(value -> factor * value).toArray();
      for (int r = 0; r < w[l].length; r++) {
        w[l][r] = java.util.Arrays.stream(model.w[l][r]).map(value -> factor * value).toArray();
      }
    }
    return new TrainingOracle(w, b, model.u, model.x, model.mu, model.sigma);
  }

  @Test
  void refusesMomentsThatWouldTieBatchesTogether() {
    Problem problem = problems().findFirst().orElseThrow();
    try (Backend backend = new ReferenceBackend();
        Parameters theta = problem.parameters(backend)) {
      assertThatThrownBy(() -> open(backend, problem, theta, Optimizer.Kind.NESTEROV))
          .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("proximal-gradient");
    }
  }

  private static ParameterAveraging open(
      Backend backend, Problem problem, Parameters theta, Optimizer.Kind kind) {
    return new ParameterAveraging(backend, problem.network(theta), theta, new Batches(problem.pairs(), BATCH, 77),
        new ImplicitStochasticGradient.Options(
            problem.mu(), new Optimizer(kind, 0.1, Optimizer.StepSize.NORMS, 0.9), INNER, TAU, RELAXATION));
  }
}

package io.github.bitlift.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Buffer;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.solver.Batches;
import io.github.bitlift.solver.ImplicitStochasticGradient;
import io.github.bitlift.solver.Optimizer;
import io.github.bitlift.solver.Pairs;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The implicit stochastic gradient method with step sizes from norms against the oracle, batch by batch.
 *
 * <p>The oracle's norms are exact, the library's come from 4 power iterations (30 for the first batch's weights)
 * that go on from the last ones. Problems whose matrices have one singular value far above the others make those converge, and the
 * comparison sharp. A bound of 1e-5 leaves room for 12 inner
 * iterations of binary32.
 */
class ImplicitTest {

  private static final double BOUND = 1e-5;
  private static final double TAU = 2.5;
  private static final double RELAXATION = 1.3;

  static List<Arguments> cases() {
    List<Arguments> cases = new ArrayList<>();
    for (Problem.Activation activation : Problem.Activation.values()) {
      for (int inner : new int[] {1, 4}) {
        for (int batch : new int[] {4, 12}) {
          cases.add(Arguments.of(new Problem(new int[] {6, 5, 4, 6}, 12, activation, 41, 0.7), inner, batch));
          cases.add(Arguments.of(new Problem(new int[] {8, 8, 8, 8, 8}, 12, activation, 42, 0.7), inner, batch));
        }
      }
    }
    return cases;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void referenceFollowsTheOracle(Problem problem, int inner, int batch) {
    try (Backend backend = new ReferenceBackend()) {
      follow(backend, problem, inner, batch);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void processorFollowsTheOracle(Problem problem, int inner, int batch) {
    try (Backend backend = new CpuBackend(2)) {
      follow(backend, problem, inner, batch);
    }
  }

  private static void follow(Backend backend, Problem problem, int inner, int batch) {
    Batches batches = new Batches(problem.pairs(), batch, 77);
    try (Parameters theta = problem.parameters(backend);
        ImplicitStochasticGradient trainer = new ImplicitStochasticGradient(
            backend, problem.network(theta), theta, new Batches(problem.pairs(), batch, 77),
            new ImplicitStochasticGradient.Options(
                problem.mu(),
                new Optimizer(Optimizer.Kind.PROXIMAL_GRADIENT, 0.1, Optimizer.StepSize.NORMS, 0.9),
                inner, TAU, RELAXATION))) {
      TrainingOracle oracle = problem.oracle(theta, null, problem.pairs());
      for (int k = 0; k < 3; k++) {
        oracle = onBatch(backend, problem, batches, k, oracle);
        if (k == 0) {
          double loss = oracle.meanLossOfNetwork();
          assertThat(Math.abs(trainer.objective().total() - loss)).isLessThan(1e-5 * loss);
        }
        OracleImplicit.step(oracle, inner, RELAXATION, TAU);
        trainer.step();
        double parameters = Problem.parameterError(theta, oracle);
        double auxiliaries = Problem.auxiliaryError(trainer.state(), oracle);
        double objective = Math.abs(trainer.objective().total() - oracle.objective()) / oracle.objective();
        Figures.note("implicit theta after batch " + k, parameters);
        Figures.note("implicit z after batch " + k, auxiliaries);
        Figures.note("implicit objective after batch " + k + " (relative)", objective);
        assertThat(parameters).as("theta after batch %d", k).isLessThan(BOUND);
        assertThat(auxiliaries).as("z after batch %d", k).isLessThan(BOUND);
        assertThat(objective).as("objective after batch %d", k).isLessThan(BOUND);
      }
    }
  }

  /** The oracle's present parameters on the library's choice of pairs for batch k. */
  static TrainingOracle onBatch(
      Backend backend, Problem problem, Batches batches, int k, TrainingOracle oracle) {
    int in = problem.widths()[0];
    int out = problem.widths()[problem.widths().length - 1];
    try (Buffer inputs = backend.allocate((long) batches.size() * in);
        Buffer targets = backend.allocate((long) batches.size() * out)) {
      Matrix y = Matrix.of(inputs, batches.size(), in);
      Matrix x = Matrix.of(targets, batches.size(), out);
      batches.load(k, y, x);
      Pairs pairs = new Pairs(y.toArray(), x.toArray(), batches.size(), in, out);
      try (Parameters any = problem.parameters(backend)) {
        TrainingOracle fresh = problem.oracle(any, null, pairs);
        return new TrainingOracle(oracle.w, oracle.b, fresh.u, fresh.x, oracle.mu, oracle.sigma);
      }
    }
  }
}

package io.github.bitlift.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.solver.AuxiliaryStart;
import io.github.bitlift.solver.BlockCoordinateDescent;
import io.github.bitlift.solver.Optimizer;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Block-coordinate descent with fixed steps against the oracle, from the same point, over 20 steps.
 *
 * <p>Binary32 has a relative rounding of 6e-8; a dot product here has 4 to 8 summands, an objective some hundred in
 * binary64, and 20 steps add up to about 1e-6. Adam divides a gradient by its own size, so where a gradient cancels to
 * a small remainder it passes the rounding on at the scale of the learning rate: its bounds are ten times wider.
 */
class DescentTest {

  private static final double OBJECTIVE = 1e-6;
  private static final double VARIABLES = 2e-6;
  private static final int STEPS = 20;

  static List<Arguments> cases() {
    List<Arguments> cases = new ArrayList<>();
    for (Problem.Activation activation : Problem.Activation.values()) {
      for (Optimizer.Kind kind : Optimizer.Kind.values()) {
        cases.add(Arguments.of(new Problem(new int[] {6, 5, 4, 6}, 5, activation, 21), kind, AuxiliaryStart.GAUSSIAN));
        cases.add(Arguments.of(new Problem(new int[] {8, 8, 8, 8, 8}, 12, activation, 22), kind, AuxiliaryStart.GAUSSIAN));
        if (kind != Optimizer.Kind.ADAM) {
          // All residuals start at exactly 0 in binary32, at rounding in the oracle: Adam would blow that up.
          cases.add(Arguments.of(new Problem(new int[] {8, 8, 8, 8, 8}, 9, activation, 23), kind, AuxiliaryStart.FORWARD));
        }
        cases.add(Arguments.of(new Problem(new int[] {8, 8, 8, 8, 8}, 9, activation, 24), kind, AuxiliaryStart.INPUT));
      }
    }
    return cases;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void referenceFollowsTheOracle(Problem problem, Optimizer.Kind kind, AuxiliaryStart start) {
    try (Backend backend = new ReferenceBackend()) {
      follow(backend, problem, kind, start);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void processorFollowsTheOracle(Problem problem, Optimizer.Kind kind, AuxiliaryStart start) {
    try (Backend backend = new CpuBackend(2)) {
      follow(backend, problem, kind, start);
    }
  }

  private static void follow(Backend backend, Problem problem, Optimizer.Kind kind, AuxiliaryStart start) {
    double slack = kind == Optimizer.Kind.ADAM ? 10 : 1;
    double momentum = 0.8;
    double thetaRate = kind == Optimizer.Kind.ADAM ? 0.01 : 0.05;
    double rate = kind == Optimizer.Kind.ADAM ? 0.02 : 0.1;
    try (Parameters theta = problem.parameters(backend);
        BlockCoordinateDescent trainer = new BlockCoordinateDescent(backend, problem.network(theta), theta,
            problem.pairs(),
            new BlockCoordinateDescent.Options(
                problem.mu(),
                new Optimizer(kind, thetaRate, Optimizer.StepSize.FIXED, momentum),
                new Optimizer(kind, rate, Optimizer.StepSize.FIXED, momentum),
                start, 5))) {
      TrainingOracle oracle = problem.oracle(theta, trainer.state());
      OracleDescent descent =
          new OracleDescent(oracle, OracleDescent.Rule.of(kind), momentum, thetaRate, rate);
      double objective = error(trainer, oracle);
      for (int t = 0; t < STEPS; t++) {
        trainer.step();
        descent.step();
        objective = Math.max(objective, error(trainer, oracle));
      }
      double parameters = Problem.parameterError(theta, oracle);
      double auxiliaries = Problem.auxiliaryError(trainer.state(), oracle);
      Figures.note("descent " + kind + " objective (relative)", objective);
      Figures.note("descent " + kind + " theta", parameters);
      Figures.note("descent " + kind + " z", auxiliaries);
      assertThat(objective).as("objective, relative").isLessThan(OBJECTIVE * slack);
      assertThat(parameters).as("theta").isLessThan(VARIABLES * slack);
      assertThat(auxiliaries).as("z").isLessThan(VARIABLES * slack);
      assertThat(trainer.objective().total()).isCloseTo(oracle.objective(), Percentage.withPercentage(0.01));
      assertThat(trainer.objective().data()).isCloseTo(loss(oracle), within(1e-5));
    }
  }

  private static double error(BlockCoordinateDescent trainer, TrainingOracle oracle) {
    double expected = oracle.objective();
    double error = Math.abs(trainer.objective().total() - expected) / expected;
    return error >= 0 ? error : Double.POSITIVE_INFINITY;
  }

  private static double loss(TrainingOracle oracle) {
    double sum = 0;
    for (int i = 0; i < oracle.samples(); i++) {
      sum += oracle.loss(i);
    }
    return sum / oracle.samples();
  }
}

package io.github.bitlift.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Buffer;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.backend.Update;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.lifting.BackPropagation;
import io.github.bitlift.lifting.Lifting;
import io.github.bitlift.lifting.LiftedBregman;
import io.github.bitlift.lifting.Variables;
import io.github.bitlift.network.Parameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.function.IntToDoubleFunction;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Gradients and objectives of the strategies against finite differences of the oracle's objective: central
 * differences with step 1e-6 are good to about 1e-9 in binary64, so the bounds are those of a few binary32 roundings
 * of numbers of size 1.
 */
class GradientTest {

  private static final double STEP = 1e-6;
  private static final double BOUND = 2e-6;

  static List<Arguments> cases() {
    List<Supplier<Backend>> backends = List.of(
        ReferenceBackend::new, () -> new CpuBackend(1, "plain"), () -> new CpuBackend(2));
    List<Arguments> cases = new ArrayList<>();
    for (Supplier<Backend> backend : backends) {
      for (Problem.Activation activation : Problem.Activation.values()) {
        cases.add(Arguments.of(backend, new Problem(new int[] {6, 5, 4, 6}, 5, activation, 31)));
        cases.add(Arguments.of(backend, new Problem(new int[] {8, 8, 8, 8, 8}, 12, activation, 32)));
        cases.add(Arguments.of(backend, new Problem(new int[] {3, 1, 17, 2}, 1, activation, 33)));
      }
    }
    return cases;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void liftedGradientInParameters(Supplier<Backend> make, Problem problem) {
    on(make, problem, variables -> new LiftedBregman(variables, problem.mu()), (setup, lifting) -> {
      setup.run(lifting.parameterGradient());
      setup.compareParameterGradient("lifted theta gradient", setup.oracle::smooth);
    });
  }

  @ParameterizedTest
  @MethodSource("cases")
  void liftedGradientInAuxiliaryVariables(Supplier<Backend> make, Problem problem) {
    on(make, problem, variables -> new LiftedBregman(variables, problem.mu()), (setup, lifting) -> {
      setup.run(lifting.auxiliaryStep(List.of()));
      setup.compareAuxiliaryGradient("lifted z gradient", setup.oracle::smooth);
    });
  }

  /** Steps of size 1 without a proximal part: what they end with is u minus the gradient, which is kept nowhere. */
  @ParameterizedTest
  @MethodSource("cases")
  void liftedStepsTakeTheGradientAtOnce(Supplier<Backend> make, Problem problem) {
    on(make, problem, variables -> new LiftedBregman(variables, problem.mu()), (setup, lifting) -> {
      Buffer one = setup.backend.allocate(3);
      one.write(0, new float[] {1f, 1f, 1f}, 0, 3);
      List<Update.Step> steps = new ArrayList<>();
      List<double[][]> expected = new ArrayList<>();
      for (int j = 1; j <= setup.oracle.hidden(); j++) {
        steps.add(new Update.Step(new Update.Gradient(), setup.variables.u().block(j), null, null, null,
            Matrix.of(one, 1, 3), null, null));
        double[][] stepped = setup.auxiliaryGradient(j, setup.oracle::smooth);
        for (int i = 0; i < stepped.length; i++) {
          for (int k = 0; k < stepped[i].length; k++) {
            stepped[i][k] = setup.oracle.u[j][i][k] - stepped[i][k];
          }
        }
        expected.add(stepped);
      }
      List<Operation> operations = lifting.auxiliaryStep(steps);
      assertThat(((Product) operations.get(1)).rows()).hasSameSizeAs(steps).allMatch(row -> row.out() == null);
      setup.run(operations);
      for (int j = 1; j <= setup.oracle.hidden(); j++) {
        bounded("lifted z step", Problem.error(setup.variables.u().block(j), expected.get(j - 1)));
      }
      one.close();
    });
  }

  @ParameterizedTest
  @MethodSource("cases")
  void liftedObjective(Supplier<Backend> make, Problem problem) {
    on(make, problem, variables -> new LiftedBregman(variables, problem.mu()), (setup, lifting) -> {
      double total = setup.evaluate(lifting);
      bounded("lifted objective (relative)", Math.abs(total - setup.oracle.objective()) / total);
    });
  }

  @ParameterizedTest
  @MethodSource("cases")
  void backPropagatedGradientAndLoss(Supplier<Backend> make, Problem problem) {
    on(make, problem, BackPropagation::new, (setup, lifting) -> {
      double total = setup.evaluate(lifting);
      double expected = setup.oracle.meanLossOfNetwork();
      bounded("back-propagation loss (relative)", Math.abs(total - expected) / expected);
      setup.run(lifting.parameterGradient());
      setup.compareParameterGradient("back-propagated gradient", setup.oracle::meanLossOfNetwork);
    });
  }

  /** What is checked on a strategy. */
  interface Check {
    void on(Setup setup, Lifting lifting);
  }

  /** Runs a check on a problem with random auxiliary variables. */
  static void on(
      Supplier<Backend> make, Problem problem, Function<Variables, Lifting> strategy, Check check) {
    try (Backend backend = make.get();
        Parameters theta = problem.parameters(backend);
        Variables variables = new Variables(backend, problem.network(theta), problem.samples())) {
      variables.u().block(0).write(problem.pairs().inputs());
      variables.target().write(problem.pairs().targets());
      Random random = new Random(9);
      for (int j = 1; j <= problem.hidden(); j++) {
        float[] values = new float[Math.toIntExact(variables.u().block(j).size())];
        for (int i = 0; i < values.length; i++) {
          double value = 0.9 * Math.tanh(random.nextGaussian());
          values[i] = (float) (problem.activation() == Problem.Activation.RELU ? Math.abs(value) : value);
        }
        variables.u().block(j).write(values);
      }
      TrainingOracle oracle =
          problem.oracle(theta, variables.u().blocks().subList(1, problem.hidden() + 1), problem.pairs());
      try (Lifting lifting = strategy.apply(variables)) {
        check.on(new Setup(backend, variables, oracle), lifting);
      }
    }
  }

  static void bounded(String name, double error) {
    Figures.note(name, error);
    assertThat(error).as(name).isLessThan(BOUND);
  }

  /** A strategy's variables beside the oracle's. */
  record Setup(Backend backend, Variables variables, TrainingOracle oracle) {

    void run(List<Operation> operations) {
      try (Program program = backend.compile(operations)) {
        program.run();
      }
    }

    double evaluate(Lifting lifting) {
      try (Sums sums = backend.allocateSums(lifting.slots())) {
        run(lifting.evaluate(sums));
        return lifting.objective(sums).total();
      }
    }

    /** Against differences of each sample's own term. */
    void compareAuxiliaryGradient(String name, IntToDoubleFunction value) {
      for (int j = 1; j <= oracle.hidden(); j++) {
        bounded(name, Problem.error(variables.gradient().block(j - 1), auxiliaryGradient(j, value)));
      }
    }

    /** By finite differences of each sample's own smooth part. */
    double[][] auxiliaryGradient(int j, IntToDoubleFunction value) {
      double[][] gradient = new double[oracle.samples()][];
      for (int i = 0; i < oracle.samples(); i++) {
        int sample = i;
        gradient[i] = TrainingOracle.differences(
            new double[][] {oracle.u[j][i]}, STEP, () -> value.applyAsDouble(sample))[0];
      }
      return gradient;
    }

    void compareParameterGradient(String name, TrainingOracle.Value value) {
      Parameters gradient = variables.parameterGradient();
      for (int l = 0; l < oracle.w.length; l++) {
        bounded(name, Problem.error(gradient.weight(l), TrainingOracle.differences(oracle.w[l], STEP, value)));
        bounded(name, Problem.error(
            gradient.bias(l), TrainingOracle.differences(new double[][] {oracle.b[l]}, STEP, value)));
      }
    }
  }
}

package io.github.bitlift.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.lifting.Lifting;
import io.github.bitlift.lifting.Sparsity;
import io.github.bitlift.lifting.Strategy;
import io.github.bitlift.lifting.Strategy.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradients and objectives of the other strategies against finite differences, as in {@link GradientTest}. */
class StrategyGradientTest {

  private static final float ALPHA = 0.35f;

  static List<Arguments> cases() {
    List<Arguments> cases = new ArrayList<>();
    for (Supplier<Backend> backend : List.<Supplier<Backend>>of(ReferenceBackend::new, () -> new CpuBackend(2))) {
      for (StrategyOracle.Penalty penalty : StrategyOracle.Penalty.values()) {
        for (Problem.Activation activation : Problem.Activation.values()) {
          if (penalty != StrategyOracle.Penalty.FENCHEL || activation == Problem.Activation.RELU) {
            for (Problem problem : problems(activation)) {
              cases.add(Arguments.of(backend, penalty, problem));
            }
          }
        }
      }
    }
    return cases;
  }

  private static List<Problem> problems(Problem.Activation activation) {
    return List.of(
        new Problem(new int[] {6, 5, 4, 6}, 5, activation, 31),
        new Problem(new int[] {8, 8, 8, 8, 8}, 12, activation, 32),
        new Problem(new int[] {3, 1, 17, 2}, 1, activation, 33));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gradientsAndObjective(Supplier<Backend> make, StrategyOracle.Penalty penalty, Problem problem) {
    on(make, Strategy.of(Kind.valueOf(penalty.name())), problem, (setup, lifting) -> {
      StrategyOracle oracle = new StrategyOracle(setup.oracle(), penalty);
      setup.run(lifting.parameterGradient());
      setup.compareParameterGradient(penalty + " theta gradient", oracle::smooth);
      setup.run(lifting.auxiliaryStep(List.of()));
      setup.compareAuxiliaryGradient(penalty + " z gradient", oracle::smooth);
      double total = setup.evaluate(lifting);
      GradientTest.bounded(penalty + " objective (relative)", Math.abs(total - oracle.objective()) / total);
    });
  }

  /** The l1 norm of the codes is in the objective, and in no gradient of the smooth part. */
  @ParameterizedTest
  @MethodSource("cases")
  void sparseCodes(Supplier<Backend> make, StrategyOracle.Penalty penalty, Problem problem) {
    if (problem.activation() == Problem.Activation.TANH && penalty != StrategyOracle.Penalty.MAC_QP) {
      return;
    }
    Strategy strategy = new Strategy(Kind.valueOf(penalty.name()), new Sparsity(1, ALPHA), 1);
    on(make, strategy, problem, (setup, lifting) -> {
      StrategyOracle oracle = new StrategyOracle(setup.oracle(), penalty);
      setup.run(lifting.auxiliaryStep(List.of()));
      setup.compareAuxiliaryGradient(penalty + " z gradient with sparse codes", oracle::smooth);
      double expected = oracle.objective() + ALPHA * meanNorm(setup.oracle());
      double total = setup.evaluate(lifting);
      GradientTest.bounded(penalty + " objective with sparse codes (relative)", Math.abs(total - expected) / total);
    });
  }

  static List<Arguments> problemsOnBackends() {
    List<Arguments> cases = new ArrayList<>();
    for (Supplier<Backend> backend : List.<Supplier<Backend>>of(ReferenceBackend::new, () -> new CpuBackend(2))) {
      for (Problem.Activation activation : Problem.Activation.values()) {
        problems(activation).forEach(problem -> cases.add(Arguments.of(backend, problem)));
      }
    }
    return cases;
  }

  /** Back-propagation with sparse codes: the loss and the l1 norm of what the network itself makes of the inputs. */
  @ParameterizedTest
  @MethodSource("problemsOnBackends")
  void backPropagatedSparseCodes(Supplier<Backend> make, Problem problem) {
    on(make, new Strategy(Kind.BACKPROP, new Sparsity(1, ALPHA), 1), problem, (setup, lifting) -> {
      TrainingOracle oracle = setup.oracle();
      TrainingOracle.Value value = () -> oracle.meanLossOfNetwork() + ALPHA * meanNorm(oracle);
      double total = setup.evaluate(lifting);
      GradientTest.bounded("sparse back-propagation loss (relative)", Math.abs(total - value.get()) / total);
      setup.run(lifting.parameterGradient());
      setup.compareParameterGradient("sparse back-propagated gradient", value);
    });
  }

  /** At fixed minimisers, or any two points: the difference of the energies' gradients. */
  @ParameterizedTest
  @MethodSource("problemsOnBackends")
  void contrastiveGradientAndLoss(Supplier<Backend> make, Problem problem) {
    on(make, Strategy.of(Kind.CONTRASTIVE), problem, (setup, lifting) -> {
      TrainingOracle clamped = setup.oracle();
      TrainingOracle free = atFree(lifting, clamped, problem);
      StrategyOracle above = new StrategyOracle(clamped, StrategyOracle.Penalty.CLASSICAL);
      StrategyOracle below = new StrategyOracle(free, StrategyOracle.Penalty.CLASSICAL);
      double total = setup.evaluate(lifting);
      double energy = 0;
      for (int i = 0; i < free.samples(); i++) {
        energy += below.penalties(i) / free.samples();
      }
      double expected = above.objective() - energy;
      GradientTest.bounded("contrastive loss", Math.abs(total - expected));
      setup.run(lifting.parameterGradient());
      setup.compareParameterGradient("contrastive gradient", () -> above.smooth() - meanPenalties(below));
    });
  }

  private static double meanPenalties(StrategyOracle oracle) {
    double sum = 0;
    for (int i = 0; i < oracle.model().samples(); i++) {
      sum += oracle.smoothPenalties(i);
    }
    return sum / oracle.model().samples();
  }

  /** Random free variables, in the strategy and in an oracle that shares the clamped one's parameters. */
  private static TrainingOracle atFree(Lifting lifting, TrainingOracle clamped, Problem problem) {
    int hidden = problem.hidden();
    List<Matrix> free = lifting.auxiliaries().subList(hidden, 2 * hidden);
    Random random = new Random(12);
    double[][][] u = clamped.u.clone();
    for (int j = 1; j <= hidden; j++) {
      float[] values = new float[Math.toIntExact(free.get(j - 1).size())];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) Math.abs(0.9 * Math.tanh(random.nextGaussian()));
      }
      free.get(j - 1).write(values);
      u[j] = Problem.rows(values, problem.samples(), problem.widths()[j]);
    }
    return new TrainingOracle(clamped.w, clamped.b, u, clamped.x, clamped.mu, clamped.sigma);
  }

  /** The mean over samples of the second hidden layer's l1 norm. */
  private static double meanNorm(TrainingOracle oracle) {
    double sum = 0;
    for (double[] code : oracle.u[2]) {
      for (double value : code) {
        sum += Math.abs(value);
      }
    }
    return sum / oracle.samples();
  }

  private static void on(Supplier<Backend> make, Strategy strategy, Problem problem, GradientTest.Check check) {
    Backend[] opened = new Backend[1];
    Supplier<Backend> kept = () -> opened[0] = make.get();
    GradientTest.on(kept, problem, variables -> strategy.on(opened[0], variables, problem.mu()), check);
    assertThat(opened[0]).isNotNull();
  }
}

package io.github.bitlift.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.lifting.Strategy;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.solver.Batches;
import io.github.bitlift.solver.ImplicitStochasticGradient;
import io.github.bitlift.solver.Optimizer;
import io.github.bitlift.solver.ParameterRegulariser;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The two energies of contrastive training, evaluated in binary64 at the variables that the library found. */
class ContrastiveTest {

  private static final int SAMPLES = 50;
  private static final int NETWORKS = 200;
  private static final double STEP = 1e-6;
  /** So small that theta stays where it is, to the bit. */
  private static final double STILL = 1e-30;

  /** 10,000 samples, each with its own clamped and free energy; no allowance for rounding. */
  @Test
  void theLossIsNeverNegative() {
    int cases = 0;
    double least = Double.POSITIVE_INFINITY;
    for (int seed = 0; seed < NETWORKS; seed++) {
      int passes = new int[] {1, 3, 10, 60}[seed % 4];
      Energies energies = minimised(new Problem(new int[] {3, 4, 4, 2}, SAMPLES, Problem.Activation.RELU, seed), passes);
      assertThat(energies.objective).isNotNegative();
      for (int i = 0; i < SAMPLES; i++) {
        double loss = energies.clamped.model().loss(i) + energies.clamped.penalties(i) - energies.free.penalties(i);
        assertThat(loss).as("sample %d of network %d, %d passes", i, seed, passes).isNotNegative();
        least = Math.min(least, loss);
        cases++;
      }
    }
    assertThat(cases).isEqualTo(10_000);
    Figures.note("contrastive loss, least of 10,000", least);
  }

  /** Both energies are convex: where the prox-gradient map stands still there is the minimum. */
  @ParameterizedTest
  @EnumSource(Problem.Activation.class)
  void manyPassesReachBothMinima(Problem.Activation activation) {
    for (int seed = 0; seed < 5; seed++) {
      Energies energies = minimised(new Problem(new int[] {5, 6, 6, 4, 3}, 4, activation, seed), 600);
      for (int i = 0; i < 4; i++) {
        int sample = i;
        StrategyOracle clamped = energies.clamped;
        StrategyOracle free = energies.free;
        standsStill("clamped", clamped, i, () -> clamped.smooth(sample));
        standsStill("free", free, i, () -> free.smoothPenalties(sample));
      }
    }
  }

  private static void standsStill(String name, StrategyOracle energy, int i, TrainingOracle.Value smooth) {
    TrainingOracle model = energy.model();
    double moved = 0;
    for (int j = 1; j <= model.hidden(); j++) {
      double[] u = model.u[j][i];
      double[] gradient = TrainingOracle.differences(new double[][] {u}, STEP, smooth)[0];
      double tau = 0.1;
      for (int r = 0; r < u.length; r++) {
        double to = model.sigma[j - 1].prox(u[r] - tau * gradient[r], tau * model.mu[j - 1]);
        moved = Math.max(moved, Math.abs(to - u[r]) / tau);
      }
    }
    Figures.note("contrastive " + name + " minimiser: prox-gradient map", moved);
    assertThat(moved).as(name).isLessThan(1e-5);
  }

  private record Energies(StrategyOracle clamped, StrategyOracle free, double objective) {}

  private static Energies minimised(Problem problem, int passes) {
    try (Backend backend = new CpuBackend(1, "plain");
        Parameters theta = problem.parameters(backend);
        ImplicitStochasticGradient trainer = new ImplicitStochasticGradient(
            backend, problem.network(theta), theta, new Batches(problem.pairs(), problem.samples(), 1),
            new ImplicitStochasticGradient.Options(
                new Strategy(Strategy.Kind.CONTRASTIVE, null, passes), problem.mu(),
                Optimizer.fixed(Optimizer.Kind.PROXIMAL_GRADIENT, STILL), ParameterRegulariser.NONE, 1, 1, 1))) {
      float[] before = theta.toArray();
      trainer.step();
      assertThat(theta.toArray()).isEqualTo(before);
      return new Energies(
          energy(problem, theta, trainer.state(), 0), energy(problem, theta, trainer.state(), problem.hidden()),
          trainer.objective().total());
    }
  }

  private static StrategyOracle energy(Problem problem, Parameters theta, Map<String, Matrix> state, int first) {
    List<Matrix> u = IntStream.rangeClosed(1, problem.hidden())
        .mapToObj(j -> state.get("auxiliary." + (first + j))).toList();
    return new StrategyOracle(problem.oracle(theta, u, problem.pairs()), StrategyOracle.Penalty.CLASSICAL);
  }
}

package io.github.bitlift.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.lifting.Lifting;
import io.github.bitlift.lifting.Strategy;
import io.github.bitlift.lifting.Strategy.Kind;
import io.github.bitlift.lifting.Variables;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.numerics.Digest;
import io.github.bitlift.solver.Trainer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Strategies that coincide, and where: compared bit for bit. */
class StrategyIdentityTest {

  private static final Backend BACKEND = new CpuBackend(2);
  private static final int STEPS = 15;

  @AfterAll
  static void close() {
    BACKEND.close();
  }

  private static Problem relu(int seed) {
    return new Problem(new int[] {7, 7, 7, 7, 5}, 15, Problem.Activation.RELU, seed);
  }

  /** Framework paper, Remark 2: Fenchel lifting of ReLU networks is lifted Bregman training. */
  @Test
  void fenchelHasTheGradientsOfBregman() {
    for (int seed = 0; seed < 20; seed++) {
      Problem problem = relu(200 + seed);
      assertThat(gradients(problem, Kind.FENCHEL, variables -> {}))
          .isEqualTo(gradients(problem, Kind.BREGMAN, variables -> {}));
    }
  }

  static Stream<Methods.Pair> solvers() {
    return Methods.strategies().stream();
  }

  @ParameterizedTest
  @MethodSource("solvers")
  void fenchelTrainsAsBregman(Methods.Pair solver) {
    String[] fenchel = train(solver, Kind.FENCHEL);
    String[] bregman = train(solver, Kind.BREGMAN);
    assertThat(fenchel[0]).isEqualTo(bregman[0]);
    assertThat(fenchel[0]).isNotEqualTo(train(solver, Kind.CLASSICAL)[0]);
    // Here the objective is a difference of sums in binary64 of numbers of size 10.
    assertThat(Double.parseDouble(fenchel[1])).isCloseTo(Double.parseDouble(bregman[1]), within(1e-13));
  }

  /** Digest of parameters and auxiliary variables, and the objective. */
  private static String[] train(Methods.Pair solver, Kind kind) {
    Problem problem = relu(77);
    try (Parameters theta = problem.parameters(BACKEND);
        Trainer trainer = solver.with(Strategy.of(kind))
            .make().on(BACKEND, problem.network(theta), theta, problem.pairs())) {
      for (int t = 0; t < STEPS; t++) {
        trainer.step();
      }
      float[][] all = Methods.copy(trainer, theta).values().toArray(new float[0][]);
      return new String[] {Digest.of(all), Double.toString(trainer.objective().total())};
    }
  }

  /** Where every pre-activation is on the branch of slope 1, MAC-QP's gradient in theta is Bregman's. */
  @ParameterizedTest
  @EnumSource(value = Problem.Activation.class, names = {"RELU", "SOFT"})
  void macQpHasTheGradientOfBregmanWhereTheSlopeIsOne(Problem.Activation activation) {
    for (int seed = 0; seed < 20; seed++) {
      Problem problem = new Problem(new int[] {7, 6, 5, 4}, 11, activation, 300 + seed);
      Consumer<Variables> lift = variables -> raiseBiases(problem, variables);
      int[][] macQp = gradients(problem, Kind.MAC_QP, lift);
      int[][] bregman = gradients(problem, Kind.BREGMAN, lift);
      assertThat(macQp[0]).isEqualTo(bregman[0]);
      if (activation == Problem.Activation.RELU) {
        assertThat(macQp[1]).as("sigma(v) = v, so that the gradients in z coincide, too").isEqualTo(bregman[1]);
      }
      assertThat(gradients(problem, Kind.MAC_QP, variables -> {})[0])
          .as("elsewhere they differ").isNotEqualTo(gradients(problem, Kind.BREGMAN, variables -> {})[0]);
    }
  }

  private static void raiseBiases(Problem problem, Variables variables) {
    for (Matrix bias : variables.network().b()) {
      float[] high = bias.toArray();
      for (int i = 0; i < high.length; i++) {
        high[i] += 20;
      }
      bias.write(high);
    }
    float[] theta = variables.network().b().get(0).toArray();
    assertThat(theta[0]).isGreaterThan(15);
    List<Matrix> u = variables.u().blocks().subList(1, problem.hidden() + 1);
    try (Parameters copy = problem.parameters(BACKEND)) {
      for (int j = 0; j < problem.hidden(); j++) {
        copy.bias(j).write(variables.network().b().get(j).toArray());
      }
      TrainingOracle oracle = problem.oracle(copy, u, problem.pairs());
      for (int l = 0; l < problem.hidden(); l++) {
        for (int i = 0; i < problem.samples(); i++) {
          assertThat(Arrays.stream(oracle.affine(l, i)).min().getAsDouble()).isGreaterThan(1);
        }
      }
    }
  }

  /** Bits of the gradients in theta and in z, at random auxiliary variables. */
  private static int[][] gradients(Problem problem, Kind kind, Consumer<Variables> change) {
    try (Parameters theta = problem.parameters(BACKEND);
        Variables variables = new Variables(BACKEND, problem.network(theta), problem.samples());
        Lifting lifting = Strategy.of(kind).on(BACKEND, variables, problem.mu())) {
      variables.u().block(0).write(problem.pairs().inputs());
      variables.target().write(problem.pairs().targets());
      Random random = new Random(problem.seed());
      for (Matrix u : lifting.auxiliaries()) {
        float[] values = new float[Math.toIntExact(u.size())];
        for (int i = 0; i < values.length; i++) {
          values[i] = random.nextInt(4) == 0 ? 0 : (float) Math.abs(random.nextGaussian());
        }
        u.write(values);
      }
      change.accept(variables);
      run(lifting.parameterGradient());
      int[] inTheta = bits(List.of(variables.parameterGradient().all()));
      run(lifting.auxiliaryStep(List.of()));
      return new int[][] {inTheta, bits(variables.gradient().blocks())};
    }
  }

  private static void run(List<Operation> operations) {
    try (Program program = BACKEND.compile(operations)) {
      program.run();
    }
  }

  private static int[] bits(List<Matrix> matrices) {
    List<Integer> bits = new ArrayList<>();
    for (Matrix matrix : matrices) {
      for (float value : matrix.toArray()) {
        bits.add(Float.floatToRawIntBits(value));
      }
    }
    return bits.stream().mapToInt(Integer::intValue).toArray();
  }
}

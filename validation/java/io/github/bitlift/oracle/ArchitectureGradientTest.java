package io.github.bitlift.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.lifting.BackPropagation;
import io.github.bitlift.lifting.ClassicalLifted;
import io.github.bitlift.lifting.Contrastive;
import io.github.bitlift.lifting.FenchelLifted;
import io.github.bitlift.lifting.LiftedBregman;
import io.github.bitlift.lifting.Lifting;
import io.github.bitlift.lifting.MacQp;
import io.github.bitlift.lifting.Variables;
import io.github.bitlift.network.Network;
import io.github.bitlift.network.Parameters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Gradients in the parameters of every architecture, matrices and scalars alike, against central differences of its recursion
 * in binary64: of the loss of the network's output, and of the lifted Bregman objective at random auxiliary variables.
 */
class ArchitectureGradientTest {

  private static final double STEP = 1e-6;
  /** Of gradients of size 1 to 10: a few binary32 roundings of numbers as large, and 1e-9 of the differences. */
  private static final double BOUND = 2e-6;

  static List<Specimen> specimens() {
    return Specimen.all();
  }

  @ParameterizedTest
  @MethodSource("specimens")
  void ofTheLoss(Specimen specimen) {
    check(specimen, BackPropagation::new, Recursions::loss);
  }

  @ParameterizedTest
  @MethodSource("specimens")
  void ofTheLiftedBregmanObjective(Specimen specimen) {
    check(specimen, variables -> new LiftedBregman(variables, mu(variables.network().layers())),
        oracle -> oracle.lifted() + oracle.potentials());
  }

  /** Each sample's own gradient in its auxiliary variables, &Psi; left to the prox map. */
  @ParameterizedTest
  @MethodSource("specimens")
  void ofTheLiftedBregmanObjectiveInAuxiliaryVariables(Specimen specimen) {
    for (Backend backend : List.of(new ReferenceBackend(), new CpuBackend(2))) {
      on(backend, specimen, (variables, oracle) -> {
        Lifting lifting = new LiftedBregman(variables, mu(variables.network().layers()));
        run(backend, lifting.auxiliaryStep(List.of()));
        auxiliaries(specimen, variables, oracle, oracle::lifted);
      });
    }
  }

  static Stream<Arguments> otherStrategies() {
    return Specimen.all().stream().flatMap(specimen -> Arrays.stream(StrategyOracle.Penalty.values())
        .filter(penalty -> penalty != StrategyOracle.Penalty.FENCHEL || specimen.title().matches("undercomplete|resnet of one.*"))
        .map(penalty -> Arguments.of(specimen, penalty)));
  }

  /** In parameters, thresholds among them, and in auxiliary variables. */
  @ParameterizedTest
  @MethodSource("otherStrategies")
  void ofTheOtherStrategies(Specimen specimen, StrategyOracle.Penalty penalty) {
    check(specimen, variables -> lifting(penalty, variables), oracle -> oracle.lifted(penalty, true));
    Backend backend = new CpuBackend(2);
    on(backend, specimen, (variables, oracle) -> {
      run(backend, lifting(penalty, variables).auxiliaryStep(List.of()));
      auxiliaries(specimen, variables, oracle, () -> oracle.lifted(penalty, false));
    });
  }

  static Stream<Specimen> chains() {
    return Specimen.all().stream().filter(each -> each.title().matches("(perceptron|mlp|lista|dual forward).*"));
  }

  /** The clamped energy with its data term less the free one, each at auxiliary variables of its own. */
  @ParameterizedTest
  @MethodSource("chains")
  void ofContrastiveTraining(Specimen specimen) {
    for (Backend backend : List.of(new ReferenceBackend(), new CpuBackend(2))) {
      on(backend, specimen, (variables, oracle) -> {
        int layers = variables.network().layers();
        try (Contrastive lifting = new Contrastive(backend, variables, 1, mu(layers))) {
          double[][][] free = fill(variables.network(), lifting.auxiliaries().subList(layers, 2 * layers), 78);
          Recursions below = new Recursions(specimen, oracle.p, free, new ArrayList<>());
          List<Operation> operations = lifting.parameterGradient();
          run(backend, operations);
          run(backend, operations);
          compare(specimen, variables.parameterGradient(), oracle, above -> above.lifted(StrategyOracle.Penalty.CLASSICAL, true)
              - below.penalties(StrategyOracle.Penalty.CLASSICAL, true));
        }
      });
    }
  }

  private static Lifting lifting(StrategyOracle.Penalty penalty, Variables variables) {
    float[] mu = mu(variables.network().layers());
    return switch (penalty) {
      case MAC_QP -> new MacQp(variables, mu);
      case CLASSICAL -> new ClassicalLifted(variables, mu);
      case FENCHEL -> new FenchelLifted(variables, mu);
    };
  }

  private static void auxiliaries(Specimen specimen, Variables variables, Recursions oracle, TrainingOracle.Value objective) {
    for (int j = 0; j < oracle.u.length; j++) {
      double[][] mean = TrainingOracle.differences(oracle.u[j], STEP, objective);
      double[][] each = new double[mean.length][];
      for (int i = 0; i < mean.length; i++) {
        each[i] = Arrays.stream(mean[i]).map(value -> value * Specimen.SAMPLES).toArray();
      }
      double error = Problem.error(variables.auxiliaryGradient().block(j), each);
      Figures.note("gradient in z of " + specimen.architecture().name(), error);
      assertThat(error).as("layer %d", j + 1).isLessThan(BOUND);
    }
  }

  /** The objective itself, and that &Psi;(u) = 0 or &lambda;&#8214;u&#8214;&#8321; is in it. */
  @ParameterizedTest
  @MethodSource("specimens")
  void theLiftedBregmanObjective(Specimen specimen) {
    Backend backend = new ReferenceBackend();
    on(backend, specimen, (variables, oracle) -> {
      Lifting lifting = new LiftedBregman(variables, mu(variables.network().layers()));
      double expected = oracle.lifted() + oracle.potentials();
      double found;
      try (Sums sums = backend.allocateSums(1 + 2 * variables.network().layers())) {
        run(backend, lifting.evaluate(sums));
        found = lifting.objective(sums).total();
      }
      assertThat(Math.abs(found - expected) / expected).isLessThan(BOUND);
    });
  }

  private static float[] mu(int layers) {
    float[] mu = new float[layers];
    for (int j = 0; j < layers; j++) {
      mu[j] = 0.5f + 0.25f * (j % 3);
    }
    return mu;
  }

  private static void check(
      Specimen specimen, Function<Variables, Lifting> strategy, Function<Recursions, Double> objective) {
    for (Backend backend : List.of(new ReferenceBackend(), new CpuBackend(1, "plain"), new CpuBackend(2))) {
      on(backend, specimen, (variables, oracle) -> {
        List<Operation> operations = strategy.apply(variables).parameterGradient();
        run(backend, operations);
        run(backend, operations);
        compare(specimen, variables.parameterGradient(), oracle, objective);
      });
    }
  }

  private static void on(Backend backend, Specimen specimen, BiConsumer<Variables, Recursions> check) {
    try (backend;
        Parameters theta = specimen.parameters(backend);
        Network network = specimen.architecture().over(backend, theta);
        Variables variables = new Variables(backend, network, Specimen.SAMPLES)) {
      variables.u().block(0).write(specimen.data());
      variables.target().write(specimen.targets());
      check.accept(
          variables, new Recursions(specimen, Specimen.doubles(theta), fill(variables), new ArrayList<>()));
    }
  }

  private static void run(Backend backend, List<Operation> operations) {
    try (Program program = backend.compile(operations)) {
      program.run();
    }
  }

  private static void compare(
      Specimen specimen, Parameters gradient, Recursions oracle, Function<Recursions, Double> objective) {
    double largest = 0;
    for (Parameters.Shape shape : gradient.shapes()) {
      double[][] expected = TrainingOracle.differences(
          oracle.p.get(shape.name()), STEP, () -> objective.apply(oracle));
      double error = Problem.error(gradient.named(shape.name()), expected);
      Figures.note("gradient of " + specimen.architecture().name(), error);
      double size = 0;
      for (double[] row : expected) {
        for (double value : row) {
          size = Math.max(size, Math.abs(value));
        }
      }
      // A bias of a convolution sums over pixels: its gradient and the roundings of it are as many times as large.
      assertThat(error).as("%s of size %s", shape.name(), size).isLessThan(
          specimen.title().startsWith("convolutional") && shape.rows() == 1 ? BOUND * Math.max(1, size / 10) : BOUND);
      largest = Math.max(largest, size);
    }
    assertThat(largest).as("something depends on the parameters").isGreaterThan(0.01);
  }

  /** Random auxiliary variables within the domains of their potentials, and the same in binary64. */
  private static double[][][] fill(Variables variables) {
    return fill(variables.network(), variables.z().blocks(), 76);
  }

  private static double[][][] fill(Network network, List<Matrix> blocks, int seed) {
    Random random = new Random(seed);
    double[][][] u = new double[blocks.size()][][];
    for (int j = 0; j < u.length; j++) {
      Matrix block = blocks.get(j);
      float[] values = Specimen.gaussian(random, Math.toIntExact(block.size()), 0.5);
      for (int i = 0; i < values.length; i += block.columns()) {
        network.sigma().get(j).activate(values, i, values, i, block.columns(), null);
      }
      block.write(values);
      u[j] = Problem.rows(values, block.rows(), block.columns());
    }
    return u;
  }

  /** The recursion over all samples. */
  private record Recursions(Specimen specimen, Map<String, double[][]> p, double[][][] u, List<Double> penalties) {

    /** The mean of &frac12;&#8214;N(y) - x&#8214;&sup2;. */
    double loss() {
      return mean((i, j, v, sigma) -> {
        double[] z = new double[v.length];
        for (int c = 0; c < z.length; c++) {
          z[c] = sigma.sigma(v[c]);
        }
        return z;
      });
    }

    /** The mean of another strategy's objective, with or without its part that is left to prox maps. */
    double lifted(StrategyOracle.Penalty penalty, boolean whole) {
      return mean((i, j, v, sigma) -> u[j][i]) + penalties(penalty, whole);
    }

    /** The same without the data term. */
    double penalties(StrategyOracle.Penalty penalty, boolean whole) {
      double[] sum = {0};
      mean((i, j, v, sigma) -> {
        for (int c = 0; c < v.length; c++) {
          double value = u[j][i][c];
          double term = penalty.smooth(sigma, value, v[c]) + (whole ? penalty.rest(sigma, value) : 0);
          sum[0] += mu(j + 1)[j] * term / Specimen.SAMPLES;
        }
        return u[j][i];
      });
      return sum[0];
    }

    /** The mean of the lifted objective without its terms &mu;&Psi;(u), which are left to the prox map. */
    double lifted() {
      double data = mean((i, j, v, sigma) -> {
        double sum = 0;
        for (int c = 0; c < v.length; c++) {
          double value = u[j][i][c];
          sum += value * value / 2 + sigma.conjugate(v[c]) - value * v[c];
        }
        penalties.add(mu(j + 1)[j] * sum);
        return u[j][i];
      });
      double all = data + penalties.stream().mapToDouble(Double::doubleValue).sum() / Specimen.SAMPLES;
      penalties.clear();
      return all;
    }

    /** The mean of the terms &mu;&Psi;(u). */
    double potentials() {
      double[] sum = {0};
      mean((i, j, v, sigma) -> {
        for (double value : u[j][i]) {
          sum[0] += mu(j + 1)[j] * sigma.psi(value) / Specimen.SAMPLES;
        }
        return u[j][i];
      });
      return sum[0];
    }

    private interface Layer {
      double[] next(int i, int j, double[] v, OracleActivation sigma);
    }

    private double mean(Layer layer) {
      double[][] y = Problem.rows(specimen.data(), Specimen.SAMPLES, specimen.inputs());
      double[][] x = Problem.rows(specimen.targets(), Specimen.SAMPLES, specimen.outputs());
      double sum = 0;
      for (int i = 0; i < y.length; i++) {
        int sample = i;
        double[] output = specimen.recursion().output(p, y[i], (j, v, sigma) -> layer.next(sample, j, v, sigma));
        for (int c = 0; c < output.length; c++) {
          sum += (output[c] - x[i][c]) * (output[c] - x[i][c]) / 2;
        }
      }
      return sum / y.length;
    }
  }
}

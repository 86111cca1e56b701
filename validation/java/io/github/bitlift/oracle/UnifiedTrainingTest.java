package io.github.bitlift.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.backend.cuda.CudaBackend;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.emulator.Emulator;
import io.github.bitlift.lifting.Strategy;
import io.github.bitlift.network.Lista;
import io.github.bitlift.network.MeasurementOperator;
import io.github.bitlift.network.Network;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.numerics.Digest;
import io.github.bitlift.solver.AuxiliaryStart;
import io.github.bitlift.solver.Batches;
import io.github.bitlift.solver.BlockCoordinateDescent;
import io.github.bitlift.solver.ConventionalTraining;
import io.github.bitlift.solver.ImplicitStochasticGradient;
import io.github.bitlift.solver.Optimizer;
import io.github.bitlift.solver.Pairs;
import io.github.bitlift.solver.ParameterAveraging;
import io.github.bitlift.solver.ParameterRegulariser;
import io.github.bitlift.solver.Residuals;
import io.github.bitlift.solver.Trainer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.opentest4j.TestAbortedException;

/** Every architecture with every solver and strategy that admits it: the same bits everywhere, restored or not, and descent. */
class UnifiedTrainingTest {
  private static final int COUNT = 12;
  private static final int STEPS = 4;
  private static final Optimizer ADAM = Optimizer.fixed(Optimizer.Kind.ADAM, 0.01);
  private static final Optimizer PLAIN = Optimizer.fixed(Optimizer.Kind.PROXIMAL_GRADIENT, 0.01);
  private static final Optimizer NORMS = new Optimizer(Optimizer.Kind.PROXIMAL_GRADIENT, 1, Optimizer.StepSize.NORMS, 0);
  private static final ParameterRegulariser SPARSE = new ParameterRegulariser(ParameterRegulariser.Kind.L1, 0.02f);
  private static final List<Backend> BACKENDS = new ArrayList<>();

  @BeforeAll
  static void open() {
    BACKENDS.add(new ReferenceBackend());
    BACKENDS.add(new CpuBackend(2, "vector"));
    try {
      Emulator.load();
      BACKENDS.add(CudaBackend.open("emulated"));
    } catch (TestAbortedException noEmulator) {
      // Tests of CUDA alone report it; the rest is compared all the same.
    }
  }

  @AfterAll
  static void close() {
    BACKENDS.forEach(Backend::close);
    BACKENDS.clear();
  }

  /** A way to train. */
  private interface Maker {
    Trainer on(Backend backend, Network network, Parameters theta, Pairs pairs);
  }

  private static List<Specimen> specimens() {
    return Specimen.all().stream().filter(each -> !each.title().matches("mlp|undercomplete|sparse autoencoder")).toList();
  }

  private static boolean isChain(Specimen specimen) {
    return specimen.title().matches("(perceptron|lista|dual forward).*") || specimen.title().equals("scalar shallow");
  }

  private static Map<String, Maker> makers(Specimen specimen) {
    Map<String, Maker> makers = new LinkedHashMap<>();
    List<Strategy.Kind> kinds = new ArrayList<>(List.of(Strategy.Kind.BREGMAN, Strategy.Kind.MAC_QP));
    if (!specimen.title().contains("learned")) {
      kinds.add(Strategy.Kind.CLASSICAL);
    }
    if (specimen.title().equals("resnet of one layer")) {
      kinds.add(Strategy.Kind.FENCHEL);
    }
    for (Strategy.Kind kind : kinds) {
      makers.put("bcd " + kind, coordinate(Strategy.of(kind), ADAM, ADAM, ParameterRegulariser.NONE));
      makers.put("isgm " + kind, implicit(Strategy.of(kind), ADAM, ParameterRegulariser.NONE));
    }
    if (isChain(specimen)) {
      makers.put("isgm contrastive", implicit(new Strategy(Strategy.Kind.CONTRASTIVE, null, 3), ADAM, ParameterRegulariser.NONE));
    }
    makers.put("bcd z from norms", coordinate(Strategy.BREGMAN, PLAIN, NORMS, ParameterRegulariser.NONE));
    makers.put("bcd sparse theta", coordinate(Strategy.BREGMAN, PLAIN, PLAIN, SPARSE));
    makers.put("isgm sparse theta", implicit(Strategy.BREGMAN, PLAIN, SPARSE));
    makers.put("isgm backprop", implicit(Strategy.of(Strategy.Kind.BACKPROP), ADAM, ParameterRegulariser.NONE));
    makers.put("backprop", (backend, network, theta, pairs) ->
        new ConventionalTraining(backend, network, theta, new Batches(pairs, 5, 8), ADAM));
    makers.put("averaging", (backend, network, theta, pairs) -> new ParameterAveraging(
        backend, network, theta, new Batches(pairs, 4, 7), options(network, Strategy.BREGMAN, PLAIN, ParameterRegulariser.NONE)));
    return makers;
  }

  private static Maker coordinate(
      Strategy strategy, Optimizer parameters, Optimizer auxiliaries, ParameterRegulariser regulariser) {
    return (backend, network, theta, pairs) -> new BlockCoordinateDescent(backend, network, theta, pairs,
        new BlockCoordinateDescent.Options(
            strategy, mu(network), parameters, auxiliaries, regulariser, AuxiliaryStart.FORWARD, 6));
  }

  private static Maker implicit(Strategy strategy, Optimizer optimizer, ParameterRegulariser regulariser) {
    return (backend, network, theta, pairs) -> new ImplicitStochasticGradient(
        backend, network, theta, new Batches(pairs, 5, 7), options(network, strategy, optimizer, regulariser));
  }

  private static ImplicitStochasticGradient.Options options(
      Network network, Strategy strategy, Optimizer optimizer, ParameterRegulariser regulariser) {
    return new ImplicitStochasticGradient.Options(strategy, mu(network), optimizer, regulariser, 3, 10, 1);
  }

  private static float[] mu(Network network) {
    float[] mu = new float[network.layers()];
    for (int j = 0; j < mu.length; j++) {
      mu[j] = 0.5f + 0.1f * (j % 3);
    }
    return mu;
  }

  private static Pairs pairs(Specimen specimen) {
    return new Pairs(
        Specimen.gaussian(new Random(75), COUNT * specimen.inputs(), 1),
        Specimen.gaussian(new Random(76), COUNT * specimen.outputs(), 1), COUNT, specimen.inputs(), specimen.outputs());
  }

  static Stream<Arguments> methods() {
    return specimens().stream()
        .flatMap(specimen -> makers(specimen).keySet().stream().map(method -> Arguments.of(specimen, method)));
  }

  @ParameterizedTest
  @MethodSource("methods")
  void givesTheSameBitsOnEveryBackendAndRestored(Specimen specimen, String method) {
    String expected = null;
    for (Backend backend : BACKENDS) {
      try (Session session = new Session(backend, specimen, method)) {
        session.run(STEPS);
        expected = expected == null ? session.digest() : expected;
        assertThat(session.theta.toArray()).doesNotContain(Float.NaN);
        assertThat(session.digest()).as(backend.description()).isEqualTo(expected);
      }
    }
    try (Session first = new Session(BACKENDS.get(1), specimen, method);
        Session rest = new Session(BACKENDS.get(1), specimen, method)) {
      first.run(2);
      Methods.restore(Methods.copy(first.trainer, first.theta), rest.trainer, rest.theta, 2);
      rest.run(STEPS - 2);
      assertThat(rest.digest()).isEqualTo(expected);
    }
  }

  /** Plain steps whose sizes for z follow from norms: no step of z may ascend. */
  @ParameterizedTest
  @MethodSource("specimens")
  void stepsOfAuxiliaryVariablesFromNormsDescend(Specimen specimen) {
    Backend backend = BACKENDS.get(0);
    try (Parameters theta = specimen.parameters(backend);
        Network network = specimen.architecture().over(backend, theta);
        Trainer trainer = coordinate(
            Strategy.BREGMAN, Optimizer.fixed(Optimizer.Kind.PROXIMAL_GRADIENT, 1e-12), NORMS, ParameterRegulariser.NONE)
            .on(backend, network, theta, pairs(specimen))) {
      double first = trainer.objective().total();
      double before = first;
      for (int t = 0; t < 30; t++) {
        trainer.step();
        double after = trainer.objective().total();
        assertThat(after).isLessThanOrEqualTo(before * (1 + 1e-7));
        before = after;
      }
      assertThat(before).isLessThan(0.99 * first);
    }
  }

  static Stream<Arguments> learned() {
    return specimens().stream().filter(specimen -> specimen.title().contains("learned"))
        .flatMap(specimen -> makers(specimen).keySet().stream().map(method -> Arguments.of(specimen, method)));
  }

  /** Thresholds move, stay at least 0, and the objective falls. */
  @ParameterizedTest
  @MethodSource("learned")
  void thresholdsAreLearned(Specimen specimen, String method) {
    try (Session session = new Session(BACKENDS.get(1), specimen, method)) {
      List<Float> before = session.thresholds();
      double objective = session.loss();
      session.run(60);
      assertThat(session.loss()).isLessThan(objective);
      List<Float> after = session.thresholds();
      for (int i = 0; i < after.size(); i++) {
        assertThat(Math.abs(after.get(i) - before.get(i))).isGreaterThan(1e-4f);
        assertThat(after.get(i)).isGreaterThanOrEqualTo(0f);
      }
    }
  }

  /** Where a threshold wants to be negative it stays at +0, and is stationary there. */
  @Test
  void thresholdsEndAtZero() {
    Specimen specimen = specimens().stream().filter(each -> each.title().contains("learned")).findFirst().orElseThrow();
    Backend backend = BACKENDS.get(0);
    try (Parameters theta = specimen.parameters(backend);
        Network network = specimen.architecture().over(backend, theta);
        Trainer trainer = new ConventionalTraining(backend, network, theta, new Batches(pairs(specimen), COUNT, 1),
            Optimizer.fixed(Optimizer.Kind.PROXIMAL_GRADIENT, 0.3))) {
      theta.named("lambda").write(new float[] {1e-3f});
      float[] start = theta.toArray();
      for (int sign : new int[] {1, -1}) {
        theta.write(start);
        theta.named("gamma").write(new float[] {sign * 1e-3f});
        trainer.step();
        assertThat(theta.named("lambda").toArray()[0]).isGreaterThanOrEqualTo(0f);
        assertThat(theta.named("gamma").toArray()[0]).isGreaterThanOrEqualTo(0f);
      }
    }
  }

  @Test
  void whatCannotBeAdmittedSaysWhy() {
    Lista lista = new Lista(MeasurementOperator.identity(3), 4, List.of(0.1f), 0.2f, false, true);
    Backend backend = BACKENDS.get(0);
    try (Parameters theta = lista.parameters(backend); Network network = lista.over(backend, theta)) {
      assertThatThrownBy(() -> Strategy.of(Strategy.Kind.CLASSICAL).requireAdmitted(network.sigma()))
          .hasMessageContaining("layer 2 learns its threshold").hasMessageContaining("goes to 0");
      assertThatThrownBy(() -> Strategy.of(Strategy.Kind.FENCHEL).requireAdmitted(network.sigma()))
          .hasMessageContaining("expected relu");
    }
    assertThatThrownBy(() -> new Lista(MeasurementOperator.identity(3), 4, List.of(0.1f, 0.2f), 0.2f, true, true))
        .hasMessageContaining("expected the same everywhere");
  }

  private static final class Session implements AutoCloseable {
    final Parameters theta;
    final Network network;
    final Trainer trainer;

    Session(Backend backend, Specimen specimen, String method) {
      this.theta = specimen.parameters(backend);
      this.network = specimen.architecture().over(backend, theta);
      this.trainer = makers(specimen).get(method).on(backend, network, theta, pairs(specimen));
    }

    void run(int steps) {
      for (int t = 0; t < steps; t++) {
        trainer.step();
      }
    }

    double loss() {
      return trainer.objective().total();
    }

    List<Float> thresholds() {
      return theta.shapes().stream().filter(shape -> shape.name().startsWith("lambda"))
          .map(shape -> theta.named(shape.name()).toArray()[0]).toList();
    }

    /** Of parameters, state, objective and residuals. */
    String digest() {
      Map<String, float[]> copy = Methods.copy(trainer, theta);
      Residuals residuals = trainer.residuals();
      return Digest.of(copy.values().toArray(new float[0][])) + " " + trainer.objective().total() + " "
          + Arrays.toString(residuals.parameters()) + Arrays.toString(residuals.auxiliaries());
    }

    @Override
    public void close() {
      trainer.close();
      network.close();
      theta.close();
    }
  }
}

package io.github.bitlift.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.backend.cuda.CudaBackend;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.emulator.Emulator;
import io.github.bitlift.network.Mlp;
import io.github.bitlift.network.Network;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.numerics.Digest;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.ProxMaps;
import io.github.bitlift.prox.SoftThreshold;
import io.github.bitlift.solver.AuxiliaryStart;
import io.github.bitlift.solver.Optimizer;
import io.github.bitlift.solver.Pairs;
import io.github.bitlift.solver.Residuals;
import io.github.bitlift.solver.Trainer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.opentest4j.TestAbortedException;

/**
 * The promise of {@link Trainer}: the same bits on every backend, for every number of threads, with vector and plain
 * loops, on the emulated GPU, and whether a run was interrupted and restored or not; for every method in {@link Methods}.
 */
class SameBitsTest {

  private static final int STEPS = 12;
  private static final ProxMap SOFT = new SoftThreshold(0.1f);
  private static final List<Backend> BACKENDS = new ArrayList<>();

  @BeforeAll
  static void open() {
    BACKENDS.add(new ReferenceBackend());
    for (int threads = 1; threads <= 3; threads++) {
      BACKENDS.add(new CpuBackend(threads, "plain"));
      BACKENDS.add(new CpuBackend(threads, "vector"));
    }
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

  static Stream<Methods.Method> methods() {
    return Methods.all().stream();
  }

  @ParameterizedTest
  @MethodSource("methods")
  void everyBackendGivesTheSameBits(Methods.Method method) {
    onEveryBackend(method, SOFT);
  }

  static Stream<ProxMap> maps() {
    return ProxMaps.examples().stream();
  }

  @ParameterizedTest
  @MethodSource("maps")
  void everyActivationGivesTheSameBits(ProxMap map) {
    Optimizer adam = Optimizer.fixed(Optimizer.Kind.ADAM, 0.01);
    Optimizer tracked = new Optimizer(Optimizer.Kind.PROXIMAL_GRADIENT, 0.5, Optimizer.StepSize.BACKTRACKING, 0);
    onEveryBackend(Methods.coordinate(AuxiliaryStart.INPUT, adam, adam), map);
    onEveryBackend(Methods.coordinate(AuxiliaryStart.FORWARD, tracked, tracked), map);
    onEveryBackend(Methods.implicit(adam, false), map);
    onEveryBackend(Methods.conventional(adam, 3, 0), map);
    onEveryBackend(Methods.exact(AuxiliaryStart.FORWARD, null), map);
    onEveryBackend(Methods.exact(AuxiliaryStart.FORWARD, 2.0), map);
  }

  /** Large enough that every operation is shared out among the threads, which the small problems aren't. */
  @Test
  void workThatIsSharedOutGivesTheSameBits() {
    Optimizer adam = Optimizer.fixed(Optimizer.Kind.ADAM, 0.01);
    Optimizer norms = new Optimizer(Optimizer.Kind.HEAVY_BALL, 1, Optimizer.StepSize.NORMS, 0.5);
    for (Methods.Method method : List.of(
        Methods.coordinate(AuxiliaryStart.INPUT, adam, norms),
        Methods.implicit(norms, true),
        Methods.exact(AuxiliaryStart.INPUT, 0.5),
        Methods.conventional(adam, 1, 0))) {
      onEveryBackend(method, SOFT, new int[] {150, 150, 150, 120}, 130, 3);
    }
  }

  private static void onEveryBackend(Methods.Method method, ProxMap map) {
    onEveryBackend(method, map, Session.widths(method, map), Session.SAMPLES, STEPS);
  }

  private static void onEveryBackend(Methods.Method method, ProxMap map, int[] widths, int samples, int steps) {
    String expected = null;
    for (Backend backend : BACKENDS) {
      try (Session session = new Session(backend, method, map, widths, samples)) {
        session.run(steps);
        if (expected == null) {
          expected = session.digest();
          assertThat(session.theta.toArray()).doesNotContain(Float.NaN);
        }
        assertThat(session.digest()).as("%s, %s", method, backend.description()).isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("methods")
  void aRestoredRunGivesTheSameBits(Methods.Method method) {
    assertRestorable(method);
  }

  /** Batches that leave some pairs of every epoch for other epochs, one batch to an epoch. */
  @Test
  void aRestoredRunOnOneBatchAnEpochGivesTheSameBits() {
    assertRestorable(Methods.conventional(Optimizer.fixed(Optimizer.Kind.PROXIMAL_GRADIENT, 0.02), 1, 4));
  }

  private static void assertRestorable(Methods.Method method) {
    Backend backend = BACKENDS.get(1);
    for (int interruption : new int[] {1, 4, 10, 11}) {
      int[] widths = Session.widths(method, SOFT);
      try (Session whole = new Session(backend, method, SOFT, widths, Session.SAMPLES);
          Session rest = new Session(backend, method, SOFT, widths, Session.SAMPLES)) {
        whole.run(interruption);
        Methods.restore(Methods.copy(whole.trainer, whole.theta), rest.trainer, rest.theta, whole.trainer.steps());
        assertThat(rest.digest()).as("%s, just restored after %d steps", method, interruption)
            .isEqualTo(whole.digest());
        whole.run(STEPS - interruption);
        rest.run(STEPS - interruption);
        assertThat(rest.trainer.steps()).isEqualTo(STEPS);
        assertThat(rest.digest()).as("%s, interrupted after %d steps", method, interruption)
            .isEqualTo(whole.digest());
      }
    }
  }

  /** Nothing that isn't part of the state may matter: not even where 0 times it would be NaN. */
  @ParameterizedTest
  @MethodSource("methods")
  void aRunRestoredOverADivergedOneGivesTheSameBits(Methods.Method method) {
    int[] widths = Session.widths(method, SOFT);
    Backend backend = BACKENDS.get(0);
    try (Session whole = new Session(backend, method, SOFT, widths, Session.SAMPLES);
        Session diverged = new Session(backend, method, SOFT, widths, Session.SAMPLES)) {
      whole.run(3);
      Map<String, float[]> copy = Methods.copy(whole.trainer, whole.theta);
      float[] spoilt = diverged.theta.toArray();
      Arrays.fill(spoilt, Float.NaN);
      diverged.theta.write(spoilt);
      try {
        diverged.run(2);
      } catch (IllegalArgumentException notFinite) {
        assertThat(notFinite).hasMessageContaining("finite");
      }
      Methods.restore(copy, diverged.trainer, diverged.theta, 3);
      whole.run(2);
      diverged.run(2);
      assertThat(diverged.digest()).isEqualTo(whole.digest());
    }
  }

  /** A trainer on a problem: a small odd one, unless widths say otherwise. */
  private static final class Session implements AutoCloseable {
    static final int SAMPLES = 15;

    final Parameters theta;
    final Trainer trainer;

    Session(Backend backend, Methods.Method method, ProxMap map, int[] widths, int samples) {
      Problem problem = new Problem(widths, samples, Problem.Activation.SOFT, 61);
      this.theta = problem.parameters(backend);
      Network network = Mlp.of(theta, Collections.nCopies(problem.hidden(), map));
      Pairs pairs = problem.pairs();
      this.trainer = method.make().on(backend, network, theta, pairs);
    }

    static int[] widths(Methods.Method method, ProxMap map) {
      if (map.coupling() != 1) {
        return method.equalWidths() ? new int[] {8, 8, 8, 5} : new int[] {7, 4, 12, 3};
      }
      return method.equalWidths() ? new int[] {7, 7, 7, 5} : new int[] {7, 5, 9, 3};
    }

    void run(int steps) {
      for (int t = 0; t < steps; t++) {
        trainer.step();
      }
    }

    /** Of parameters, state, objective and residuals. */
    String digest() {
      Map<String, float[]> copy = Methods.copy(trainer, theta);
      Residuals residuals = trainer.residuals();
      return Digest.of(copy.values().toArray(new float[0][])) + " " + trainer.objective().total() + " "
          + Arrays.toString(residuals.parameters()) + Arrays.toString(residuals.auxiliaries())
          + Arrays.toString(residuals.primal()) + Arrays.toString(residuals.dual());
    }

    @Override
    public void close() {
      trainer.close();
      theta.close();
    }
  }
}

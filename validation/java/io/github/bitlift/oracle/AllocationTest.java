package io.github.bitlift.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.TvPdhg;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.solver.AuxiliaryStart;
import io.github.bitlift.solver.Optimizer;
import io.github.bitlift.solver.Optimizer.Kind;
import io.github.bitlift.solver.Optimizer.StepSize;
import io.github.bitlift.solver.Trainer;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A step allocates no array in steady state: what it allocates stays below the smallest matrix of the problem, and
 * doesn't grow when every matrix of the problem becomes sixteen times larger.
 */
class AllocationTest {

  /** Bytes; the small problem's smallest matrix, of weights, has 40 * 40 * 4 = 6400. */
  private static final long SMALL = 4096;

  private static final int WARM = 6;
  private static final int STEPS = 5;

  static Stream<Methods.Method> methods() {
    Optimizer adam = Optimizer.fixed(Kind.ADAM, 1e-3);
    Optimizer norms = new Optimizer(Kind.HEAVY_BALL, 1e-3, StepSize.NORMS, 0.5);
    return Stream.of(
        Methods.coordinate(AuxiliaryStart.FORWARD, adam, adam),
        Methods.coordinate(AuxiliaryStart.FORWARD, norms, norms),
        Methods.implicit(norms, false),
        Methods.implicit(adam, true),
        Methods.conventional(adam, 1, 0),
        Methods.conventional(adam, 3, 0));
  }

  @ParameterizedTest
  @MethodSource("methods")
  void aStepAllocatesNoArray(Methods.Method method) {
    long small = perStep(method, 40, 96);
    long large = perStep(method, 160, 384);
    Figures.note("bytes per step, small: " + method, small);
    Figures.note("bytes per step, 16 times larger: " + method, large);
    assertThat(List.of(small, large)).as("%s, bytes per step", method).allMatch(bytes -> bytes < SMALL);
    assertThat(large).as("%s, 16 times larger", method).isLessThan(small + SMALL / 4);
  }

  /**
   * Backtracking evaluates the objective in every step, and a {@code Reduce} makes one closure per row (about 30 bytes):
   * with 4 times the rows and 16 times the data, 4 times the bytes. A data array among them would show.
   */
  @Test
  void aStepWithBacktrackingAllocatesClosuresPerRowButNoArray() {
    Optimizer tracked = new Optimizer(Kind.PROXIMAL_GRADIENT, 1e-3, StepSize.BACKTRACKING, 0);
    Methods.Method method = Methods.coordinate(AuxiliaryStart.FORWARD, tracked, tracked);
    long small = perStep(method, 40, 96);
    long large = perStep(method, 160, 384);
    Figures.note("bytes per step, small: " + method, small);
    Figures.note("bytes per step, 16 times larger: " + method, large);
    assertThat(large).isLessThan(5 * Math.max(small, 96 * 32));
  }

  @Test
  void replayedIterationsForTotalVariationAllocateNoArray() {
    ThreadMXBean bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (int[] size : new int[][] {{5, 28, 28}, {1, 150, 150}}) {
      int pixels = size[1] * size[2];
      try (Backend backend = new CpuBackend(1, "plain")) {
        Matrix state = matrix(backend, size[0], TvPdhg.STATE);
        float[] steps = new float[size[0] * TvPdhg.STATE];
        for (int at = 0; at < steps.length; at += TvPdhg.STATE) {
          steps[at] = steps[at + 1] = steps[at + 2] = 0.1f;
        }
        state.write(steps);
        Program program = backend.compile(List.of(new TvPdhg(size[1], size[2], true,
            new TvPdhg.Denoise(matrix(backend, size[0], pixels)), 0.1f, matrix(backend, size[0], pixels),
            matrix(backend, size[0], 2 * pixels), state, TvPdhg.Rule.ADAPTIVE, 3, Double.NEGATIVE_INFINITY,
            Double.NEGATIVE_INFINITY, 10)));
        program.run();
        long before = bean.getThreadAllocatedBytes(Thread.currentThread().getId());
        for (int t = 0; t < STEPS; t++) {
          program.run();
        }
        long bytes = (bean.getThreadAllocatedBytes(Thread.currentThread().getId()) - before) / STEPS;
        assertThat(bytes).isLessThan(4L * pixels / 8);
        assertThat(state.toArray()[TvPdhg.State.ITERATIONS.ordinal()]).isEqualTo(10f * (1 + STEPS));
      }
    }
  }

  private static Matrix matrix(Backend backend, int rows, int columns) {
    return Matrix.of(backend.allocate((long) rows * columns), rows, columns);
  }

  private static long perStep(Methods.Method method, int width, int samples) {
    ThreadMXBean bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Problem problem = new Problem(new int[] {width, width, width, width}, samples, Problem.Activation.SOFT, 71);
    try (Backend backend = new CpuBackend(1, "plain");
        Parameters theta = problem.parameters(backend);
        Trainer trainer = method.make().on(backend, problem.network(theta), theta, problem.pairs())) {
      run(trainer, WARM);
      long thread = Thread.currentThread().getId();
      long before = bean.getThreadAllocatedBytes(thread);
      run(trainer, STEPS);
      return (bean.getThreadAllocatedBytes(thread) - before) / STEPS;
    }
  }

  private static void run(Trainer trainer, int steps) {
    for (int t = 0; t < steps; t++) {
      trainer.step();
    }
  }
}

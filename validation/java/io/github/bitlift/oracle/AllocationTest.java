package io.github.bitlift.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.TvPdhg;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.lifting.Strategy;
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
 * A step allocates nothing in steady state, on any thread, whichever kernels and however many threads there are.
 *
 * <p>Steady state is when the compiler is done: interpreted code makes vectors as objects. So steps are counted window by
 * window until one of them allocates nothing, and after {@link #MOST} windows at the latest one must have done so.
 */
class AllocationTest {

  private static final ThreadMXBean BEAN = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int STEPS = 5;
  private static final int WARM = 100;
  private static final int MOST = 400;

  static Stream<Methods.Method> methods() {
    Optimizer adam = Optimizer.fixed(Kind.ADAM, 1e-3);
    Optimizer nesterov = Optimizer.fixed(Kind.NESTEROV, 1e-3);
    Optimizer norms = new Optimizer(Kind.HEAVY_BALL, 1e-3, StepSize.NORMS, 0.5);
    Optimizer tracked = new Optimizer(Kind.PROXIMAL_GRADIENT, 1e-3, StepSize.BACKTRACKING, 0);
    return Stream.of(
        Methods.coordinate(AuxiliaryStart.FORWARD, adam, adam),
        Methods.coordinate(AuxiliaryStart.FORWARD, nesterov, nesterov),
        Methods.coordinate(AuxiliaryStart.FORWARD, norms, norms),
        Methods.coordinate(AuxiliaryStart.FORWARD, tracked, tracked),
        Methods.implicit(norms, false),
        Methods.implicit(adam, true),
        Methods.conventional(adam, 1, 0),
        Methods.conventional(adam, 3, 0),
        Methods.coordinate(Strategy.of(Strategy.Kind.MAC_QP), adam),
        Methods.coordinate(Strategy.of(Strategy.Kind.CLASSICAL), norms),
        Methods.implicit(Strategy.of(Strategy.Kind.MAC_QP), norms),
        Methods.implicit(new Strategy(Strategy.Kind.CONTRASTIVE, null, 3), norms),
        Methods.implicit(Strategy.of(Strategy.Kind.BACKPROP), adam),
        Methods.averaging(Optimizer.fixed(Kind.PROXIMAL_GRADIENT, 1e-3), 3),
        Methods.exact(AuxiliaryStart.FORWARD, null),
        Methods.exact(AuxiliaryStart.FORWARD, 0.7),
        Methods.exact(Strategy.of(Strategy.Kind.CLASSICAL), AuxiliaryStart.FORWARD, null));
  }

  @ParameterizedTest
  @MethodSource("methods")
  void aStepOfPlainLoopsAllocatesNothing(Methods.Method method) {
    assertThat(leastPerWindow(method, 1, "plain")).as("%s, bytes", method).isZero();
    assertThat(leastPerWindow(method, 2, "plain")).as("%s, 2 threads, bytes", method).isZero();
  }

  @ParameterizedTest
  @MethodSource("methods")
  void aStepOfVectorLoopsAllocatesNothing(Methods.Method method) {
    assumeTrue(ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent(), "without jdk.incubator.vector");
    assertThat(leastPerWindow(method, 1, "vector")).as("%s, bytes", method).isZero();
    assertThat(leastPerWindow(method, 2, "vector")).as("%s, 2 threads, bytes", method).isZero();
  }

  @Test
  void replayedIterationsForTotalVariationAllocateNoArray() {
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
        long before = BEAN.getThreadAllocatedBytes(Thread.currentThread().getId());
        for (int t = 0; t < STEPS; t++) {
          program.run();
        }
        long bytes = (BEAN.getThreadAllocatedBytes(Thread.currentThread().getId()) - before) / STEPS;
        assertThat(bytes).isLessThan(4L * pixels / 8);
        assertThat(state.toArray()[TvPdhg.State.ITERATIONS.ordinal()]).isEqualTo(10f * (1 + STEPS));
      }
    }
  }

  private static Matrix matrix(Backend backend, int rows, int columns) {
    return Matrix.of(backend.allocate((long) rows * columns), rows, columns);
  }

  private static long leastPerWindow(Methods.Method method, int threads, String kernels) {
    Problem problem = new Problem(new int[] {40, 40, 40, 40}, 96, Problem.Activation.SOFT, 71);
    try (Backend backend = new CpuBackend(threads, kernels);
        Parameters theta = problem.parameters(backend);
        Trainer trainer = method.make().on(backend, problem.network(theta), theta, problem.pairs())) {
      long[] ids = threadsThatWork();
      run(trainer, WARM);
      long least = Long.MAX_VALUE;
      for (int window = 0; window < MOST && least > 0; window++) {
        long start = allocated(ids);
        long before = allocated(ids);
        run(trainer, STEPS);
        least = Math.min(least, allocated(ids) - before - (before - start));
      }
      return least;
    }
  }

  /** This thread and the backends' own. */
  private static long[] threadsThatWork() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread == Thread.currentThread() || thread.getName().startsWith("bitlift-worker-"))
        .mapToLong(Thread::getId).toArray();
  }

  /** By any of these threads; asking allocates as well, the same each time. */
  private static long allocated(long[] ids) {
    long sum = 0;
    for (long id : ids) {
      sum += Math.max(0, BEAN.getThreadAllocatedBytes(id));
    }
    return sum;
  }

  private static void run(Trainer trainer, int steps) {
    for (int t = 0; t < steps; t++) {
      trainer.step();
    }
  }
}

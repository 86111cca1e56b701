package io.github.bitlift.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Elementwise;
import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.LearnedThreshold;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.Reduce;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.backend.Update;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.backend.cuda.CudaBackend;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.emulator.Emulator;
import io.github.bitlift.network.Architecture;
import io.github.bitlift.network.DualForwardBackward;
import io.github.bitlift.network.ForwardPass;
import io.github.bitlift.network.MeasurementOperator;
import io.github.bitlift.network.Network;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.network.PrimalDual;
import io.github.bitlift.prox.Box;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.SoftThreshold;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Thresholds in memory against the same numbers in prox maps, bit for bit, and what stands in for them elsewhere. */
class LearnedThresholdTest {
  private static final int ROWS = 7;
  private static final int COLUMNS = 37;
  private static final int DEPTH = 6;

  /** A recorded program reads the threshold anew each time it runs. */
  @ParameterizedTest
  @ValueSource(strings = {"reference", "plain", "vector", "cuda"})
  void everyOperationHasTheBitsOfAConstantThreshold(String name) {
    try (Backend backend = open(name); Work work = new Work(backend)) {
      Matrix threshold = Matrix.of(backend.allocate(1), 1, 1);
      try (Program program = backend.compile(work.operations(new LearnedThreshold(threshold)))) {
        for (float t : new float[] {0.5f, 0.0123f, 2f}) {
          threshold.write(new float[] {t});
          work.fill();
          program.run();
          assertThat(work.results()).as("threshold %s", t).isEqualTo(constant(t));
        }
      }
      threshold.buffer().close();
    }
  }

  private static Backend open(String name) {
    if (name.equals("cuda")) {
      Emulator.load();
      return CudaBackend.open("emulated");
    }
    return name.equals("reference") ? new ReferenceBackend() : new CpuBackend(2, name);
  }

  private static List<Long> constant(float t) {
    try (Backend backend = new ReferenceBackend(); Work work = new Work(backend)) {
      work.fill();
      try (Program program = backend.compile(work.operations(new SoftThreshold(t)))) {
        program.run();
      }
      return work.results();
    }
  }

  /** Every operation that applies a prox map, fused with a product and not. */
  private static final class Work implements AutoCloseable {
    private final Backend backend;
    private final List<Matrix> matrices = new ArrayList<>();
    private final Sums sums;

    Work(Backend backend) {
      this.backend = backend;
      this.sums = backend.allocateSums(3);
      for (int i = 0; i < 16; i++) {
        matrices.add(Matrix.of(backend.allocate(ROWS * COLUMNS), ROWS, COLUMNS));
      }
    }

    private Matrix at(int i, int rows, int columns) {
      return new Matrix(matrices.get(i).buffer(), 0, rows, columns);
    }

    void fill() {
      for (int i = 0; i < matrices.size(); i++) {
        matrices.get(i).write(Specimen.gaussian(new Random(80 + i), ROWS * COLUMNS, 1));
      }
      at(0, 1, 7).write(new float[] {0f, -0f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0.5f, -0.5f});
      at(15, 1, 3).write(new float[] {0.4f, 0, 0});
    }

    List<Operation> operations(ProxMap map) {
      Matrix v = matrices.get(0);
      Matrix w = matrices.get(1);
      List<Operation> operations = new ArrayList<>();
      for (Elementwise.Kind kind : Elementwise.Kind.values()) {
        operations.add(new Elementwise(kind, map, 0.7f, v, w, matrices.get(2 + kind.ordinal())));
      }
      Product.Term forward = Product.Dense.forward(at(6, ROWS, DEPTH), at(7, COLUMNS, DEPTH));
      Product.Term adjoint = Product.Dense.adjoint(at(6, ROWS, DEPTH), at(8, DEPTH, COLUMNS));
      Matrix bias = at(9, 1, COLUMNS);
      Update.Step step = new Update.Step(new Update.Gradient(), matrices.get(13), matrices.get(14), null, null,
          at(15, 1, 3), null, new Update.Proximal(map, 0.3f, true));
      Update.Step fused = new Update.Step(new Update.Gradient(), matrices.get(13), null, null, null,
          at(15, 1, 3), null, new Update.Proximal(map, 0.3f, false));
      operations.add(new Product(List.of(
          new Product.Row(matrices.get(10), List.of(forward), new Epilogue.Activate(bias, map, null)),
          new Product.Row(matrices.get(11), List.of(forward), new Epilogue.Residual(bias, map, w, 0.6f, null, null, true)),
          new Product.Row(matrices.get(12), List.of(adjoint), new Epilogue.Pullback(map, w)))));
      operations.add(new Update(List.of(step)));
      operations.add(Product.of(new Product.Row(List.of(adjoint), new Epilogue.Scale(1f), fused)));
      operations.add(new Reduce(Reduce.Kind.POTENTIAL, w, null, map, sums, 0));
      operations.add(new Reduce(Reduce.Kind.CONJUGATE, w, null, map, sums, 1));
      operations.add(new Reduce(Reduce.Kind.PENALTY, matrices.get(14), w, map, sums, 2));
      return operations;
    }

    List<Long> results() {
      List<Long> bits = new ArrayList<>();
      for (Matrix matrix : matrices) {
        for (float value : matrix.toArray()) {
          bits.add((long) Float.floatToIntBits(value));
        }
      }
      for (int i = 0; i < 3; i++) {
        bits.add(Double.doubleToLongBits(sums.get(i)));
      }
      return bits;
    }

    @Override
    public void close() {
      sums.close();
      matrices.forEach(matrix -> matrix.buffer().close());
    }
  }

  @Test
  void whatReadsTheThresholdMayNotWriteIt() {
    try (Backend backend = new ReferenceBackend()) {
      Matrix all = Matrix.of(backend.allocate(4), 1, 4);
      ProxMap map = new LearnedThreshold(new Matrix(all.buffer(), 3, 1, 1));
      assertThatThrownBy(() -> new Elementwise(Elementwise.Kind.ACTIVATE, map, 0f, all, null, all))
          .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("threshold");
      assertThatThrownBy(() -> new LearnedThreshold(all)).hasMessageContaining("[1, 1]");
    }
  }

  /** The network with (2&lambda;, L, &gamma;) is the one with (&lambda;, 2L, &gamma;/4): every operation is scaled by a power of two. */
  @Test
  void aBoundIsLearnedWithinL() {
    MeasurementOperator h = new MeasurementOperator(4, 6, Specimen.gaussian(new Random(71), 24, 0.4));
    List<Float> small = List.of(0.25f, 0.25f, 0.25f);
    List<Float> large = List.of(0.5f, 0.5f, 0.5f);
    assertThat(outputs(new PrimalDual(h, 8, large, Box.unit(), 0.4f, 0.3f, false), 1, 4))
        .isEqualTo(outputs(new PrimalDual(h, 8, small, Box.unit(), 0.4f, 0.3f, false), 2, 4));
    assertThat(outputs(new DualForwardBackward(6, 8, large, 0.4f, false), 1, 6))
        .isEqualTo(outputs(new DualForwardBackward(6, 8, small, 0.4f, false), 2, 6));
  }

  /** With L times a factor and the step of the dual variable divided by its square. */
  private static List<Float> outputs(Architecture architecture, float factor, int inputs) {
    try (Backend backend = new ReferenceBackend(); Parameters theta = architecture.parameters(backend)) {
      architecture.initialise(theta, 5);
      String step = architecture instanceof PrimalDual ? "gamma" : "tau";
      for (Parameters.Shape shape : theta.shapes()) {
        float by = shape.name().startsWith("L") ? factor : shape.name().startsWith(step) ? 1 / (factor * factor) : 1;
        float[] values = theta.named(shape.name()).toArray();
        for (int i = 0; i < values.length; i++) {
          values[i] *= by;
        }
        theta.named(shape.name()).write(values);
      }
      try (Network network = architecture.over(backend, theta); ForwardPass forward = new ForwardPass(backend, network, 9)) {
        float[] outputs = forward.apply(Specimen.gaussian(new Random(6), 9 * inputs, 1), 9);
        List<Float> list = new ArrayList<>();
        for (float output : outputs) {
          list.add(output);
        }
        assertThat(list).doesNotContain(Float.NaN);
        return list;
      }
    }
  }
}

package io.github.bitlift.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.network.BlockOperator;
import io.github.bitlift.network.BlockVector;
import io.github.bitlift.network.ForwardPass;
import io.github.bitlift.network.LinearMap;
import io.github.bitlift.network.Mlp;
import io.github.bitlift.network.Network;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.network.UnifiedPass;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.ProxMaps;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Evaluation as one block system, layer by layer, and sample by sample: the same bits; block operators: adjoint. */
class EvaluationTest {

  private static final int[][] WIDTHS = {
    {1, 4, 1}, {6, 4, 8, 6}, {33, 16, 40, 7}, {8, 8, 8, 8, 8, 8, 8, 8}, {5, 260, 4, 3}
  };

  static List<Arguments> cases() {
    List<Arguments> cases = new ArrayList<>();
    for (ProxMap map : ProxMaps.examples()) {
      for (int[] widths : WIDTHS) {
        cases.add(Arguments.of(map, widths));
      }
    }
    return cases;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void unifiedLayerwiseAndSamplewiseEvaluationGiveTheSameBits(ProxMap map, int[] widths) {
    int count = 13;
    float[] inputs = values(new Random(51), count * widths[0], 1);
    float[] expected = null;
    for (Backend backend : List.of(new ReferenceBackend(), new CpuBackend(1, "plain"), new CpuBackend(3))) {
      try (backend;
          Parameters theta = new Parameters(backend, widths)) {
        theta.write(values(new Random(52), theta.count(), 0.6));
        Network network = Mlp.of(theta, Collections.nCopies(widths.length - 2, map));
        float[] unified = UnifiedPass.apply(backend, network, inputs, count);
        if (expected == null) {
          expected = unified;
          assertThat(unified).doesNotContain(Float.NaN);
        }
        assertThat(bits(unified)).as(backend.description()).isEqualTo(bits(expected));
        assertThat(bits(layerwise(backend, network, inputs, count, 5))).isEqualTo(bits(expected));
        assertThat(bits(layerwise(backend, network, inputs, count, count))).isEqualTo(bits(expected));
        assertThat(bits(samplewise(backend, network, inputs, count))).isEqualTo(bits(expected));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("oracleCases")
  void evaluationIsTheOracles(Problem problem) {
    try (Backend backend = new ReferenceBackend();
        Parameters theta = problem.parameters(backend);
        ForwardPass pass = new ForwardPass(backend, problem.network(theta), problem.samples())) {
      TrainingOracle oracle = problem.oracle(theta, null, problem.pairs());
      oracle.forward();
      float[] output = pass.apply(problem.pairs().inputs(), problem.samples());
      for (int i = 0; i < problem.samples(); i++) {
        double[] expected = oracle.affine(oracle.hidden(), i);
        for (int r = 0; r < expected.length; r++) {
          double error = Math.abs(output[i * expected.length + r] - expected[r]);
          Figures.note("forward pass", error);
          assertThat(error).isLessThan(2e-6);
        }
      }
    }
  }

  static List<Problem> oracleCases() {
    List<Problem> problems = new ArrayList<>();
    for (Problem.Activation activation : Problem.Activation.values()) {
      problems.add(new Problem(new int[] {6, 5, 4, 6}, 5, activation, 53));
      problems.add(new Problem(new int[] {31, 33, 8, 8, 8, 8, 9}, 12, activation, 54));
    }
    return problems;
  }

  @Test
  void adjointOfABlockOperator() {
    for (Backend backend : List.of(new ReferenceBackend(), new CpuBackend(2))) {
      try (backend) {
        adjoint(backend);
      }
    }
  }

  /** &#9001;Au, v&#9002; = &#9001;u, A*v&#9002; for a grid with dense and identity entries and several in a row. */
  private static void adjoint(Backend backend) {
    int[] rows = {4, 7, 5};
    int[] columns = {6, 4, 7, 5};
    int samples = 9;
    Random random = new Random(55);
    BlockVector dense = BlockVector.allocate(backend, 1, 4 * 6, 7 * 6, 7 * 4, 5 * 5);
    dense.blocks().forEach(block -> block.write(values(random, Math.toIntExact(block.size()), 1)));
    List<BlockOperator.Block> blocks = List.of(
        block(0, 0, dense, 0, 4, 6), block(1, 0, dense, 1, 7, 6), block(1, 1, dense, 2, 7, 4),
        block(2, 3, dense, 3, 5, 5),
        new BlockOperator.Block(0, 1, new LinearMap.ScaledIdentity(4, -0.75f)),
        new BlockOperator.Block(1, 2, new LinearMap.ScaledIdentity(7, 1f)));
    BlockOperator a = new BlockOperator(rows, columns, blocks);
    BlockVector u = BlockVector.allocate(backend, samples, columns);
    BlockVector v = BlockVector.allocate(backend, samples, rows);
    BlockVector au = BlockVector.allocate(backend, samples, rows);
    BlockVector av = BlockVector.allocate(backend, samples, columns);
    u.blocks().forEach(block -> block.write(values(random, Math.toIntExact(block.size()), 1)));
    v.blocks().forEach(block -> block.write(values(random, Math.toIntExact(block.size()), 1)));
    try (Program program = backend.compile(List.of(a.apply(u, au), a.applyAdjoint(v, av)))) {
      program.run();
    }
    double left = inner(au, v);
    double right = inner(u, av);
    Figures.note("adjoint identity", Math.abs(left - right));
    assertThat(left).isNotCloseTo(0, within(1.0)).isCloseTo(right, within(1e-5));
    List.of(dense, u, v, au, av).forEach(vector -> vector.block(0).buffer().close());
  }

  private static BlockOperator.Block block(
      int row, int column, BlockVector from, int index, int outputs, int inputs) {
    return new BlockOperator.Block(row, column, new LinearMap.Dense(new Matrix(
        from.block(index).buffer(), from.block(index).offset(), outputs, inputs)));
  }

  private static double inner(BlockVector a, BlockVector b) {
    double sum = 0;
    for (int j = 0; j < a.size(); j++) {
      float[] left = a.block(j).toArray();
      float[] right = b.block(j).toArray();
      for (int i = 0; i < left.length; i++) {
        sum += (double) left[i] * right[i];
      }
    }
    return sum;
  }

  private static float[] layerwise(Backend backend, Network network, float[] inputs, int count, int most) {
    try (ForwardPass pass = new ForwardPass(backend, network, most)) {
      return pass.apply(inputs, count);
    }
  }

  private static float[] samplewise(Backend backend, Network network, float[] inputs, int count) {
    int in = inputs.length / count;
    float[] all = new float[count * network.outputs()];
    try (ForwardPass pass = new ForwardPass(backend, network, 1)) {
      for (int i = 0; i < count; i++) {
        float[] one = pass.apply(Arrays.copyOfRange(inputs, i * in, (i + 1) * in), 1);
        System.arraycopy(one, 0, all, i * one.length, one.length);
      }
    }
    return all;
  }

  private static float[] values(Random random, int count, double scale) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (scale * random.nextGaussian());
    }
    return values;
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }
}

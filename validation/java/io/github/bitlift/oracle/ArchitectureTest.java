package io.github.bitlift.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.backend.cuda.CudaBackend;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.emulator.Emulator;
import io.github.bitlift.network.BlockOperator;
import io.github.bitlift.network.BlockVector;
import io.github.bitlift.network.Convolution;
import io.github.bitlift.network.ForwardPass;
import io.github.bitlift.network.LinearMap;
import io.github.bitlift.network.Network;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.network.TransposedConvolution;
import io.github.bitlift.network.UnifiedPass;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.opentest4j.TestAbortedException;

/**
 * Every architecture: evaluation as one block system and layer by layer, in chunks of any size, gives the same bits on every
 * backend, and the values of its recursion in binary64; every block operator and its adjoint are adjoint to each other.
 */
class ArchitectureTest {

  private static final List<Backend> BACKENDS = new ArrayList<>();

  @BeforeAll
  static void open() {
    BACKENDS.add(new ReferenceBackend());
    BACKENDS.add(new CpuBackend(1, "plain"));
    BACKENDS.add(new CpuBackend(3));
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

  static List<Specimen> specimens() {
    return Specimen.all();
  }

  @ParameterizedTest
  @MethodSource("specimens")
  void unifiedAndLayerwiseEvaluationGiveTheSameBits(Specimen specimen) {
    float[] expected = null;
    for (Backend backend : BACKENDS) {
      try (Parameters theta = specimen.parameters(backend);
          Network network = specimen.architecture().over(backend, theta)) {
        float[] unified = UnifiedPass.apply(backend, network, specimen.data(), Specimen.SAMPLES);
        expected = expected == null ? unified : expected;
        assertThat(unified).as(backend.description()).doesNotContain(Float.NaN).containsExactly(expected);
        for (int most : new int[] {1, 3, Specimen.SAMPLES}) {
          try (ForwardPass pass = new ForwardPass(backend, network, most)) {
            assertThat(pass.apply(specimen.data(), Specimen.SAMPLES)).as(backend.description())
                .containsExactly(expected);
          }
        }
      }
    }
  }

  /** A chain of some 20 roundings on numbers of size 1, carried through up to 7 layers of norm about 1. */
  @ParameterizedTest
  @MethodSource("specimens")
  void evaluationIsTheRecursions(Specimen specimen) {
    Backend backend = BACKENDS.get(0);
    try (Parameters theta = specimen.parameters(backend);
        Network network = specimen.architecture().over(backend, theta);
        ForwardPass pass = new ForwardPass(backend, network, Specimen.SAMPLES)) {
      float[] outputs = pass.apply(specimen.data(), Specimen.SAMPLES);
      Map<String, double[][]> p = Specimen.doubles(theta);
      double[][] inputs = Problem.rows(specimen.data(), Specimen.SAMPLES, specimen.inputs());
      for (int i = 0; i < Specimen.SAMPLES; i++) {
        double[] expected = specimen.recursion().output(p, inputs[i], (j, v, sigma) -> {
          double[] z = new double[v.length];
          for (int c = 0; c < z.length; c++) {
            z[c] = sigma.sigma(v[c]);
          }
          return z;
        });
        for (int c = 0; c < expected.length; c++) {
          double error = Math.abs(outputs[i * expected.length + c] - expected[c]);
          Figures.note("forward pass of " + specimen.architecture().name(), error);
          assertThat(error).isLessThan(2e-6);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("specimens")
  void everyBlockOperatorHasItsAdjoint(Specimen specimen) {
    for (Backend backend : BACKENDS) {
      try (Parameters theta = specimen.parameters(backend);
          Network network = specimen.architecture().over(backend, theta);
          Program prepare = backend.compile(network.composition().prepare())) {
        prepare.run();
        for (BlockOperator operator : List.of(network.k(), network.m(), network.v(), network.w())) {
          adjoint(backend, operator);
        }
      }
    }
  }

  /**
   * |&#9001;Au, v&#9002; - &#9001;u, A*v&#9002;| &le; (2&gamma; + 2n/2&#8309;&#8304;)|v|&#7488;|A||u|: an element of Au or A*v takes at most n
   * roundings, one per step of its chains and per addition of its terms, n/(2&#178;&#8308; - n) = &gamma;; the sums of n products in
   * binary64 add what is left.
   */
  private static void adjoint(Backend backend, BlockOperator a) {
    Random random = new Random(75);
    BlockVector u = random(backend, random, a.columnSizes());
    BlockVector v = random(backend, random, a.rowSizes());
    BlockVector au = BlockVector.allocate(backend, Specimen.SAMPLES, a.rowSizes());
    BlockVector av = BlockVector.allocate(backend, Specimen.SAMPLES, a.columnSizes());
    try (Program program = backend.compile(List.of(a.apply(u, au), a.applyAdjoint(v, av)))) {
      program.run();
    }
    double size = 0;
    int n = a.blocks().size();
    for (BlockOperator.Block block : a.blocks()) {
      double[][] entries = dense(block.map());
      n += entries.length + entries[0].length;
      size += absolute(entries, u.block(block.column()), v.block(block.row()));
    }
    double gamma = n / (0x1p24 - n);
    double difference = Math.abs(inner(au, v) - inner(u, av));
    assertThat(size).isPositive();
    assertThat(difference).isLessThanOrEqualTo((2 * gamma + 2 * n * Specimen.SAMPLES * 0x1p-50) * size);
    List.of(u, v, au, av).forEach(vector -> vector.block(0).buffer().close());
  }

  private static BlockVector random(Backend backend, Random random, int... widths) {
    BlockVector vector = BlockVector.allocate(backend, Specimen.SAMPLES, widths);
    vector.blocks().forEach(block -> block.write(Specimen.gaussian(random, Math.toIntExact(block.size()), 1)));
    return vector;
  }

  /** The entries of a map, from its definition. */
  static double[][] dense(LinearMap map) {
    double[][] entries = new double[map.rows()][map.columns()];
    for (int r = 0; r < map.rows(); r++) {
      for (int c = 0; c < map.columns(); c++) {
        if (map instanceof LinearMap.ScaledIdentity identity) {
          entries[r][c] = r == c ? identity.factor() : 0;
        }
      }
    }
    if (map instanceof LinearMap.Dense dense) {
      return Problem.rows(dense.weights().toArray(), map.rows(), map.columns());
    }
    if (map instanceof LinearMap.Transposed transposed) {
      float[] values = transposed.weights().toArray();
      for (int i = 0; i < values.length; i++) {
        entries[i % map.rows()][i / map.rows()] = values[i];
      }
    }
    if (map instanceof Convolution convolution) {
      return ImageLoops.of(convolution.grid()).dense(convolution.weights());
    }
    if (map instanceof TransposedConvolution transposed) {
      double[][] forward = ImageLoops.of(transposed.grid()).dense(transposed.weights());
      for (int r = 0; r < map.rows(); r++) {
        for (int c = 0; c < map.columns(); c++) {
          entries[r][c] = forward[c][r];
        }
      }
    }
    return entries;
  }

  private static double absolute(double[][] a, Matrix u, Matrix v) {
    double[][] in = Problem.rows(u.toArray(), u.rows(), u.columns());
    double[][] out = Problem.rows(v.toArray(), v.rows(), v.columns());
    double sum = 0;
    for (int i = 0; i < in.length; i++) {
      for (int r = 0; r < a.length; r++) {
        for (int c = 0; c < a[r].length; c++) {
          sum += Math.abs(out[i][r] * a[r][c] * in[i][c]);
        }
      }
    }
    return sum;
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
}

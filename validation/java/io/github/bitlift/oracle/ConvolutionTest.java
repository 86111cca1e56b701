package io.github.bitlift.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.PatchGrid;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.backend.cuda.CudaBackend;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.emulator.Emulator;
import io.github.bitlift.inversion.SpectralNorm;
import io.github.bitlift.network.Convolution;
import io.github.bitlift.network.ConvolutionalAutoencoder;
import io.github.bitlift.network.ForwardPass;
import io.github.bitlift.network.LinearMap;
import io.github.bitlift.network.Network;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.network.TransposedConvolution;
import io.github.bitlift.prox.Identity;
import io.github.bitlift.prox.Relu;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.opentest4j.TestAbortedException;

/**
 * Convolutions, transposed ones and the gradients of their weights against the loops of their definition in binary64. On small
 * whole numbers binary32 makes no error, so that the numbers themselves are compared, on every backend.
 */
class ConvolutionTest {

  private static final int SAMPLES = 3;
  private static final int FILTERS = 4;
  private static final List<Backend> BACKENDS = new ArrayList<>();

  @BeforeAll
  static void open() {
    BACKENDS.add(new ReferenceBackend());
    BACKENDS.add(new CpuBackend(2));
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

  static List<PatchGrid> grids() {
    return List.of(
        new PatchGrid(8, 6, 1, 4, 2, 1), new PatchGrid(7, 7, 8, 4, 2, 1), new PatchGrid(5, 9, 3, 3, 1, 1),
        new PatchGrid(6, 5, 2, 3, 3, 0), new PatchGrid(7, 8, 3, 5, 2, 2), new PatchGrid(10, 11, 3, 2, 3, 1));
  }

  @ParameterizedTest
  @MethodSource("grids")
  void aConvolutionIsItsLoops(PatchGrid grid) {
    ImageLoops loops = ImageLoops.of(grid);
    for (Backend backend : BACKENDS) {
      Matrix w = whole(backend, FILTERS, grid.patchSize(), 1);
      Matrix bias = whole(backend, 1, FILTERS, 2);
      LinearMap map = new Convolution(w, grid);
      Matrix in = whole(backend, SAMPLES, map.columns(), 3);
      float[] out = applied(backend, map.apply(in), map.rows(), bias);
      for (int i = 0; i < SAMPLES; i++) {
        assertThat(sample(out, i)).as("%s, %s", grid.text(), backend.name())
            .isEqualTo(loops.convolved(sample(in.toArray(), i), rows(w), rows(bias)[0]));
      }
      free(w, bias, in);
    }
  }

  @ParameterizedTest
  @MethodSource("grids")
  void aTransposedConvolutionIsItsLoops(PatchGrid grid) {
    ImageLoops loops = ImageLoops.of(grid);
    for (Backend backend : BACKENDS) {
      Matrix w = whole(backend, FILTERS, grid.patchSize(), 4);
      Matrix bias = whole(backend, 1, grid.channels(), 5);
      LinearMap map = new TransposedConvolution(w, grid);
      Matrix in = whole(backend, SAMPLES, map.columns(), 6);
      float[] out = applied(backend, map.apply(in), map.rows(), bias);
      for (int i = 0; i < SAMPLES; i++) {
        assertThat(sample(out, i)).as("%s, %s", grid.text(), backend.name())
            .isEqualTo(loops.spread(sample(in.toArray(), i), rows(w), rows(bias)[0]));
      }
      free(w, bias, in);
    }
  }

  /** &#9001;Au, v&#9002; = &#9001;u, A*v&#9002; exactly, and the gradient in a weight is what the pairing gains when that grows by 1. */
  @ParameterizedTest
  @MethodSource("grids")
  void adjointsAndGradientsBelongToTheMap(PatchGrid grid) {
    Map<String, float[]> gradients = new HashMap<>();
    for (Backend backend : BACKENDS) {
      Matrix w = whole(backend, FILTERS, grid.patchSize(), 7);
      for (LinearMap map : List.of(new Convolution(w, grid), new TransposedConvolution(w, grid))) {
        Matrix u = whole(backend, SAMPLES, map.columns(), 8);
        Matrix v = whole(backend, SAMPLES, map.rows(), 9);
        float[] au = applied(backend, map.apply(u), map.rows(), null);
        float[] av = applied(backend, map.adjoint(v), map.columns(), null);
        double pairing = inner(au, v.toArray());
        assertThat(pairing).isEqualTo(inner(u.toArray(), av));
        Matrix gradient = Matrix.of(backend.allocate(w.size()), w.rows(), w.columns());
        run(backend, gradient, map.gradient(v, u), new Epilogue.Scale(1f));
        assertThat(inner(gradient.toArray(), w.toArray())).as("a linear function is its gradient times the weights")
            .isEqualTo(pairing);
        if (backend == BACKENDS.get(0)) {
          oneWeight(backend, map, w, gradient, u, v);
        }
        gradients.merge(map.getClass().getSimpleName(), gradient.toArray(), (first, other) -> {
          assertThat(other).as(backend.name()).isEqualTo(first);
          return first;
        });
        free(u, v, gradient);
      }
      free(w);
    }
  }

  /** Element by element, for some of them: the weights changed by 1 there. */
  private static void oneWeight(Backend backend, LinearMap map, Matrix w, Matrix gradient, Matrix u, Matrix v) {
    float[] values = w.toArray();
    double before = inner(applied(backend, map.apply(u), map.rows(), null), v.toArray());
    for (int i = 0; i < values.length; i += 7) {
      float[] changed = values.clone();
      changed[i]++;
      w.write(changed);
      double after = inner(applied(backend, map.apply(u), map.rows(), null), v.toArray());
      assertThat((double) gradient.toArray()[i]).isEqualTo(after - before);
    }
    w.write(values);
  }

  /** A sample has the bits that it has alone, with numbers that are no whole ones. */
  @ParameterizedTest
  @MethodSource("grids")
  void aBatchGivesEachSampleItsOwnBits(PatchGrid grid) {
    for (Backend backend : BACKENDS) {
      Matrix w = normal(backend, FILTERS, grid.patchSize(), 10);
      for (LinearMap map : List.of(new Convolution(w, grid), new TransposedConvolution(w, grid))) {
        Matrix in = normal(backend, SAMPLES, map.columns(), 11);
        float[] all = applied(backend, map.apply(in), map.rows(), null);
        for (int i = 0; i < SAMPLES; i++) {
          float[] alone = applied(backend, map.apply(in.slice(i, i + 1)), map.rows(), null);
          assertThat(alone).isEqualTo(Arrays.copyOfRange(all, i * map.rows(), (i + 1) * map.rows()));
        }
        free(in);
      }
      free(w);
    }
  }

  /** The paper's network: 28 to 14 to 7, 784 to 392 and back. */
  @Test
  void thePapersAutoencoder() {
    ConvolutionalAutoencoder paper = new ConvolutionalAutoencoder(28, 28, List.of(1, 8, 16), 392, new Relu());
    Backend backend = BACKENDS.get(1);
    try (Parameters theta = paper.parameters(backend);
        Network whole = paper.over(backend, theta);
        Network encoder = paper.encoder(backend, theta);
        ForwardPass there = new ForwardPass(backend, encoder, 2)) {
      assertThat(whole.widths()).containsExactly(784, 14 * 14 * 8, 7 * 7 * 16, 392, 784, 14 * 14 * 8);
      assertThat(whole.outputs()).isEqualTo(784);
      assertThat(whole.isChain()).isTrue();
      assertThat(whole.sigma()).extracting(sigma -> sigma.stem())
          .containsExactly("relu", "relu", "identity", "relu", "relu");
      assertThat(theta.shapes()).extracting(Parameters.Shape::toString).hasSize(12);
      assertThat(theta.count()).isEqualTo(
          8 * 16 + 8 + 16 * 128 + 16 + 784 * 392 + 392 + 392 * 784 + 784 + 16 * 128 + 8 + 8 * 16 + 1);
      paper.initialise(theta, 3);
      theta.named("b.3").write(Specimen.gaussian(new Random(12), 392, 1));
      float[] images = Specimen.gaussian(new Random(13), 2 * 784, 1);
      assertThat(encoder.widths()).containsExactly(784, 14 * 14 * 8, 7 * 7 * 16);
      assertThat(there.apply(images, 2)).as("the code is u₃").isEqualTo(code(backend, whole, images));
    }
  }

  private static float[] code(Backend backend, Network whole, float[] images) {
    var u = io.github.bitlift.network.BlockVector.allocate(backend, 2, whole.widths());
    u.block(0).write(images);
    try (Program program = backend.compile(ForwardPass.hidden(whole, u, 2))) {
      program.run();
      return u.block(3).toArray();
    } finally {
      u.block(0).buffer().close();
    }
  }

  /** Weights of He's variance keep the size of a signal through rectifiers: 2 / fan-in. */
  @Test
  void initialWeightsHaveTheirVariance() {
    ConvolutionalAutoencoder paper = new ConvolutionalAutoencoder(28, 28, List.of(1, 8, 16), 392, new Relu());
    Backend backend = BACKENDS.get(0);
    double[] fan = {16, 128, 0, 392, 64, 0};
    try (Parameters theta = paper.parameters(backend)) {
      paper.initialise(theta, 5);
      for (int layer : new int[] {1, 2, 4, 5}) {
        float[] w = theta.named("W." + layer).toArray();
        double variance = inner(w, w) / w.length;
        assertThat(variance * fan[layer - 1]).as("layer %d", layer).isBetween(1.7, 2.3);
        double bound = Math.sqrt(6 / fan[layer - 1]) * (1 + 0x1p-20);
        for (float value : w) {
          assertThat((double) Math.abs(value)).isLessThanOrEqualTo(bound);
        }
      }
      String before = theta.digest();
      paper.initialise(theta, 5);
      assertThat(theta.digest()).isEqualTo(before);
      paper.initialise(theta, 6);
      assertThat(theta.digest()).isNotEqualTo(before);
    }
  }

  private static float[] applied(Backend backend, Product.Term term, int width, Matrix bias) {
    Matrix out = Matrix.of(backend.allocate((long) width * term.rows() * term.columns() / width),
        (int) ((long) term.rows() * term.columns() / width), width);
    run(backend, out, term, bias == null
        ? new Epilogue.Scale(1f) : new Epilogue.Activate(bias, new Identity(), null));
    float[] values = out.toArray();
    free(out);
    return values;
  }

  private static void run(Backend backend, Matrix out, Product.Term term, Epilogue epilogue) {
    try (Program program = backend.compile(List.of(Product.of(new Product.Row(out, List.of(term), epilogue))))) {
      program.run();
    }
  }

  /** Whole numbers from -3 to 3. */
  private static Matrix whole(Backend backend, int rows, int columns, long seed) {
    Random random = new Random(seed);
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(7) - 3;
    }
    Matrix matrix = Matrix.of(backend.allocate(values.length), rows, columns);
    matrix.write(values);
    return matrix;
  }

  private static Matrix normal(Backend backend, int rows, int columns, long seed) {
    Matrix matrix = Matrix.of(backend.allocate((long) rows * columns), rows, columns);
    matrix.write(Specimen.gaussian(new Random(seed), rows * columns, 1));
    return matrix;
  }

  private static void free(Matrix... matrices) {
    for (Matrix matrix : matrices) {
      matrix.buffer().close();
    }
  }

  private static double[][] rows(Matrix matrix) {
    return Problem.rows(matrix.toArray(), matrix.rows(), matrix.columns());
  }

  private static double[] sample(float[] values, int i) {
    int width = values.length / SAMPLES;
    double[] sample = new double[width];
    for (int k = 0; k < width; k++) {
      sample[k] = values[i * width + k];
    }
    return sample;
  }

  private static double inner(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  /** Steps sized by the weights' norm and the overlap of patches are short enough. */
  @ParameterizedTest
  @MethodSource("grids")
  void theGainBoundsTheOperatorsNorm(PatchGrid grid) {
    try (Backend backend = new ReferenceBackend()) {
      Matrix weights = Matrix.of(
          backend.allocate((long) FILTERS * grid.patchSize()), FILTERS, grid.patchSize());
      Random random = new Random(5);
      float[] values = new float[FILTERS * grid.patchSize()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian();
      }
      weights.write(values);
      double dense = SpectralNorm.squared(backend, new LinearMap.Dense(weights));
      for (LinearMap map : List.of(new Convolution(weights, grid), new LinearMap.Dense(weights))) {
        assertThat(SpectralNorm.squared(backend, map)).isPositive().isLessThanOrEqualTo(map.gain() * dense * 1.005);
      }
    }
  }
}

package io.github.bitlift.oracle;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.network.Architecture;
import io.github.bitlift.network.ConvolutionalAutoencoder;
import io.github.bitlift.network.DualForwardBackward;
import io.github.bitlift.network.Lista;
import io.github.bitlift.network.MeasurementOperator;
import io.github.bitlift.network.Mlp;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.network.Perceptron;
import io.github.bitlift.network.PrimalDual;
import io.github.bitlift.network.ResNet;
import io.github.bitlift.network.Shallow;
import io.github.bitlift.prox.Box;
import io.github.bitlift.prox.Relu;
import io.github.bitlift.prox.SoftThreshold;
import io.github.bitlift.prox.Tanh;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** An architecture of the library with its recursion, random parameters and data. */
record Specimen(String title, Architecture architecture, Recursion recursion, int inputs, int outputs) {

  static final int SAMPLES = 7;

  /** Every architecture, shared and per layer, square and not, with every kind of activation it has. */
  static List<Specimen> all() {
    float t = 0.1f;
    OracleActivation soft = OracleActivation.soft(t);
    OracleActivation relu = OracleActivation.relu();
    OracleActivation tanh = OracleActivation.tanh();
    return List.of(
        of("perceptron", new Perceptron(6, 4, new Tanh()), Recursion.perceptron(tanh), 6, 4),
        of("shallow", new Shallow(3, 2, List.of(new Tanh(), new Relu(), new SoftThreshold(t), new Tanh(), new Relu())),
            Recursion.shallow(tanh, relu, soft, tanh, relu), 3, 2),
        of("scalar shallow", new Shallow(1, 1, List.of(new Tanh())), Recursion.shallow(tanh), 1, 1),
        of("mlp", new Mlp(List.of(6, 5, 7, 4), List.of(new SoftThreshold(t), new SoftThreshold(t))),
            Recursion.mlp(2, soft), 6, 4),
        of("undercomplete", Mlp.undercomplete(8, 3, new Relu()), Recursion.mlp(3, relu), 8, 8),
        of("sparse autoencoder", Mlp.sparseAutoencoder(6, new SoftThreshold(t)), Recursion.mlp(3, soft), 6, 6),
        of("resnet", new ResNet(5, List.of(7, 3, 6), 4, List.of(new Tanh(), new SoftThreshold(t), new Relu()), 0.5f),
            Recursion.resNet(tanh, soft, relu), 5, 4),
        of("resnet of one layer", new ResNet(4, List.of(9), 2, List.of(new Relu()), 1f), Recursion.resNet(relu), 4, 2),
        lista(6, 5, 8, true, 0.3f, 0.2f, 0.4f),
        lista(5, 5, 4, false, 0.3f, 0.2f, 0.4f),
        lista(4, 7, 9, false),
        primalDual(4, 6, 8, false, 0.3f, 0.2f, 0.25f),
        primalDual(7, 5, 4, true, 0.3f, 0.3f),
        primalDual(3, 3, 3, false, 0.2f),
        dualForwardBackward(5, 8, false, 0.3f, 0.2f, 0.25f),
        dualForwardBackward(6, 4, true, 0.3f, 0.3f),
        dualForwardBackward(4, 4, false, 0.2f),
        of("convolutional autoencoder", new ConvolutionalAutoencoder(4, 4, List.of(2, 3, 2), 5, new Relu()),
            Recursion.convolutionalAutoencoder(4, 4, relu, 2, 3, 2), 32, 32),
        of("convolutional autoencoder of one convolution",
            new ConvolutionalAutoencoder(4, 7, List.of(1, 3), 4, new SoftThreshold(t)),
            Recursion.convolutionalAutoencoder(4, 7, soft, 1, 3), 28, 28));
  }

  private static Specimen of(String title, Architecture architecture, Recursion recursion, int inputs, int outputs) {
    return new Specimen(title, architecture, recursion, inputs, outputs);
  }

  private static Specimen lista(int m, int n, int s, boolean shared, Float... lambda) {
    float gamma = 0.3f;
    MeasurementOperator h = measurement(m, n);
    double[] thresholds = Arrays.stream(lambda).mapToDouble(value -> gamma * value).toArray();
    return of("lista " + m + "-" + n + "-" + s + (shared ? " shared" : ""),
        new Lista(h, s, List.of(lambda), gamma, shared), Recursion.lista(rows(h), thresholds), m, n);
  }

  private static Specimen primalDual(int m, int n, int s, boolean shared, Float... lambda) {
    MeasurementOperator h = measurement(m, n);
    return of("primal-dual " + m + "-" + n + "-" + s + (shared ? " shared" : ""),
        new PrimalDual(h, s, List.of(lambda), new Box(-0.75f, 1f), 0.4f, 0.3f, shared),
        Recursion.primalDual(rows(h), OracleActivation.box(-0.75, 1), doubles(lambda)), m, n);
  }

  private static Specimen dualForwardBackward(int n, int s, boolean shared, Float... lambda) {
    return of("dual forward-backward " + n + "-" + s + (shared ? " shared" : ""),
        new DualForwardBackward(n, s, List.of(lambda), 0.4f, shared),
        Recursion.dualForwardBackward(doubles(lambda)), n, n);
  }

  private static double[] doubles(Float... values) {
    return Arrays.stream(values).mapToDouble(Float::doubleValue).toArray();
  }

  private static MeasurementOperator measurement(int m, int n) {
    return new MeasurementOperator(m, n, gaussian(new Random(71), m * n, 0.9 / Math.sqrt(n)));
  }

  private static double[][] rows(MeasurementOperator h) {
    return Problem.rows(h.values(), h.rows(), h.columns());
  }

  /** Matrices of norm about 1, scalars between 0.2 and 0.5. */
  Parameters parameters(Backend backend) {
    Parameters theta = architecture.parameters(backend);
    Random random = new Random(72);
    for (Parameters.Shape shape : theta.shapes()) {
      boolean scalar = shape.name().matches("(h|gamma|tau)(\\..*)?");
      theta.named(shape.name()).write(scalar
          ? new float[] {0.2f + 0.3f * random.nextFloat()}
          : gaussian(random, shape.rows() * shape.columns(), 0.7 / Math.sqrt(shape.columns())));
    }
    return theta;
  }

  /** {@code [SAMPLES, inputs]}. */
  float[] data() {
    return gaussian(new Random(73), SAMPLES * inputs, 1);
  }

  /** {@code [SAMPLES, outputs]}. */
  float[] targets() {
    return gaussian(new Random(74), SAMPLES * outputs, 1);
  }

  static float[] gaussian(Random random, int count, double scale) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (scale * random.nextGaussian());
    }
    return values;
  }

  /** Parameters by name, in binary64. */
  static Map<String, double[][]> doubles(Parameters theta) {
    Map<String, double[][]> values = new LinkedHashMap<>();
    for (Parameters.Shape shape : theta.shapes()) {
      values.put(shape.name(), Problem.rows(theta.named(shape.name()).toArray(), shape.rows(), shape.columns()));
    }
    return values;
  }

  @Override
  public String toString() {
    return title;
  }
}

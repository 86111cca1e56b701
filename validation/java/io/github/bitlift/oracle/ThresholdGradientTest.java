package io.github.bitlift.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.lifting.ThresholdGradient;
import io.github.bitlift.lifting.Variables;
import io.github.bitlift.network.Network;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.prox.SoftThreshold;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The penalty's derivative in a threshold against central differences of &Phi;(z) + &Phi;*(v) - &#9001;z, v&#9002; in binary64. */
class ThresholdGradientTest {

  private static final double STEP = 1e-6;
  private static final float MU = 0.75f;

  static List<Specimen> specimens() {
    return Specimen.all().stream()
        .filter(each -> each.title().startsWith("lista") || each.title().startsWith("resnet")).toList();
  }

  @ParameterizedTest
  @MethodSource("specimens")
  void isTheDifferenceOfTwoNorms(Specimen specimen) {
    try (Backend backend = new ReferenceBackend();
        Parameters theta = specimen.parameters(backend);
        Network network = specimen.architecture().over(backend, theta);
        Variables variables = new Variables(backend, network, Specimen.SAMPLES);
        Sums sums = backend.allocateSums(2)) {
      variables.u().block(0).write(specimen.data());
      Random random = new Random(77);
      double[][][] z = new double[network.layers()][][];
      for (int j = 0; j < z.length; j++) {
        var block = variables.z().block(j);
        block.write(Specimen.gaussian(random, Math.toIntExact(block.size()), 0.5));
        z[j] = Problem.rows(block.toArray(), block.rows(), block.columns());
      }
      for (int j = 0; j < network.layers(); j++) {
        if (!(network.sigma().get(j) instanceof SoftThreshold soft)) {
          int layer = j;
          assertThatThrownBy(() -> ThresholdGradient.operations(variables, layer, sums, 0))
              .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("layer " + (layer + 1));
          continue;
        }
        try (Program program = backend.compile(ThresholdGradient.operations(variables, j, sums, 0))) {
          program.run();
        }
        double t = soft.lambda();
        double expected = (penalty(specimen, theta, z, j, t + STEP) - penalty(specimen, theta, z, j, t - STEP)) / (2 * STEP);
        double error = Math.abs(ThresholdGradient.value(variables, MU, sums, 0) - expected);
        Figures.note("gradient in a threshold", error);
        assertThat(error).isLessThan(2e-6 * Math.max(1, Math.abs(expected)));
      }
    }
  }

  private static double penalty(Specimen specimen, Parameters theta, double[][][] z, int layer, double t) {
    OracleActivation soft = OracleActivation.soft(t);
    double[][] y = Problem.rows(specimen.data(), Specimen.SAMPLES, specimen.inputs());
    double[] sum = {0};
    for (int i = 0; i < y.length; i++) {
      int sample = i;
      specimen.recursion().output(Specimen.doubles(theta), y[i], (j, v, sigma) -> {
        for (int c = 0; j == layer && c < v.length; c++) {
          double value = z[j][sample][c];
          sum[0] += MU * (value * value / 2 + soft.psi(value) + soft.conjugate(v[c]) - value * v[c]) / y.length;
        }
        return z[j][sample];
      });
    }
    return sum[0];
  }
}

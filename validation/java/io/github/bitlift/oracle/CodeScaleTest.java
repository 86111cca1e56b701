package io.github.bitlift.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.inversion.ImageVariation;
import io.github.bitlift.inversion.Inversion;
import io.github.bitlift.inversion.Inversion.Recovered;
import io.github.bitlift.inversion.Layer;
import io.github.bitlift.inversion.LayerPass;
import io.github.bitlift.network.ConvolutionalAutoencoder;
import io.github.bitlift.network.Network;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.prox.Relu;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A ReLU network whose codes are 2^k times as large is the same to the bit: as autoencoder, and as what inversion finds. */
class CodeScaleTest {
  private static final int SIDE = 8;
  private static final int IMAGES = 3;
  private static final int SCALE = 8;
  private static final float RHO = 0.07f;
  private static final float NOISE = 0.1f;
  private static final ConvolutionalAutoencoder ARCHITECTURE =
      new ConvolutionalAutoencoder(SIDE, SIDE, List.of(1, 3, 4), 7, new Relu());
  private static final int ENCODER = 3;

  private final Random random = new Random(11);
  private final float[] images = uniform(IMAGES * SIDE * SIDE);
  private final float[] noise = uniform(IMAGES * 7);
  private Backend backend;
  private Parameters trained;
  private Parameters scaled;
  private Network trainedNetwork;
  private Network scaledNetwork;

  @BeforeEach
  void open() {
    backend = new CpuBackend(1);
    trained = ARCHITECTURE.parameters(backend);
    scaled = ARCHITECTURE.parameters(backend);
    ARCHITECTURE.initialise(trained, 5);
    for (Parameters.Shape shape : ARCHITECTURE.shapes()) {
      Matrix from = trained.named(shape.name());
      if (shape.rows() == 1) {
        from.write(uniform((int) from.size()));
      }
      scaled.named(shape.name()).write(times(factor(shape.name()), from.toArray()));
    }
    trainedNetwork = ARCHITECTURE.over(backend, trained);
    scaledNetwork = ARCHITECTURE.over(backend, scaled);
  }

  private static float factor(String name) {
    return switch (name) {
      case "W.1", "b.1", "b.2", "b.3" -> SCALE;
      case "W.4" -> 1f / SCALE;
      default -> 1;
    };
  }

  @AfterEach
  void close() {
    scaledNetwork.close();
    trainedNetwork.close();
    scaled.close();
    trained.close();
    backend.close();
  }

  private float[] uniform(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat();
    }
    return values;
  }

  private static float[] times(float factor, float[] values) {
    float[] all = new float[values.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = factor * values[i];
    }
    return all;
  }

  @Test
  void theAutoencoderStaysAsItIs() {
    assertThat(LayerPass.apply(backend, Layer.chain(scaledNetwork), images, IMAGES))
        .isEqualTo(LayerPass.apply(backend, Layer.chain(trainedNetwork), images, IMAGES));
  }

  @Test
  void inversionFindsTheSame() {
    float[] large = noisy(scaledNetwork, NOISE);
    float[] small = noisy(trainedNetwork, NOISE / SCALE);
    assertThat(large).isEqualTo(times(SCALE, small));
    List<Recovered> expected = invert(trainedNetwork, small, RHO / (SCALE * SCALE));
    List<Recovered> found = invert(scaledNetwork, large, RHO);
    for (int i = 0; i < IMAGES; i++) {
      assertThat(found.get(i).x()).isEqualTo(expected.get(i).x());
      assertThat(found.get(i).z()).isEqualTo(expected.get(i).z());
      assertThat(found.get(i).objective()).isEqualTo(SCALE * SCALE * expected.get(i).objective());
      assertThat(found.get(i).x()).doesNotContain(Float.NaN).isNotEqualTo(new float[SIDE * SIDE]);
    }
  }

  private static List<Layer> encoder(Network network) {
    return Layer.chain(network).subList(0, ENCODER);
  }

  private float[] noisy(Network network, float deviation) {
    float[] codes = LayerPass.apply(backend, encoder(network), images, IMAGES);
    for (int i = 0; i < codes.length; i++) {
      codes[i] += deviation * noise[i];
    }
    return codes;
  }

  private List<Recovered> invert(Network network, float[] codes, float rho) {
    try (Inversion inversion = Inversion.of(
        backend, encoder(network), new ImageVariation(SIDE, SIDE, true),
        new Inversion.Options(rho, null, 60, 5, 0, 10), IMAGES)) {
      return inversion.run(codes, Inversion.Start.ZERO, Inversion.Watch.NONE);
    }
  }
}

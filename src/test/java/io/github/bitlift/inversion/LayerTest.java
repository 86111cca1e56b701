package io.github.bitlift.inversion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.reference.ReferenceBackend;
import io.github.bitlift.network.Architecture;
import io.github.bitlift.network.ConvolutionalAutoencoder;
import io.github.bitlift.network.ForwardPass;
import io.github.bitlift.network.Mlp;
import io.github.bitlift.network.Network;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.network.Perceptron;
import io.github.bitlift.network.ResNet;
import io.github.bitlift.prox.Relu;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Networks as chains of layers: what they are made of, and that they compute the same. */
class LayerTest {
    private static final int SAMPLES = 3;

    private static void computesTheSame(Architecture architecture, int layers) {
        try (Backend backend = new ReferenceBackend();
                Parameters parameters = architecture.parameters(backend)) {
            architecture.initialise(parameters, 5);
            float[] in = new float[SAMPLES * architecture.inputs()];
            for (int i = 0; i < in.length; i++) {
                in[i] = (i % 7 - 2) / 4f;
            }
            try (Network network = architecture.over(backend, parameters);
                    ForwardPass forward = new ForwardPass(backend, network, SAMPLES)) {
                List<Layer> chain = Layer.chain(network);
                assertThat(chain).hasSize(layers);
                assertThat(LayerPass.apply(backend, chain, in, SAMPLES)).containsExactly(forward.apply(in, SAMPLES));
            }
        }
    }

    @Test
    void chainsComputeWhatTheirNetworksDo() {
        computesTheSame(new Perceptron(6, 4, new Relu()), 1);
        computesTheSame(new Mlp(List.of(6, 5, 4, 3), List.of(new Relu(), new Relu())), 3);
        computesTheSame(new ConvolutionalAutoencoder(8, 8, List.of(1, 2, 3), 5, new Relu()), 6);
    }

    @Test
    void otherNetworksAreRefused() {
        ResNet architecture = new ResNet(4, List.of(3, 3), 2, List.of(new Relu(), new Relu()), 1);
        try (Backend backend = new ReferenceBackend();
                Parameters parameters = architecture.parameters(backend);
                Network network = architecture.over(backend, parameters)) {
            assertThatThrownBy(() -> Layer.chain(network)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("expected a chain of layers");
        }
    }

    @Test
    void imagesThatDontFitAreRefused() {
        Perceptron architecture = new Perceptron(6, 4, new Relu());
        try (Backend backend = new ReferenceBackend();
                Parameters parameters = architecture.parameters(backend);
                Network network = architecture.over(backend, parameters)) {
            Inversion.Options options = new Inversion.Options(1, null, 1, 1, 0, 1);
            assertThatThrownBy(() -> Inversion.of(
                    backend, Layer.chain(network), new ImageVariation(2, 2, true), options, 1))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("layer 1 takes 6 features");
        }
    }

    /** A layer above that has lost all its weights asks for nothing. */
    @Test
    void stepsStayFiniteAboveALayerOfZeros() {
        assertThat(Steps.auxiliary(0, true)).isPositive().isFinite();
        assertThat(Steps.auxiliary(0, false)).isPositive().isFinite();
        assertThat(Steps.auxiliary(2, true)).isEqualTo(1.99 / 2);
    }
}

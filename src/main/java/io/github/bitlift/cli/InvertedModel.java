package io.github.bitlift.cli;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.inversion.Layer;
import io.github.bitlift.inversion.LayerPass;
import io.github.bitlift.io.InputException;
import io.github.bitlift.network.Network;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.prox.Identity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A model brought to life as a chain of layers, of which the first few are inverted: of an autoencoder those up to the code. */
final class InvertedModel implements AutoCloseable {
    private final Backend backend;
    private final Parameters parameters;
    private final Network network;
    private final Matrix centredBias;
    private final List<Layer> encoder;
    private final List<Layer> decoder;

    /**
     * Allocates.
     *
     * @param layers how many are inverted; null for those up to an autoencoder's code, all of them where there is none
     * @throws InputException if the model isn't a chain of layers or doesn't have so many
     */
    InvertedModel(Model model, Backend backend, Integer layers) {
        this.backend = backend;
        this.parameters = model.parameters(backend);
        this.network = model.architecture().over(backend, parameters);
        List<Layer> all;
        try {
            all = new ArrayList<>(Layer.chain(network));
        } catch (IllegalArgumentException problem) {
            throw new InputException(model.weights().path() + ": " + problem.getMessage(), problem);
        }
        this.centredBias = model.centring() == null ? null : centred(all, model.centring().mean());
        if (layers != null && layers > all.size()) {
            throw new InputException("--layers " + layers + ": expected at most " + all.size() + ", those of the model");
        }
        int inverted = layers != null ? layers : code(all);
        this.encoder = List.copyOf(all.subList(0, inverted));
        this.decoder = List.copyOf(all.subList(inverted, all.size()));
    }

    /** The first layer takes images as they are: W(x − m) + b = W x + (b − W m). */
    private Matrix centred(List<Layer> layers, float[] mean) {
        Layer first = layers.get(0);
        float[] negated = new float[mean.length];
        for (int i = 0; i < mean.length; i++) {
            negated[i] = -mean[i];
        }
        Matrix bias = Matrix.of(backend.allocate(first.outputs()), 1, first.outputs());
        bias.write(LayerPass.apply(backend, List.of(new Layer(first.map(), first.bias(), new Identity())), negated, 1));
        layers.set(0, new Layer(first.map(), bias, first.sigma()));
        return bias;
    }

    /** The layer whose output is the narrowest, if it is narrower than the input and the model gives inputs back. */
    private static int code(List<Layer> layers) {
        int last = layers.size();
        int inputs = layers.get(0).inputs();
        if (layers.get(last - 1).outputs() != inputs) {
            return last;
        }
        int code = last;
        for (int j = last - 1; j > 0; j--) {
            code = layers.get(j - 1).outputs() <= layers.get(code - 1).outputs() ? j : code;
        }
        return layers.get(code - 1).outputs() < inputs ? code : last;
    }

    /** What is inverted. */
    List<Layer> layers() {
        return encoder;
    }

    /** Numbers in a code. */
    int outputs() {
        return encoder.get(encoder.size() - 1).outputs();
    }

    /** Codes of images, so many at a time. */
    float[] encode(float[] images, int count, int atOnce) {
        return apply(encoder, images, count, atOnce);
    }

    /** What the rest of the model makes of codes; null unless that is an image again. */
    float[] decode(float[] codes, int count, int atOnce) {
        return decoder.isEmpty() || decoder.get(decoder.size() - 1).outputs() != encoder.get(0).inputs()
                ? null : apply(decoder, codes, count, atOnce);
    }

    private float[] apply(List<Layer> layers, float[] in, int count, int atOnce) {
        int inputs = layers.get(0).inputs();
        int outputs = layers.get(layers.size() - 1).outputs();
        float[] out = new float[Math.multiplyExact(count, outputs)];
        for (int at = 0; at < count; at += atOnce) {
            int n = Math.min(atOnce, count - at);
            float[] part = LayerPass.apply(backend, layers, Arrays.copyOfRange(in, at * inputs, (at + n) * inputs), n);
            System.arraycopy(part, 0, out, at * outputs, part.length);
        }
        return out;
    }

    @Override
    public void close() {
        if (centredBias != null) {
            centredBias.buffer().close();
        }
        network.close();
        parameters.close();
    }
}

package io.github.bitlift.network;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.PatchGrid;
import io.github.bitlift.prox.Identity;
import io.github.bitlift.prox.ProxMap;
import java.util.ArrayList;
import java.util.List;

/**
 * The convolutional autoencoder (framework paper, §7.3): convolutions that halve the image's sides, a linear code, and the way
 * back by a layer as wide as what was coded and transposed convolutions, the last of them linear. Kernels are 4 × 4, stride 2,
 * padding 1. The paper's is {@code new ConvolutionalAutoencoder(28, 28, List.of(1, 8, 16), 392, new Relu())}.
 *
 * <p>With E convolutions: u₁ … u_E their images, channels last, u_{E+1} the code, and J = 2E + 1. θ: {@code W.j} and {@code b.j}
 * for j = 1 … J, then {@code K}, {@code d}. Weights of convolutions are {@code [filters, 16·channels]}, those of transposed ones
 * {@code [channels in, 16·channels out]}, both in the order (ky, kx, channel); their biases are {@code [1, channels out]}.
 *
 * @param height of the image
 * @param width of the image
 * @param channels of the image and of what each convolution makes of it
 * @param code width of the code
 * @param sigma for all layers but code and output; a map of single numbers
 */
public record ConvolutionalAutoencoder(int height, int width, List<Integer> channels, int code, ProxMap sigma)
        implements Architecture {
    private static final int KERNEL = 4;
    private static final int STRIDE = 2;
    private static final int PADDING = 1;
    private static final int MOST_CODED = 1 << 30;

    /**
     * Checks extents; a copy of the list is kept.
     *
     * @throws IllegalArgumentException if an image becomes too small for a kernel, or something else doesn't make sense
     */
    public ConvolutionalAutoencoder {
        channels = List.copyOf(channels);
        if (channels.size() < 2 || code < 1) {
            throw new IllegalArgumentException("channels " + channels + " and a code of " + code
                    + ", expected the image's channels and those of at least one convolution, and a code of at least 1");
        }
        if (sigma.coupling() != 1) {
            throw new IllegalArgumentException(sigma.stem().replace('_', '-')
                    + " couples the numbers of a layer; expected an activation of single numbers");
        }
        List<PatchGrid> grids = grids(height, width, channels);
        double coded = (double) grids.get(grids.size() - 1).patches() * channels.get(grids.size());
        if (coded > MOST_CODED) {
            throw new IllegalArgumentException("channels " + channels + ": " + (long) coded
                    + " numbers come out of the last convolution, expected at most 2^30");
        }
    }

    private static List<PatchGrid> grids(int height, int width, List<Integer> channels) {
        List<PatchGrid> grids = new ArrayList<>();
        int down = height;
        int across = width;
        for (int filters : channels.subList(0, channels.size() - 1)) {
            PatchGrid grid = new PatchGrid(down, across, filters, KERNEL, STRIDE, PADDING);
            grids.add(grid);
            down = grid.down();
            across = grid.across();
        }
        return grids;
    }

    /** How the patches of each convolution lie, from the image on. */
    public List<PatchGrid> grids() {
        return grids(height, width, channels);
    }

    /** E. */
    private int convolutions() {
        return channels.size() - 1;
    }

    /** The numbers that are coded. */
    public int coded() {
        PatchGrid last = grids().get(convolutions() - 1);
        return Math.multiplyExact(last.patches(), channels.get(convolutions()));
    }

    @Override
    public String name() {
        return "convolutional-autoencoder";
    }

    @Override
    public int inputs() {
        return grids().get(0).imageSize();
    }

    @Override
    public int outputs() {
        return inputs();
    }

    @Override
    public int layers() {
        return 2 * convolutions() + 1;
    }

    @Override
    public List<Parameters.Shape> shapes() {
        List<Parameters.Shape> shapes = new ArrayList<>();
        List<PatchGrid> grids = grids();
        int layer = 1;
        for (PatchGrid grid : grids) {
            int filters = channels.get(layer);
            add(shapes, layer++, filters, grid.patchSize(), filters);
        }
        add(shapes, layer++, code, coded(), code);
        add(shapes, layer++, coded(), code, coded());
        for (int j = convolutions(); j > 0; j--) {
            PatchGrid grid = grids.get(j - 1);
            add(shapes, layer++, channels.get(j), grid.patchSize(), grid.channels());
        }
        return shapes;
    }

    private void add(List<Parameters.Shape> shapes, int layer, int rows, int columns, int biases) {
        boolean output = layer > layers();
        shapes.add(new Parameters.Shape(output ? "K" : "W." + layer, rows, columns));
        shapes.add(new Parameters.Shape(output ? "d" : "b." + layer, 1, biases));
    }

    /**
     * Weights uniform in [−a, a), {@code a = √(6 / fan-in)} (He et al., 2015), fan-in being the products that a number of the
     * result sums on average; {@code a = √(6 / (in + out))} (Glorot and Bengio, 2010) for the linear layers, code and output.
     * Biases +0.
     */
    @Override
    public void initialise(Parameters parameters, long seed) {
        List<Parameters.Shape> shapes = shapes();
        for (int layer = 1; layer <= layers() + 1; layer++) {
            var weights = parameters.named(shapes.get(2 * layer - 2).name());
            var bias = parameters.named(shapes.get(2 * layer - 1).name());
            boolean linear = layer == convolutions() + 1 || layer > layers();
            boolean transposed = layer > convolutions() + 2;
            // A pixel of a transposed convolution is covered by (4 / 2)² of the 16 places of a patch, each with all channels.
            double area = (double) KERNEL * KERNEL / (STRIDE * STRIDE);
            double in = transposed ? weights.rows() * area : weights.columns();
            double out = transposed ? weights.columns() : layer <= convolutions() ? weights.rows() * area : weights.rows();
            Initialisation.uniform(weights, Math.sqrt(6 / (linear ? in + out : in)), seed, layer - 1);
            bias.write(new float[bias.columns()]);
        }
    }

    @Override
    public Network over(Backend backend, Parameters parameters) {
        Composition composition = new Composition(backend, parameters);
        Assembly network = new Assembly(inputs());
        int layers = layers();
        for (int layer = 1; layer <= layers; layer++) {
            network.layer(
                    sigma(layer), parameters.named("b." + layer), new Assembly.Of(layer - 1, map(parameters, layer)));
        }
        return network.output(
                parameters, composition, parameters.named("d"), new Assembly.Of(layers, map(parameters, layers + 1)));
    }

    /**
     * The encoder alone, as a network whose output is the code: what is inverted. It sees every later change of the parameters,
     * whose decoder it leaves aside.
     *
     * @param parameters of the whole
     */
    public Network encoder(Backend backend, Parameters parameters) {
        int last = convolutions() + 1;
        Composition composition = new Composition(backend, parameters);
        Assembly network = new Assembly(inputs());
        for (int layer = 1; layer < last; layer++) {
            network.layer(
                    sigma, parameters.named("b." + layer), new Assembly.Of(layer - 1, map(parameters, layer)));
        }
        return network.output(
                parameters, composition, parameters.named("b." + last),
                new Assembly.Of(last - 1, map(parameters, last)));
    }

    private ProxMap sigma(int layer) {
        return layer == convolutions() + 1 ? new Identity() : sigma;
    }

    /** What leads to u_layer; the output for J + 1. */
    private LinearMap map(Parameters parameters, int layer) {
        var weights = parameters.named(layer > layers() ? "K" : "W." + layer);
        int convolutions = convolutions();
        if (layer <= convolutions) {
            return new Convolution(weights, grids().get(layer - 1));
        }
        return layer <= convolutions + 2
                ? new LinearMap.Dense(weights)
                : new TransposedConvolution(weights, grids().get(layers() + 1 - layer));
    }
}

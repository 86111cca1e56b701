package io.github.bitlift.reproduce;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.inversion.Inversion;
import io.github.bitlift.inversion.Inversion.Recovered;
import io.github.bitlift.inversion.Layer;
import io.github.bitlift.inversion.LayerPass;
import io.github.bitlift.inversion.ImageVariation;
import io.github.bitlift.io.Psnr;
import io.github.bitlift.io.Safetensors;
import io.github.bitlift.network.ConvolutionalAutoencoder;
import io.github.bitlift.network.Network;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.numerics.Digest;
import io.github.bitlift.numerics.Philox;
import io.github.bitlift.numerics.Reduction;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Noisy codes of a trained autoencoder, its own decoder's output and what inversion of the encoder recovers.
 *
 * @param truth {@code [count, pixels]}
 * @param clean what the autoencoder gives, {@code [count, pixels]}
 * @param decoded the same from noisy codes
 * @param spread standard deviation of a number of the code over the images, the mean over the code
 * @param truthObjectives the objective of the truth itself with the auxiliary variables that belong to it, one per image
 * @param found by inversion from the same noisy codes
 */
record InvertedCodes(
        float[] truth, float[] clean, float[] decoded, double spread, double[] truthObjectives, List<Recovered> found) {
    private static final long STREAM = 2200;

    static InvertedCodes of(
            Backend backend, ConvolutionalAutoencoder architecture, Path model, float[] truth, int count,
            Inversion.Options options, double noise, long seed) {
        Safetensors weights = Safetensors.read(model);
        try (Parameters parameters = architecture.parameters(backend)) {
            architecture.shapes().forEach(shape ->
                    parameters.named(shape.name()).write(weights.tensors().get(shape.name()).values()));
            try (Network whole = architecture.over(backend, parameters);
                    Network coder = architecture.encoder(backend, parameters)) {
                List<Layer> encoder = Layer.chain(coder);
                List<Layer> all = Layer.chain(whole);
                List<Layer> decoder = all.subList(encoder.size(), all.size());
                float[] codes = LayerPass.apply(backend, encoder, truth, count);
                float[] noisy = noisy(codes, codes.length / count, noise, seed);
                ImageVariation tv = new ImageVariation(architecture.height(), architecture.width(), true);
                try (Inversion inversion = Inversion.of(backend, encoder, tv, options, count)) {
                    return new InvertedCodes(
                            truth, LayerPass.apply(backend, decoder, codes, count),
                            LayerPass.apply(backend, decoder, noisy, count), spread(codes, count),
                            truthObjectives(truth, codes, noisy, tv, options.rho(), count),
                            inversion.run(noisy, Inversion.Start.ZERO, Inversion.Watch.NONE));
                }
            }
        }
    }

    private static float[] noisy(float[] codes, int width, double noise, long seed) {
        float[] noisy = codes.clone();
        for (int i = 0; i < noisy.length; i++) {
            noisy[i] = (float) (codes[i] + noise * new Philox(seed, STREAM + i / width).normal(i % width));
        }
        return noisy;
    }

    private static double spread(float[] codes, int count) {
        int width = codes.length / count;
        double sum = 0;
        for (int k = 0; k < width; k++) {
            int column = k;
            double mean = new Reduction().sum(count, i -> codes[i * width + column]) / count;
            sum += Math.sqrt(new Reduction().sum(count, i -> {
                double d = codes[i * width + column] - mean;
                return d * d;
            }) / count);
        }
        return sum / width;
    }

    /** The code is linear, so its penalty is half the squared noise; the others are 0. */
    private static double[] truthObjectives(
            float[] truth, float[] codes, float[] noisy, ImageVariation tv, float rho, int count) {
        int width = codes.length / count;
        return IntStream.range(0, count).mapToDouble(i -> 0.5 * width * Psnr.mse(
                Arrays.copyOfRange(noisy, i * width, (i + 1) * width), Arrays.copyOfRange(codes, i * width, (i + 1) * width))
                + rho * tv.of(truth, i * tv.pixels())).toArray();
    }

    /** Whether every image found has an objective of at most that of the truth. */
    boolean isBelowTruth() {
        return IntStream.range(0, found.size()).allMatch(i -> found.get(i).objective() <= truthObjectives[i]);
    }

    /** So many images ended by tolerance, the others by count. */
    long converged() {
        return found.stream().filter(each -> each.stop() == Inversion.Stop.CHANGE).count();
    }

    /** All that was recovered, {@code [count, pixels]}. */
    float[] recovered() {
        float[] all = new float[truth.length];
        int pixels = all.length / found.size();
        for (int i = 0; i < found.size(); i++) {
            System.arraycopy(found.get(i).x(), 0, all, i * pixels, pixels);
        }
        return all;
    }

    /** Median PSNR of images, in dB. */
    double psnr(float[] images) {
        int pixels = truth.length / found.size();
        return median(IntStream.range(0, found.size())
                .mapToDouble(i -> Psnr.of(images, truth, i * pixels, pixels)).toArray());
    }

    /** Median misfit of the codes, B of the last layer and all others. */
    double penalty() {
        return median(found.stream().mapToDouble(each -> Arrays.stream(each.penalties()).sum()).toArray());
    }

    String digest() {
        return Digest.of(recovered());
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        int middle = values.length / 2;
        return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}

package io.github.bitlift.inversion;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Elementwise;
import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Program;
import io.github.bitlift.network.BlockVector;
import io.github.bitlift.numerics.Reduction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The unknowns x = u₀, u₁, …, u_{J−1} of a batch with the outputs u_J, the layers' residuals, and what they all add up to. */
final class Unknowns implements AutoCloseable {
    private final List<Layer> layers;
    private final ImageVariation tv;
    private final float rho;
    private final BlockVector u;
    private final BlockVector residuals;
    private final BlockVector preactivations;
    private final Program projection;
    private final Program evaluation;
    private final Program forward;

    Unknowns(Backend backend, List<Layer> layers, ImageVariation tv, float rho, int images) {
        check(layers, tv);
        this.layers = List.copyOf(layers);
        this.tv = tv;
        this.rho = rho;
        int[] outputs = layers.stream().mapToInt(Layer::outputs).toArray();
        int[] widths = new int[outputs.length + 1];
        widths[0] = tv.pixels();
        System.arraycopy(outputs, 0, widths, 1, outputs.length);
        this.u = BlockVector.allocate(backend, images, widths);
        this.residuals = BlockVector.allocate(backend, images, outputs);
        this.preactivations = BlockVector.allocate(backend, images, outputs);
        this.projection = backend.compile(List.of(new Elementwise(
                Elementwise.Kind.SCALED_PROX, layers.get(layers.size() - 1).sigma(), 0f, last(), null, last())));
        List<Product> chain = new ArrayList<>();
        List<Product.Row> rows = new ArrayList<>();
        for (int j = 0; j < outputs.length; j++) {
            if (j + 1 < outputs.length) {
                chain.add(Product.of(activation(j, u.block(j + 1), null)));
            }
            rows.add(activation(j, residuals.block(j), preactivations.block(j)));
        }
        this.forward = backend.compile(chain);
        this.evaluation = backend.compile(List.of(new Product(rows)));
    }

    private static void check(List<Layer> layers, ImageVariation tv) {
        if (layers.isEmpty()) {
            throw new IllegalArgumentException("inversion: no layers, expected at least one");
        }
        int width = tv.pixels();
        for (int j = 0; j < layers.size(); j++) {
            Layer layer = layers.get(j);
            if (layer.inputs() != width) {
                throw new IllegalArgumentException("inversion: layer " + (j + 1) + " takes " + layer.inputs() + " features, "
                        + (j == 0 ? "images of " + tv.height() + " x " + tv.width() + " have " : "the one before gives ")
                        + width + "; expected as many");
            }
            width = layer.outputs();
        }
    }

    private Product.Row activation(int j, Matrix out, Matrix preactivation) {
        Layer layer = layers.get(j);
        return new Product.Row(
                out, layer.apply(u.block(j)), new Epilogue.Activate(layer.bias(), layer.sigma(), preactivation));
    }

    /** {@code r_j = σ_j(W_j u_{j−1} + b_j) − u_j}, the gradient in v_j, layer j from 1. */
    Product.Row residual(int j, Matrix pull) {
        Layer layer = layers.get(j - 1);
        return new Product.Row(
                residuals.block(j - 1), layer.apply(u.block(j - 1)),
                new Epilogue.Residual(layer.bias(), layer.sigma(), u.block(j), 1f, null, pull, false));
    }

    /** {@code W_j* r_j}, layer j from 1. */
    List<Product.Term> adjoint(int j) {
        return layers.get(j - 1).adjoint(residuals.block(j - 1));
    }

    Layer layer(int j) {
        return layers.get(j - 1);
    }

    /** J. */
    int count() {
        return layers.size();
    }

    /** u_j. */
    Matrix u(int j) {
        return u.block(j);
    }

    private Matrix last() {
        return u.block(u.size() - 1);
    }

    int images() {
        return last().rows();
    }

    ImageVariation tv() {
        return tv;
    }

    float rho() {
        return rho;
    }

    /** Takes outputs, and a start from which auxiliary variables follow, or zeros for all of them. */
    void start(float[] outputs, float[] start) {
        requireSize("outputs", outputs, last());
        last().write(outputs);
        projection.run();
        if (start != null) {
            requireSize("start", start, u.block(0));
            u.block(0).write(start);
            forward.run();
            return;
        }
        for (Matrix block : u.blocks().subList(0, count())) {
            block.write(new float[Math.toIntExact(block.size())]);
        }
    }

    private static void requireSize(String what, float[] values, Matrix matrix) {
        if (values.length != matrix.size()) {
            throw new IllegalArgumentException(
                    "inversion: " + what + " of " + values.length + " numbers, expected " + matrix.shape());
        }
    }

    /** The unknowns x, u₁, …, u_{J−1} as they are now, each {@code [n, width]}. */
    List<float[]> read() {
        return u.blocks().subList(0, count()).stream().map(Matrix::toArray).toList();
    }

    /** The penalties as they are now, by image and layer, in binary64. */
    double[][] penalties() {
        evaluation.run();
        double[][] penalties = new double[images()][count()];
        Reduction sums = new Reduction();
        for (int j = 0; j < count(); j++) {
            float[] targets = u.block(j + 1).toArray();
            float[] values = preactivations.block(j).toArray();
            int width = u.block(j + 1).columns();
            for (int i = 0; i < penalties.length; i++) {
                penalties[i][j] = layers.get(j).sigma().penalty(targets, i * width, values, i * width, width, sums);
            }
        }
        return penalties;
    }

    /** What became of an image. */
    Inversion.Recovered recovered(
            int image, List<float[]> blocks, float[] z, double[] penalties, int iterations, Inversion.Stop stop) {
        List<float[]> own = new ArrayList<>();
        for (float[] block : blocks) {
            own.add(row(block, image));
        }
        double variation = tv.of(own.get(0), 0);
        return new Inversion.Recovered(
                own.get(0), row(z, image), own.subList(1, own.size()),
                Arrays.stream(penalties).sum() + rho * variation, variation, penalties, iterations, stop);
    }

    private float[] row(float[] all, int image) {
        int width = all.length / images();
        return Arrays.copyOfRange(all, image * width, (image + 1) * width);
    }

    @Override
    public void close() {
        projection.close();
        evaluation.close();
        forward.close();
        u.block(0).buffer().close();
        residuals.block(0).buffer().close();
        preactivations.block(0).buffer().close();
    }
}

package io.github.bitlift.reproduce;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.ColumnSum;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Program;
import io.github.bitlift.lifting.LiftedBregman;
import io.github.bitlift.lifting.Variables;
import io.github.bitlift.network.BlockVector;
import io.github.bitlift.network.Initialisation;
import io.github.bitlift.network.Mlp;
import io.github.bitlift.network.Network;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.network.UnifiedPass;
import io.github.bitlift.numerics.Digest;
import io.github.bitlift.numerics.Philox;
import io.github.bitlift.prox.SoftThreshold;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * A deep network with given auxiliary variables, evaluated (or its Bregman penalties' gradient in θ taken) in two ways:
 * all layers in one launch per kind of operation, and the same rows in a launch each.
 */
final class Layers implements AutoCloseable {
    private static final float LAMBDA = 0.02f;
    private static final float MU = 5e-3f;
    /** Philox streams from here on hold the auxiliary variables. */
    private static final long AUXILIARY = 3000;

    private final Parameters theta;
    private final Variables variables;
    private final BlockVector z;
    private final Matrix result;
    private final Program atOnce;
    private final List<Program> oneByOne = new ArrayList<>();

    Layers(Backend backend, int layers, int width, int samples, boolean gradient, long seed) {
        int[] widths = new int[layers + 2];
        Arrays.fill(widths, width);
        theta = new Parameters(backend, widths);
        Initialisation.glorotUniform(theta, seed);
        Network network = Mlp.of(theta, Collections.nCopies(layers, new SoftThreshold(LAMBDA)));
        variables = new Variables(backend, network, samples);
        z = BlockVector.allocate(backend, samples, network.w().rowSizes());
        fill(seed);
        result = gradient ? variables.parameterGradient().all()
                : Matrix.of(z.block(0).buffer(), samples, layers * width);
        List<Operation> operations = gradient
                ? new LiftedBregman(variables, weights(layers)).parameterGradient()
                : List.of(UnifiedPass.sweep(network, variables.u(), z));
        atOnce = backend.compile(operations);
        layerByLayer(operations).forEach(operation -> oneByOne.add(backend.compile(List.of(operation))));
    }

    private static float[] weights(int layers) {
        float[] mu = new float[layers];
        Arrays.fill(mu, MU);
        return mu;
    }

    private void fill(long seed) {
        for (int j = 0; j < variables.u().size(); j++) {
            Matrix u = variables.u().block(j);
            float[] values = new float[Math.toIntExact(u.size())];
            new Philox(seed, AUXILIARY + j).normals(values);
            u.write(values);
        }
    }

    /** The rows of each operation as operations of their own, one layer's after the other's. */
    private static List<Operation> layerByLayer(List<Operation> operations) {
        List<List<Operation>> parts = operations.stream().map(Layers::rows).toList();
        List<Operation> ordered = new ArrayList<>();
        for (int j = 0; j < parts.get(0).size(); j++) {
            for (List<Operation> part : parts) {
                ordered.add(part.get(j));
            }
        }
        return ordered;
    }

    private static List<Operation> rows(Operation operation) {
        if (operation instanceof Product product) {
            return product.rows().stream().<Operation>map(Product::of).toList();
        }
        return ((ColumnSum) operation).entries().stream()
                .<Operation>map(entry -> new ColumnSum(List.of(entry))).toList();
    }

    /** All layers at once. */
    void atOnce() {
        atOnce.run();
    }

    /** One layer after the other. */
    void oneByOne() {
        oneByOne.forEach(Program::run);
    }

    /** The digest of what {@link #atOnce} computes. */
    String digestAtOnce() {
        return digest(this::atOnce);
    }

    /** The digest of what {@link #oneByOne} computes. */
    String digestOneByOne() {
        return digest(this::oneByOne);
    }

    /** Whatever was there before is overwritten first. */
    private String digest(Runnable run) {
        float[] nothing = new float[Math.toIntExact(result.size())];
        Arrays.fill(nothing, Float.NaN);
        result.write(nothing);
        run.run();
        return Digest.of(result.toArray());
    }

    @Override
    public void close() {
        atOnce.close();
        oneByOne.forEach(Program::close);
        z.block(0).buffer().close();
        variables.close();
        theta.close();
    }
}

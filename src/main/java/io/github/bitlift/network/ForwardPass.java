package io.github.bitlift.network;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Program;
import io.github.bitlift.prox.Identity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Applies a network to any number of samples, layer by layer, a fixed number of samples at a time (so memory
 * is bounded; the bits don't depend on it).
 */
public final class ForwardPass implements AutoCloseable {
    private static final int CHUNK = 1000;

    private final Backend backend;
    private final Network network;
    private final int samples;
    private final BlockVector u;
    private final BlockVector z;
    private final Matrix out;
    /** By number of samples. */
    private final Map<Integer, Program> programs = new HashMap<>();

    /**
     * Prepares buffers and programs.
     *
     * @param backend where it runs
     * @param network of any architecture; its parameters may change between applications
     * @param most the most samples that are worth doing at once
     */
    public ForwardPass(Backend backend, Network network, int most) {
        this.backend = backend;
        this.network = network;
        this.samples = Math.max(1, Math.min(CHUNK, most));
        this.u = BlockVector.allocate(backend, samples, network.widths());
        this.z = network.isDirect() ? null : BlockVector.allocate(backend, samples, network.w().rowSizes());
        this.out = Matrix.of(backend.allocate((long) samples * network.outputs()), samples, network.outputs());
        program(samples);
    }

    private static List<Operation> operations(Network network, BlockVector u, BlockVector z, Matrix out, int samples) {
        List<Operation> operations = new ArrayList<>(hidden(network, u, z, samples));
        operations.add(output(network, firstRows(u, samples), out.slice(0, samples)));
        return operations;
    }

    /** {@code out = K u + d}. */
    static Product output(Network network, BlockVector u, Matrix out) {
        return Product.of(new Product.Row(
                out, network.k().row(0, u), new Epilogue.Activate(network.d(), new Identity(), null)));
    }

    /**
     * The operations of {@code u_j = σ_j(Σ W u + b_j)} for j = 1 … J.
     *
     * @throws IllegalArgumentException if z_j isn't u_j itself
     */
    public static List<Operation> hidden(Network network, BlockVector u, int samples) {
        return hidden(network, u, null, samples);
    }

    /**
     * The operations of {@code z_j = σ_j(Σ W u + b_j)} and {@code u_j = (V z)_j − (M u)_j + u_j} for j = 1 … J.
     *
     * @param z of the widths of W's block rows; null where z_j is u_j itself
     */
    public static List<Operation> hidden(Network network, BlockVector u, BlockVector z, int samples) {
        return hidden(network, u, z, null, samples);
    }

    /**
     * The same, with every Σ W u + b_j kept.
     *
     * @param preactivation of the widths of W's block rows, or null
     */
    public static List<Operation> hidden(
            Network network, BlockVector u, BlockVector z, BlockVector preactivation, int samples) {
        BlockVector first = firstRows(u, samples);
        BlockVector activations = activations(network, first, z == null ? null : firstRows(z, samples));
        List<Operation> operations = new ArrayList<>(network.composition().prepare());
        for (int j = 0; j < network.layers(); j++) {
            operations.add(Product.of(new Product.Row(
                    activations.block(j),
                    network.w().row(j, first),
                    new Epilogue.Activate(
                            network.b().get(j), network.sigma().get(j),
                            preactivation == null ? null : preactivation.block(j).slice(0, samples)))));
            if (!network.isDirect()) {
                operations.add(UnifiedPass.solve(network, j, first, activations));
            }
        }
        return operations;
    }

    /** Where σ goes: into u itself where z is u, else into z. */
    static BlockVector activations(Network network, BlockVector u, BlockVector z) {
        if (network.isDirect()) {
            return new BlockVector(u.blocks().subList(1, u.size()));
        }
        if (z == null) {
            throw new IllegalArgumentException("this architecture keeps u and z = σ(W u + b) apart; expected one with"
                    + " M = (0 I) and V = I");
        }
        return z;
    }

    static BlockVector firstRows(BlockVector u, int samples) {
        return new BlockVector(u.blocks().stream().map(block -> block.slice(0, samples)).toList());
    }

    /**
     * {@code N(y)} for each sample.
     *
     * @param inputs {@code [count, N₀]}
     * @param count the number of samples
     * @return {@code [count, N]}
     */
    public float[] apply(float[] inputs, int count) {
        int in = network.widths()[0];
        int outputs = network.outputs();
        if (inputs.length != (long) count * in) {
            throw new IllegalArgumentException(inputs.length + " numbers for " + count + " samples of " + in);
        }
        float[] results = new float[Math.multiplyExact(count, outputs)];
        for (int at = 0; at < count; at += samples) {
            int n = Math.min(samples, count - at);
            u.block(0).buffer().write(u.block(0).offset(), inputs, at * in, n * in);
            run(n);
            out.buffer().read(0, results, at * outputs, n * outputs);
        }
        return results;
    }

    private void run(int n) {
        program(n).run();
    }

    private Program program(int n) {
        return programs.computeIfAbsent(n, count -> backend.compile(operations(network, u, z, out, count)));
    }

    /** Prepares now whatever {@code count} samples will need, so that no memory is allocated later. */
    public void prepare(int count) {
        if (count % samples > 0) {
            program(count % samples);
        }
    }

    @Override
    public void close() {
        programs.values().forEach(Program::close);
        u.block(0).buffer().close();
        if (z != null) {
            z.block(0).buffer().close();
        }
        out.buffer().close();
    }
}

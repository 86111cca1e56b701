package io.github.bitlift.network;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Elementwise;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.Reduce;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.prox.ProxMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How much of a network acts linearly (JMLR paper, §6.1, Table 2): per hidden layer the share of all pairs of a sample
 * and a unit whose activation leaves the pre-activation as it is, σ(v) = v; for ReLU v ≥ 0. A network in which all do is
 * affine on these samples.
 */
public final class LinearUnits implements AutoCloseable {
    private static final int CHUNK = 1000;

    private final Backend backend;
    private final Network network;
    private final int samples;
    private final BlockVector u;
    private final BlockVector z;
    private final BlockVector v;
    private final Sums sums;
    /** By number of samples. */
    private final Map<Integer, Program> programs = new HashMap<>();

    /**
     * Prepares buffers and programs.
     *
     * @param most the most samples that are worth doing at once
     */
    public LinearUnits(Backend backend, Network network, int most) {
        int[] widths = network.widths();
        this.backend = backend;
        this.network = network;
        this.samples = Math.max(1, Math.min(CHUNK, most));
        this.u = BlockVector.allocate(backend, samples, widths);
        this.z = network.isDirect() ? null : BlockVector.allocate(backend, samples, network.w().rowSizes());
        this.v = BlockVector.allocate(backend, samples, network.w().rowSizes());
        this.sums = backend.allocateSums(network.layers());
        program(samples);
    }

    /** Slot j: in how many places of layer j + 1 σ(v) − v is not zero, for the first n samples. */
    private List<Operation> operations(int n) {
        List<Operation> operations = new ArrayList<>(ForwardPass.hidden(network, u, z, v, n));
        for (int j = 0; j < network.layers(); j++) {
            ProxMap sigma = network.sigma().get(j);
            Matrix preactivation = v.block(j).slice(0, n);
            operations.add(new Elementwise(
                    Elementwise.Kind.RESIDUAL, sigma, 1f, preactivation, preactivation, preactivation));
            operations.add(new Reduce(Reduce.Kind.NONZEROS, preactivation, null, null, sums, j));
        }
        return operations;
    }

    /**
     * The shares, from 0 to 1, one per hidden layer.
     *
     * @param inputs {@code [count, N₀]}
     * @param count the number of samples
     */
    public double[] rates(float[] inputs, int count) {
        int in = network.widths()[0];
        if (count < 1 || inputs.length != (long) count * in) {
            throw new IllegalArgumentException(inputs.length + " numbers for " + count + " samples of " + in);
        }
        return shares(counts(inputs, count), count);
    }

    /** The number of hidden layers. */
    public int layers() {
        return network.layers();
    }

    /** The shares that {@link #counts}, or sums of them, make of {@code count} samples. */
    public double[] shares(double[] counts, int count) {
        double[] shares = counts.clone();
        for (int j = 0; j < shares.length; j++) {
            shares[j] /= (double) count * v.block(j).columns();
        }
        return shares;
    }

    /** The same as numbers of pairs, which is exact, so that those of parts add up to those of the whole. */
    public double[] counts(float[] inputs, int count) {
        int in = network.widths()[0];
        double[] counts = new double[network.layers()];
        for (int at = 0; at < count; at += samples) {
            int n = Math.min(samples, count - at);
            u.block(0).buffer().write(u.block(0).offset(), inputs, at * in, n * in);
            run(n);
            for (int j = 0; j < counts.length; j++) {
                counts[j] += (double) n * v.block(j).columns() - sums.get(j);
            }
        }
        return counts;
    }

    private void run(int n) {
        program(n).run();
    }

    private Program program(int n) {
        return programs.computeIfAbsent(n, count -> backend.compile(operations(count)));
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
        sums.close();
        u.block(0).buffer().close();
        if (z != null) {
            z.block(0).buffer().close();
        }
        v.block(0).buffer().close();
    }
}

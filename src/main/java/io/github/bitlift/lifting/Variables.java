package io.github.bitlift.lifting;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Buffer;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.network.BlockVector;
import io.github.bitlift.network.Network;
import io.github.bitlift.network.Parameters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What training a network on a number of samples needs in memory: auxiliary variables, targets, and the
 * gradients of both blocks.
 */
public final class Variables implements AutoCloseable {
    private final int samples;
    private final Network network;
    private final BlockVector u;
    private final BlockVector residual;
    private final BlockVector gradient;
    private final Matrix target;
    private final Parameters parameterGradient;
    private final List<Buffer> owned;

    /**
     * Allocates.
     *
     * @param backend where training runs
     * @param network whose variables they are
     * @param samples s
     */
    public Variables(Backend backend, Network network, int samples) {
        this.samples = samples;
        this.network = network;
        this.u = BlockVector.allocate(backend, samples, network.widths());
        this.residual = BlockVector.allocate(backend, samples, behindInput(network));
        this.gradient = BlockVector.allocate(backend, samples, hidden(network));
        this.target = BlockVector.allocate(backend, samples, network.outputs()).block(0);
        this.parameterGradient = new Parameters(backend, all(network));
        this.owned = List.of(u.block(0).buffer(), residual.block(0).buffer(), gradient.block(0).buffer(), target.buffer());
    }

    /** A second set for the same inputs and targets, which it shares. */
    Variables(Backend backend, Variables other) {
        this.samples = other.samples;
        this.network = other.network;
        BlockVector own = BlockVector.allocate(backend, samples, hidden(network));
        List<Matrix> blocks = new ArrayList<>(List.of(other.u.block(0)));
        blocks.addAll(own.blocks());
        this.u = new BlockVector(blocks);
        this.residual = BlockVector.allocate(backend, samples, behindInput(network));
        this.gradient = BlockVector.allocate(backend, samples, hidden(network));
        this.target = other.target;
        this.parameterGradient = new Parameters(backend, all(network));
        this.owned = List.of(own.block(0).buffer(), residual.block(0).buffer(), gradient.block(0).buffer());
    }

    /** N₁ … N_J. */
    private static int[] hidden(Network network) {
        int[] widths = network.widths();
        return Arrays.copyOfRange(widths, 1, widths.length);
    }

    /** N₁ … N_J, N. */
    private static int[] behindInput(Network network) {
        int[] all = all(network);
        return Arrays.copyOfRange(all, 1, all.length);
    }

    /** N₀ … N_J, N. */
    private static int[] all(Network network) {
        int[] widths = network.widths();
        int[] all = Arrays.copyOf(widths, widths.length + 1);
        all[widths.length] = network.outputs();
        return all;
    }

    /** s. */
    public int samples() {
        return samples;
    }

    /** Whose variables they are. */
    public Network network() {
        return network;
    }

    /** {@code (y, u₁, …, u_J)}: block 0 is the input. */
    public BlockVector u() {
        return u;
    }

    /** Block j − 1 belongs to layer j: μⱼ(σ(vⱼ) − uⱼ); the last block is K u_J + d − x. */
    public BlockVector residual() {
        return residual;
    }

    /**
     * Block j − 1 is the gradient in uⱼ, where no step takes that at once; else the part of it that doesn't come from the
     * layer behind. Also scratch for pre-activations.
     */
    public BlockVector gradient() {
        return gradient;
    }

    /** x, {@code [s, N]}. */
    public Matrix target() {
        return target;
    }

    /** The gradient in θ, laid out as θ. */
    public Parameters parameterGradient() {
        return parameterGradient;
    }

    @Override
    public void close() {
        owned.forEach(Buffer::close);
        parameterGradient.close();
    }
}

package io.github.bitlift.lifting;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Buffer;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.network.BlockVector;
import io.github.bitlift.network.CompositionGradient;
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
    private final BlockVector z;
    private final BlockVector residual;
    private final BlockVector gradient;
    private final BlockVector auxiliaryGradient;
    private final Matrix target;
    private final Parameters parameterGradient;
    private final CompositionGradient compositionGradient;
    /** Per layer that learns its threshold, the derivative in it and one per unit; null where none does. */
    private final List<BlockVector> thresholds = new ArrayList<>();
    private final List<Buffer> owned = new ArrayList<>();

    /**
     * Allocates.
     *
     * @param backend where training runs
     * @param network whose variables they are
     * @param samples s
     */
    public Variables(Backend backend, Network network, int samples) {
        this(backend, network, BlockVector.allocate(backend, samples, network.widths()),
                BlockVector.allocate(backend, samples, network.outputs()).block(0));
        owned.add(u.block(0).buffer());
        owned.add(target.buffer());
    }

    /** A second set for the same inputs and targets, which it shares. */
    Variables(Backend backend, Variables other) {
        this(backend, other.network, behind(backend, other.u.block(0), other.network), other.target);
        owned.add(u.block(1).buffer());
    }

    private Variables(Backend backend, Network network, BlockVector u, Matrix target) {
        int[] widths = network.widths();
        int[] rows = network.w().rowSizes();
        int[] outputs = Arrays.copyOf(rows, rows.length + 1);
        outputs[rows.length] = network.outputs();
        this.samples = target.rows();
        this.network = network;
        this.u = u;
        this.residual = own(BlockVector.allocate(backend, samples, outputs));
        this.gradient = own(BlockVector.allocate(backend, samples, Arrays.copyOfRange(widths, 1, widths.length)));
        boolean direct = network.isDirect();
        this.z = direct
                ? new BlockVector(u.blocks().subList(1, widths.length))
                : own(BlockVector.allocate(backend, samples, rows));
        this.auxiliaryGradient = direct ? gradient : own(BlockVector.allocate(backend, samples, rows));
        this.target = target;
        this.parameterGradient = network.parameters().like(backend);
        this.compositionGradient = new CompositionGradient(backend, network.composition());
        for (int j = 0; j < rows.length; j++) {
            thresholds.add(ThresholdGradient.isLearned(network, j)
                    ? own(BlockVector.allocate(backend, 1, 1, rows[j])) : null);
        }
    }

    private BlockVector own(BlockVector vector) {
        owned.add(vector.block(0).buffer());
        return vector;
    }

    /** An input and new blocks behind it. */
    private static BlockVector behind(Backend backend, Matrix input, Network network) {
        int[] widths = network.widths();
        List<Matrix> blocks = new ArrayList<>(List.of(input));
        blocks.addAll(BlockVector.allocate(backend, input.rows(), Arrays.copyOfRange(widths, 1, widths.length)).blocks());
        return new BlockVector(blocks);
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

    /** {@code (z₁, …, z_J)}: u's own blocks where {@code M = (0 I)} and {@code V = I}. */
    public BlockVector z() {
        return z;
    }

    /**
     * Block j − 1 is the gradient in zⱼ, as {@link #gradient} says of u, whose own blocks these are where z is u's; and scratch
     * for pre-activations.
     */
    public BlockVector auxiliaryGradient() {
        return auxiliaryGradient;
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

    /** The derivative in the threshold of layer j, from 0, which learns it: [1, 1]. */
    Matrix thresholdGradient(int j) {
        return thresholds.get(j).block(0);
    }

    /** The same, one number per unit. */
    Matrix thresholdsOfUnits(int j) {
        return thresholds.get(j).block(1);
    }

    CompositionGradient compositionGradient() {
        return compositionGradient;
    }

    @Override
    public void close() {
        owned.forEach(Buffer::close);
        compositionGradient.close();
        parameterGradient.close();
    }
}

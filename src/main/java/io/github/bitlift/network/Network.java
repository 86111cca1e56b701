package io.github.bitlift.network;

import io.github.bitlift.backend.Matrix;
import io.github.bitlift.network.BlockOperator.Block;
import io.github.bitlift.prox.ProxMap;
import java.util.Arrays;
import java.util.List;

/**
 * A network as data: {@code N(y) = K u + d}, {@code M u = V z}, {@code z = σ(W u + b)} (framework paper, eq. 3), u being the
 * blocks {@code (y, u₁, …, u_J)}. Row j of W reads blocks before u_j alone, row j of V blocks up to z_j, and M has the
 * identity at u_j and multiples of it before, so that u follows from y block by block.
 *
 * @param parameters θ, which blocks and biases are views of, or follow from by the composition
 * @param composition the matrices that follow from θ
 * @param k K, one block row
 * @param m M
 * @param v V
 * @param w W
 * @param b the biases, {@code [1, N_j]} per block row of W, or {@code [1, channels]} of a convolution
 * @param d the output's bias {@code [1, N]}, or {@code [1, channels]}
 * @param sigma one prox map per block row of W
 */
public record Network(
        Parameters parameters,
        Composition composition,
        BlockOperator k,
        BlockOperator m,
        BlockOperator v,
        BlockOperator w,
        List<Matrix> b,
        Matrix d,
        List<ProxMap> sigma)
        implements AutoCloseable {

    /**
     * Copies of the lists are kept.
     *
     * @throws IllegalArgumentException if something doesn't fit: which operator, which block, what was expected
     */
    public Network {
        b = List.copyOf(b);
        sigma = List.copyOf(sigma);
        NetworkChecks.check(k, m, v, w, b, d, sigma);
    }

    /** The number J of layers with auxiliary variables. */
    public int layers() {
        return sigma.size();
    }

    /** Widths of the blocks of u: {@code N₀ (input), N₁, …, N_J}. */
    public int[] widths() {
        return w.columnSizes();
    }

    /** The output's width N. */
    public int outputs() {
        return k.rowSizes()[0];
    }

    /** Whether {@code M = [0 I]} and {@code V = I}, so that z_j is u_j itself. */
    public boolean isDirect() {
        return isIdentities(m, 1) && isIdentities(v, 0);
    }

    private static boolean isIdentities(BlockOperator operator, int shift) {
        return operator.blocks().size() == operator.rowSizes().length
                && operator.blocks().stream().allMatch(block -> block.column() == block.row() + shift
                        && block.map() instanceof LinearMap.ScaledIdentity identity
                        && identity.isIdentity());
    }

    /** Whether z is u, and every layer and the output read the layer before them and the input alone. */
    public boolean isChain() {
        return isDirect()
                && w.blocks().stream().allMatch(block -> block.column() == 0 || block.column() == block.row())
                && k.blocks().stream().allMatch(block -> block.column() == 0 || block.column() == layers());
    }

    /** The longest chain of layers from the input on: after so many sweeps of the block system u is final. */
    public int depth() {
        int[] depth = new int[layers() + 1];
        for (int j = 0; j < layers(); j++) {
            for (Block block : v.inRow(j)) {
                for (Block read : w.inRow(block.column())) {
                    depth[j + 1] = Math.max(depth[j + 1], 1 + depth[read.column()]);
                }
            }
            for (Block block : m.inRow(j)) {
                depth[j + 1] = Math.max(depth[j + 1], depth[block.column()]);
            }
        }
        return Arrays.stream(depth).max().orElse(0);
    }

    /** Frees what the composition holds; θ stays. */
    @Override
    public void close() {
        composition.close();
    }
}

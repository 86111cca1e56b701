package io.github.bitlift.network;

import io.github.bitlift.backend.Matrix;
import io.github.bitlift.prox.ProxMap;
import java.util.List;

/**
 * A network as data: {@code N(y) = K u + d}, {@code M u = V z}, {@code z = σ(W u + b)} (framework paper,
 * eq. 3), u being the blocks {@code (y, u₁, …, u_J)}.
 *
 * @param k K, one block row
 * @param m M
 * @param v V
 * @param w W
 * @param b the biases, {@code [1, N_j]} per block row of W
 * @param d the output's bias {@code [1, N]}
 * @param sigma one prox map per block row of W
 */
public record Network(
        BlockOperator k,
        BlockOperator m,
        BlockOperator v,
        BlockOperator w,
        List<Matrix> b,
        Matrix d,
        List<ProxMap> sigma) {

    /** Copies of the lists are kept. */
    public Network {
        b = List.copyOf(b);
        sigma = List.copyOf(sigma);
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
        return d.columns();
    }
}

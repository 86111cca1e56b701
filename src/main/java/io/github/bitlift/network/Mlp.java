package io.github.bitlift.network;

import io.github.bitlift.backend.Matrix;
import io.github.bitlift.network.BlockOperator.Block;
import io.github.bitlift.prox.ProxMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The multi-layer perceptron (framework paper §2.3, eq. 9) as block operators: W has W_j at (j, j − 1), M
 * = [0 I], V = I, K = [0 … 0 K].
 */
public final class Mlp {
    private Mlp() {}

    /**
     * The network over given parameters.
     *
     * @param parameters layers 0 … J − 1 are W_j, b_j, layer J is K, d
     * @param sigma one prox map per hidden layer
     * @throws IllegalArgumentException if a prox map can't act on its layer's width
     */
    public static Network of(Parameters parameters, List<ProxMap> sigma) {
        int hidden = parameters.layers() - 1;
        if (sigma.size() != hidden || hidden < 1) {
            throw new IllegalArgumentException(
                    sigma.size() + " activations for " + hidden + " hidden layers, expected one each and at least one");
        }
        int[] columns = new int[hidden + 1];
        columns[0] = parameters.weight(0).columns();
        List<Block> w = new ArrayList<>();
        List<Block> m = new ArrayList<>();
        List<Block> v = new ArrayList<>();
        List<Matrix> b = new ArrayList<>();
        for (int j = 0; j < hidden; j++) {
            Matrix weight = parameters.weight(j);
            columns[j + 1] = weight.rows();
            sigma.get(j).requireWidth(weight.rows());
            LinearMap identity = new LinearMap.ScaledIdentity(weight.rows(), 1f);
            w.add(new Block(j, j, new LinearMap.Dense(weight)));
            m.add(new Block(j, j + 1, identity));
            v.add(new Block(j, j, identity));
            b.add(parameters.bias(j));
        }
        int[] rows = Arrays.copyOfRange(columns, 1, columns.length);
        Matrix last = parameters.weight(hidden);
        return new Network(
                new BlockOperator(
                        new int[] {last.rows()}, columns, List.of(new Block(0, hidden, new LinearMap.Dense(last)))),
                new BlockOperator(rows, columns, m),
                new BlockOperator(rows, rows, v),
                new BlockOperator(rows, columns, w),
                b,
                parameters.bias(hidden),
                sigma);
    }
}

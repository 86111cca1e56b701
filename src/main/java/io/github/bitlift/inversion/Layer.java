package io.github.bitlift.inversion;

import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Product;
import io.github.bitlift.network.BlockOperator.Block;
import io.github.bitlift.network.LinearMap;
import io.github.bitlift.network.Network;
import io.github.bitlift.prox.Identity;
import io.github.bitlift.prox.ProxMap;
import java.util.ArrayList;
import java.util.List;

/**
 * One layer {@code u ↦ σ(W u + b)} of a chain that is inverted.
 *
 * @param map W
 * @param bias b: {@code [1, outputs]}, or {@code [1, channels]} of a convolution
 * @param sigma σ
 */
public record Layer(LinearMap map, Matrix bias, ProxMap sigma) {

    /**
     * The layers of a network whose layers each read the one before them alone. Its output K u + d is one more of them, with the
     * identity as σ, unless it is u_J itself.
     *
     * @throws IllegalArgumentException for any other network
     */
    public static List<Layer> chain(Network network) {
        if (!network.isDirect()) {
            throw notAChain("keeps u and z = sigma(W u + b) apart");
        }
        List<Layer> layers = new ArrayList<>();
        for (int j = 0; j < network.layers(); j++) {
            layers.add(new Layer(only(network.w().inRow(j), j), network.b().get(j), network.sigma().get(j)));
        }
        LinearMap last = only(network.k().inRow(0), network.layers());
        if (!isIdentity(last, network.d())) {
            layers.add(new Layer(last, network.d(), new Identity()));
        }
        return layers;
    }

    private static LinearMap only(List<Block> row, int column) {
        if (row.size() != 1 || row.get(0).column() != column) {
            throw notAChain("has layers that read others than the one before");
        }
        return row.get(0).map();
    }

    private static IllegalArgumentException notAChain(String what) {
        return new IllegalArgumentException("inversion: the network " + what
                + "; expected a chain of layers, such as a perceptron or an mlp");
    }

    private static boolean isIdentity(LinearMap map, Matrix bias) {
        if (!(map instanceof LinearMap.ScaledIdentity identity) || identity.factor() != 1f) {
            return false;
        }
        for (float value : bias.toArray()) {
            if (value != 0) {
                return false;
            }
        }
        return true;
    }

    /** Features of an input. */
    public int inputs() {
        return map.columns();
    }

    /** Features of an output. */
    public int outputs() {
        return map.rows();
    }

    /** W u of each sample. */
    List<Product.Term> apply(Matrix in) {
        return List.of(map.apply(in));
    }

    /** W*r of each sample. */
    List<Product.Term> adjoint(Matrix residual) {
        return List.of(map.adjoint(residual));
    }
}

package io.github.bitlift.network;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.prox.ProxMap;
import java.util.Collections;
import java.util.List;

/**
 * The multi-layer perceptron (framework paper §2.3, eq. 9) as block operators: W has W_j at (j, j − 1), M
 * = [0 I], V = I, K = [0 … 0 K].
 *
 * @param widths all widths, input and output included
 * @param sigma one prox map per hidden layer
 */
public record Mlp(List<Integer> widths, List<ProxMap> sigma) implements Architecture {

    /** Checks counts; copies of the lists are kept. */
    public Mlp {
        widths = List.copyOf(widths);
        sigma = List.copyOf(sigma);
        if (widths.size() < 3 || widths.stream().anyMatch(width -> width < 1)) {
            throw new IllegalArgumentException(
                    "widths " + widths + ", expected input, at least one hidden layer, output, each at least 1");
        }
        requireOneEach(sigma, widths.size() - 2);
    }

    /**
     * An autoencoder that narrows to a code: input, a layer as wide, the code, a layer as wide, output (JMLR paper §6.3).
     *
     * @param n the width of input and output
     * @param code the width of the code, less than n
     * @param sigma for every layer but the output
     */
    public static Mlp undercomplete(int n, int code, ProxMap sigma) {
        if (code < 1 || code >= n) {
            throw new IllegalArgumentException("code of width " + code + ", expected 1 to " + (n - 1)
                    + ", fewer than the input's " + n);
        }
        return new Mlp(List.of(n, n, code, n, n), Collections.nCopies(3, sigma));
    }

    /**
     * An autoencoder whose code is as wide as its input, meant to be sparse by a penalty on the auxiliary variables of the
     * middle layer (JMLR paper §5.2 and §6.2).
     *
     * @param n every width
     * @param sigma for every layer but the output
     */
    public static Mlp sparseAutoencoder(int n, ProxMap sigma) {
        return new Mlp(Collections.nCopies(5, n), Collections.nCopies(3, sigma));
    }

    private static void requireOneEach(List<ProxMap> sigma, int hidden) {
        if (sigma.size() != hidden || hidden < 1) {
            throw new IllegalArgumentException(
                    sigma.size() + " activations for " + hidden + " hidden layers, expected one each and at least one");
        }
    }

    @Override
    public String name() {
        return "mlp";
    }

    @Override
    public int inputs() {
        return widths.get(0);
    }

    @Override
    public int outputs() {
        return widths.get(widths.size() - 1);
    }

    @Override
    public int layers() {
        return sigma.size();
    }

    @Override
    public List<Parameters.Shape> shapes() {
        return Parameters.chain(widths.stream().mapToInt(Integer::intValue).toArray());
    }

    @Override
    public Parameters parameters(Backend backend) {
        return new Parameters(backend, widths.stream().mapToInt(Integer::intValue).toArray());
    }

    @Override
    public void initialise(Parameters parameters, long seed) {
        Initialisation.glorotUniform(parameters, seed);
    }

    @Override
    public Network over(Backend backend, Parameters parameters) {
        return of(parameters, sigma);
    }

    /**
     * The network over given parameters.
     *
     * @param parameters layers 0 … J − 1 are W_j, b_j, layer J is K, d
     * @param sigma one prox map per hidden layer
     * @throws IllegalArgumentException if a prox map can't act on its layer's width
     */
    public static Network of(Parameters parameters, List<ProxMap> sigma) {
        int hidden = parameters.layers() - 1;
        requireOneEach(sigma, hidden);
        Assembly network = new Assembly(parameters.weight(0).columns());
        for (int j = 0; j < hidden; j++) {
            LinearMap weight = new LinearMap.Dense(parameters.weight(j));
            network.layer(sigma.get(j), parameters.bias(j), new Assembly.Of(j, weight));
        }
        LinearMap last = new LinearMap.Dense(parameters.weight(hidden));
        return network.output(parameters, Composition.none(), parameters.bias(hidden), new Assembly.Of(hidden, last));
    }
}

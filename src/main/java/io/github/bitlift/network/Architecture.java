package io.github.bitlift.network;

import io.github.bitlift.backend.Backend;
import java.util.List;

/**
 * A kind of network: the names and shapes of its parameters, and the block operators K, M, V, W, b, d, σ made of them
 * (framework paper §2).
 */
public interface Architecture {

    /** The name on the command line. */
    String name();

    /** The width of y. */
    int inputs();

    /** The width of N(y). */
    int outputs();

    /** The number of layers with auxiliary variables. */
    int layers();

    /** Names and shapes of θ, in order. */
    List<Parameters.Shape> shapes();

    /** Zeroed parameters. */
    default Parameters parameters(Backend backend) {
        return new Parameters(backend, shapes());
    }

    /** What the framework paper calls the blocks of u, for descriptions; the first is y. */
    default List<String> unknowns(Network network) {
        return Structure.plainNames(network.layers());
    }

    /** Sets θ to where training starts. */
    void initialise(Parameters parameters, long seed);

    /**
     * The network over parameters; it sees every later change of them.
     *
     * @param backend where both live
     * @param parameters from {@link #parameters}
     * @throws IllegalArgumentException if something doesn't fit: which operator, which block, what was expected
     */
    Network over(Backend backend, Parameters parameters);
}

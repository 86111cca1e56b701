package io.github.bitlift.inversion;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.TvPdhg;
import io.github.bitlift.backend.TvPdhg.State;
import java.util.ArrayList;
import java.util.List;

/**
 * One layer: {@code min_x B_Ψ(y, W x + b) + ρ TV(x)} (framework paper, eq. 22), a convex problem whatever the prox map σ, by
 * explicit primal-dual steps with the gradient {@code W*(σ(W x + b) − y)}. An image is done when x and z both change by no more
 * than the tolerance in one step, looked at every so often.
 */
public final class SingleLayer implements Inversion {
    private final Unknowns unknowns;
    private final InputSteps input;
    private final Options options;
    private final Steps steps;

    /**
     * Prepares.
     *
     * @throws IllegalArgumentException if something doesn't fit, or given steps break the condition of {@link Steps}
     */
    public SingleLayer(Backend backend, Layer layer, ImageVariation tv, Options options, int images) {
        this.options = options;
        this.steps = inputSteps(backend, layer, options);
        this.unknowns = new Unknowns(backend, List.of(layer), tv, options.rho(), images);
        this.input = new InputSteps(backend, unknowns, steps, options.every(), options.tolerance());
    }

    static Steps inputSteps(Backend backend, Layer layer, Options options) {
        double lipschitz = SpectralNorm.squared(backend, layer.map());
        return options.steps() == null ? Steps.of(lipschitz, options.rho()) : options.steps().require(lipschitz, options.rho());
    }

    @Override
    public List<Recovered> run(float[] outputs, Start start, Watch watch) {
        unknowns.start(outputs, start.x());
        input.start(start.z());
        input.solve(options.iterations(), done -> watch.at(done, change(), () -> unknowns.u(0).toArray()));
        float[] states = input.states();
        float[] z = input.z();
        List<float[]> blocks = unknowns.read();
        double[][] penalties = unknowns.penalties();
        List<Recovered> all = new ArrayList<>();
        for (int i = 0; i < unknowns.images(); i++) {
            int at = i * TvPdhg.STATE;
            all.add(unknowns.recovered(
                    i, blocks, z, penalties[i], (int) states[at + State.ITERATIONS.ordinal()],
                    stop(states[at + State.STOP.ordinal()])));
        }
        return all;
    }

    private double change() {
        float[] states = input.states();
        double most = 0;
        for (int at = 0; at < states.length; at += TvPdhg.STATE) {
            if (states[at + State.STOP.ordinal()] == 0) {
                most = Math.max(most, Math.max(
                        states[at + State.CHANGE_X.ordinal()], states[at + State.CHANGE_Z.ordinal()]));
            }
        }
        return most;
    }

    private static Stop stop(float ordinal) {
        return switch (TvPdhg.Stop.values()[(int) ordinal]) {
            case NONE -> Stop.COUNT;
            case DIVERGED -> Stop.DIVERGED;
            default -> Stop.CHANGE;
        };
    }

    @Override
    public Steps steps() {
        return steps;
    }

    @Override
    public void close() {
        input.close();
        unknowns.close();
    }
}

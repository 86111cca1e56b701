package io.github.bitlift.inversion;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Buffer;
import io.github.bitlift.backend.Copy;
import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.TvPdhg;
import io.github.bitlift.backend.TvPdhg.State;
import io.github.bitlift.network.Convolution;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * Primal-dual steps on the input, {@code min_x B_Ψ1(u₁, W₁x + b₁) + ρ TV(x)} for given u₁ (framework paper, eqs. 25a and 25b):
 * {@code r = σ₁(W₁x + b₁) − u₁}, {@code g = W₁*r}, then {@link TvPdhg} with g, all of it one operation where W₁ is a convolution.
 * A program holds as many as lie between two checks.
 */
final class InputSteps implements AutoCloseable {
    private final Backend backend;
    private final Unknowns unknowns;
    private final int every;
    private final double tolerance;
    private final Buffer buffer;
    private final Matrix gradient;
    private final Matrix z;
    private final Matrix state;
    private final Program reset;
    /** By number of iterations. */
    private final Map<Integer, Program> programs = new HashMap<>();

    InputSteps(Backend backend, Unknowns unknowns, Steps steps, int every, double tolerance) {
        this.backend = backend;
        this.unknowns = unknowns;
        this.every = every;
        this.tolerance = tolerance;
        int images = unknowns.images();
        int pixels = unknowns.tv().pixels();
        long own = isOneOperation() ? 0 : (long) images * pixels;
        this.buffer = backend.allocate(own + images * (2L * pixels + 2L * TvPdhg.STATE));
        this.gradient = own == 0 ? null : new Matrix(buffer, 0, images, pixels);
        this.z = new Matrix(buffer, own, images, 2 * pixels);
        this.state = new Matrix(buffer, z.offset() + z.size(), images, TvPdhg.STATE);
        Matrix fresh = new Matrix(buffer, state.offset() + state.size(), images, TvPdhg.STATE);
        float[] first = new float[Math.toIntExact(fresh.size())];
        for (int i = 0; i < images; i++) {
            first[i * TvPdhg.STATE + State.TAU.ordinal()] = steps.x();
            first[i * TvPdhg.STATE + State.SIGMA.ordinal()] = steps.z();
        }
        fresh.write(first);
        this.reset = backend.compile(List.of(new Copy(fresh, state)));
    }

    private boolean isOneOperation() {
        return unknowns.layer(1).map() instanceof Convolution;
    }

    private Program program(int iterations) {
        return programs.computeIfAbsent(iterations, count -> backend.compile(operations(count)));
    }

    /** One operation where the first layer is a convolution; else three for each iteration. */
    private List<Operation> operations(int count) {
        Layer first = unknowns.layer(1);
        if (first.map() instanceof Convolution convolution) {
            return List.of(steps(new TvPdhg.Penalty(
                    convolution.grid(), convolution.weights(), first.bias(), first.sigma(), unknowns.u(1)), count));
        }
        List<Operation> operations = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            operations.add(Product.of(unknowns.residual(1, null)));
            operations.add(Product.of(new Product.Row(gradient, unknowns.adjoint(1), new Epilogue.Scale(1f))));
            operations.add(steps(new TvPdhg.Explicit(gradient), 1));
        }
        return operations;
    }

    private TvPdhg steps(TvPdhg.Data data, int count) {
        ImageVariation tv = unknowns.tv();
        return new TvPdhg(
                tv.height(), tv.width(), tv.isotropic(), data, unknowns.rho(), unknowns.u(0), z, state, TvPdhg.Rule.FIXED, every,
                Double.NEGATIVE_INFINITY, tolerance, count);
    }

    /** Takes dual variables, or null for zeros. */
    void start(float[] start) {
        if (start != null && start.length != z.size()) {
            throw new IllegalArgumentException(
                    "inversion: dual start of " + start.length + " numbers, expected " + z.shape());
        }
        z.write(start == null ? new float[Math.toIntExact(z.size())] : start);
    }

    /**
     * Takes so many iterations, or fewer if every image is done by then.
     *
     * @param afterCheck hears of every check how many there were
     */
    void solve(int iterations, IntConsumer afterCheck) {
        reset.run();
        for (int done = 0; done < iterations; ) {
            int count = Math.min(every, iterations - done);
            program(count).run();
            done += count;
            if (count == every && done < iterations && isDone()) {
                afterCheck.accept(done);
                return;
            }
            afterCheck.accept(done);
        }
    }

    private boolean isDone() {
        float[] states = states();
        for (int i = 0; i < states.length; i += TvPdhg.STATE) {
            if (states[i + State.STOP.ordinal()] == 0) {
                return false;
            }
        }
        return true;
    }

    /** {@code [n, 8]}, see {@link State}. */
    float[] states() {
        return state.toArray();
    }

    /** {@code [n, 2·H·W]}. */
    float[] z() {
        return z.toArray();
    }

    @Override
    public void close() {
        reset.close();
        programs.values().forEach(Program::close);
        buffer.close();
    }
}

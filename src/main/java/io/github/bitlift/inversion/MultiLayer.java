package io.github.bitlift.inversion;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Buffer;
import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.Update;
import io.github.bitlift.network.BlockVector;
import io.github.bitlift.numerics.Reduction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Several layers (framework paper, eq. 21), u_J = y being given:
 *
 * <pre>
 * min over x = u₀, u₁, …, u_{J−1} of  Σ_{j=1..J} B_Ψj(u_j, W_j u_{j−1} + b_j) + ρ TV(x)
 * </pre>
 *
 * An outer iteration takes primal-dual steps on x for the present u₁ ({@link InputSteps}, eqs. 25a and 25b), then one proximal
 * gradient step on all of u₁, …, u_{J−1} at once.
 *
 * <p>That step, derived: with v_j = W_j u_{j−1} + b_j, {@code B_Ψ(u, v) = ½‖u‖² + Ψ(u) + Φ*(v) − ⟨u, v⟩} and {@code ∇Φ* = σ},
 * what depends on u_j is {@code [½‖u_j‖² + Ψ_j(u_j)] + [Φ*_{j+1}(v_{j+1}) − ⟨u_{j+1}, v_{j+1}⟩ − ⟨u_j, v_j⟩]}. The second
 * bracket is smooth with gradient {@code g_j = W_{j+1}*(σ_{j+1}(v_{j+1}) − u_{j+1}) − v_j}, and the first one's prox map with
 * step τ is {@code w ↦ prox_{κΨ_j}(w/(1 + τ))}, κ = τ/(1 + τ). So
 *
 * <pre>
 * u_j ← prox_{κΨ_j}((u_j − τ g_j)/(1 + τ)),
 * </pre>
 *
 * which is the slides' and the JMLR paper's step (eq. 17b). The framework paper's eq. (26) as printed lacks W_{j+1}* and v_j,
 * has Ψ_j for Ψ_{j+1} in the residual and the factor κ in place of κ/τ = 1/(1 + τ): its fixed points don't minimise (21). Step
 * sizes: {@link Steps#auxiliary}, with which the step never raises the objective.
 *
 * <p>An image is done when, over {@code every} outer iterations, x, z and each u_j moved by no more than the tolerance; it is
 * kept as it was then, while others go on.
 */
public final class MultiLayer implements Inversion {
    private static final int COEFFICIENTS = 3;

    private final Unknowns unknowns;
    private final InputSteps input;
    private final Options options;
    private final Steps steps;
    private final BlockVector pulls;
    private final Buffer coefficients;
    private final Program auxiliaries;

    /**
     * Prepares.
     *
     * @param layers at least two, from input to output
     * @throws IllegalArgumentException if something doesn't fit, or given steps break the condition of {@link Steps}
     */
    public MultiLayer(Backend backend, List<Layer> layers, ImageVariation tv, Options options, int images) {
        if (layers.size() < 2) {
            throw new IllegalArgumentException("inversion: " + layers.size() + " layers, expected at least 2");
        }
        this.options = options;
        this.steps = SingleLayer.inputSteps(backend, layers.get(0), options);
        this.unknowns = new Unknowns(backend, layers, tv, options.rho(), images);
        this.input = new InputSteps(backend, unknowns, steps, options.every(), options.tolerance());
        int hidden = layers.size() - 1;
        this.pulls = BlockVector.allocate(
                backend, images, layers.subList(0, hidden).stream().mapToInt(Layer::outputs).toArray());
        this.coefficients = backend.allocate((long) COEFFICIENTS * hidden);
        for (int j = 1; j <= hidden; j++) {
            double lipschitz = SpectralNorm.squared(backend, layers.get(j).map());
            coefficient(j).write(new float[] {(float) Steps.auxiliary(lipschitz, j == hidden), 0, 0});
        }
        this.auxiliaries = backend.compile(auxiliarySteps());
    }

    private Matrix coefficient(int j) {
        return new Matrix(coefficients, (long) COEFFICIENTS * (j - 1), 1, COEFFICIENTS);
    }

    private List<Operation> auxiliarySteps() {
        List<Product.Row> residuals = new ArrayList<>();
        List<Product.Row> moves = new ArrayList<>();
        for (int j = 1; j <= unknowns.count(); j++) {
            boolean hidden = j < unknowns.count();
            residuals.add(unknowns.residual(j, hidden ? pulls.block(j - 1) : null));
            if (hidden) {
                Update.Step step = new Update.Step(
                        new Update.Gradient(), unknowns.u(j), null, null, null, coefficient(j), null,
                        new Update.Proximal(unknowns.layer(j).sigma(), 1f, true));
                moves.add(new Product.Row(unknowns.adjoint(j + 1), new Epilogue.Add(pulls.block(j - 1)), step));
            }
        }
        return List.of(new Product(residuals), new Product(moves));
    }

    @Override
    public List<Recovered> run(float[] outputs, Start start, Watch watch) {
        unknowns.start(outputs, start.x());
        input.start(start.z());
        Recovered[] done = new Recovered[unknowns.images()];
        List<float[]> earlier = snapshot();
        for (int k = 1; Arrays.asList(done).contains(null); k++) {
            input.solve(options.inner(), iterations -> {});
            auxiliaries.run();
            if (k % options.every() == 0 || k == options.iterations()) {
                List<float[]> now = snapshot();
                watch.at(k, finish(done, k, earlier, now), () -> unknowns.u(0).toArray());
                earlier = now;
            }
        }
        return List.of(done);
    }

    /** x, u₁, …, u_{J−1}, z. */
    private List<float[]> snapshot() {
        List<float[]> all = new ArrayList<>(unknowns.read());
        all.add(input.z());
        return all;
    }

    /** Keeps what is done; the largest change of what isn't. */
    private double finish(Recovered[] done, int k, List<float[]> earlier, List<float[]> now) {
        double most = 0;
        double[][] penalties = null;
        for (int i = 0; i < done.length; i++) {
            double change = done[i] == null ? change(i, earlier, now) : 0;
            Stop stop = !Double.isFinite(change) ? Stop.DIVERGED
                    : change <= options.tolerance() && k % options.every() == 0 ? Stop.CHANGE
                    : k == options.iterations() ? Stop.COUNT : null;
            if (done[i] == null && stop != null) {
                penalties = penalties == null ? unknowns.penalties() : penalties;
                int last = now.size() - 1;
                done[i] = unknowns.recovered(i, now.subList(0, last), now.get(last), penalties[i], k, stop);
            } else {
                most = Math.max(most, change);
            }
        }
        return most;
    }

    /** The largest of the norms by which an image's variables moved; NaN counts as infinite. */
    private double change(int image, List<float[]> earlier, List<float[]> now) {
        double most = 0;
        for (int block = 0; block < now.size(); block++) {
            float[] a = earlier.get(block);
            float[] b = now.get(block);
            int width = b.length / unknowns.images();
            double squares = new Reduction().sum(width, i -> {
                double d = (double) b[image * width + i] - a[image * width + i];
                return d * d;
            });
            most = squares <= Double.MAX_VALUE ? Math.max(most, Math.sqrt(squares)) : Double.POSITIVE_INFINITY;
        }
        return most;
    }

    @Override
    public Steps steps() {
        return steps;
    }

    @Override
    public void close() {
        auxiliaries.close();
        coefficients.close();
        pulls.block(0).buffer().close();
        input.close();
        unknowns.close();
    }
}

package io.github.bitlift.solver;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Copy;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.Reduce;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.backend.Update;
import io.github.bitlift.network.BlockVector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;

/**
 * A block whose step size τ is doubled before every step and halved until the quadratic upper bound holds:
 * {@code G(x⁺) ≤ G(x) + ⟨∇G(x), x⁺ − x⟩ + ‖x⁺ − x‖² / (2τ)} (Beck, <i>First-Order Methods in Optimization</i>, §10.3).
 */
final class Backtracking implements Block {
    private static final int MOST_HALVINGS = 40;
    /** Binary32 arithmetic leaves this noise in G, relative to the whole objective. */
    private static final double NOISE = 1e-6;

    private final BlockOptimizer optimizer;
    private final double weight;
    private final DoubleSupplier objective;
    private final Sums potentials;
    private final Sums products;
    private final float[] mu;
    private final List<Matrix> owned;
    private final Program gradient;
    private final Program trial;
    private final Program potential;
    /** The whole objective at the last evaluation of {@link #smooth}. */
    private double total;

    /**
     * Allocates copies of the block and its gradient.
     *
     * @param x the parts
     * @param weight what G is, in multiples of the mean over samples: 1, or s for a sum over samples
     * @param objective evaluates the whole objective at the present variables, as a mean
     */
    Backtracking(
            Backend backend,
            BlockOptimizer optimizer,
            List<Matrix> x,
            Gradient source,
            double weight,
            DoubleSupplier objective) {
        this.optimizer = optimizer;
        this.weight = weight;
        this.objective = objective;
        this.potentials = backend.allocateSums(x.size());
        this.products = backend.allocateSums(3 * x.size());
        this.mu = new float[x.size()];
        List<Operation> first = new ArrayList<>(source.operations().apply(List.of()));
        List<Operation> restore = new ArrayList<>();
        List<Operation> measure = new ArrayList<>();
        List<Operation> psi = new ArrayList<>();
        List<Matrix> gradients = new ArrayList<>();
        this.owned = new ArrayList<>();
        for (int i = 0; i < x.size(); i++) {
            Matrix part = x.get(i);
            Matrix start = own(backend, part);
            Matrix kept = own(backend, part);
            gradients.add(kept);
            first.add(new Copy(part, start));
            first.add(new Copy(source.gradients().get(i), kept));
            restore.add(new Copy(start, part));
            measure.add(new Reduce(Reduce.Kind.DOT, kept, part, null, products, 3 * i));
            measure.add(new Reduce(Reduce.Kind.DOT, kept, start, null, products, 3 * i + 1));
            measure.add(new Reduce(Reduce.Kind.SQUARED_DISTANCE, part, start, null, products, 3 * i + 2));
            if (source.proximal() != null && source.proximal().get(i) != null) {
                Update.Proximal proximal = source.proximal().get(i);
                mu[i] = proximal.weight();
                psi.add(new Reduce(Reduce.Kind.POTENTIAL, part, null, proximal.map(), potentials, i));
            }
        }
        restore.add(new Update(optimizer.steps(gradients, null, source.proximal())));
        restore.addAll(measure);
        this.gradient = backend.compile(first);
        this.trial = backend.compile(restore);
        this.potential = backend.compile(psi);
    }

    private Matrix own(Backend backend, Matrix like) {
        Matrix copy = BlockVector.allocate(backend, like.rows(), like.columns()).block(0);
        owned.add(copy);
        return copy;
    }

    @Override
    public void step(long t) {
        double before = smooth();
        double noise = NOISE * total;
        gradient.run();
        double last = optimizer.tau();
        double tau = t == 0 ? last : 2 * last;
        for (int halvings = 0; halvings < MOST_HALVINGS; halvings++) {
            optimizer.setStep(tau);
            trial.run();
            if (smooth() <= before + bound(tau) + noise) {
                keepStep(last);
                return;
            }
            tau *= 0.5;
        }
        stay(tau);
    }

    /** A block at rest says nothing about the step size: it must not double on and on. */
    private void keepStep(double last) {
        double moved = 0;
        for (int i = 0; i < mu.length; i++) {
            moved += products.get(3 * i + 2);
        }
        if (moved == 0) {
            optimizer.setStep(last);
        }
    }

    /** No step kept the bound: the block stays where it is, and the next step begins with the smallest one tried. */
    private void stay(double tau) {
        optimizer.setStep(0);
        trial.run();
        optimizer.setStep(tau);
    }

    /** ⟨∇G, x⁺ − x⟩ + ‖x⁺ − x‖² / (2τ). */
    private double bound(double tau) {
        double linear = 0;
        double quadratic = 0;
        for (int i = 0; i < mu.length; i++) {
            linear += products.get(3 * i) - products.get(3 * i + 1);
            quadratic += products.get(3 * i + 2);
        }
        return linear + quadratic / (2 * tau);
    }

    /** G: the objective without the non-smooth part. */
    private double smooth() {
        potential.run();
        double psi = 0;
        for (int i = 0; i < mu.length; i++) {
            psi += mu[i] * potentials.get(i);
        }
        total = weight * objective.getAsDouble();
        return total - psi;
    }

    @Override
    public Map<String, Matrix> state(String prefix) {
        return optimizer.state(prefix);
    }

    @Override
    public void close() {
        gradient.close();
        trial.close();
        potential.close();
        potentials.close();
        products.close();
        owned.forEach(matrix -> matrix.buffer().close());
        optimizer.close();
    }
}

package io.github.bitlift.solver;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Buffer;
import io.github.bitlift.backend.Copy;
import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.Reduce;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.backend.Update;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A block that is minimised, not merely moved: convex problems, one per part, by accelerated proximal gradient (FISTA; Beck
 * and Teboulle 2009) with step 1/L and momentum that begins anew wherever it points uphill (gradient restart; O'Donoghue and
 * Candès 2015), part by part:
 *
 * <pre>
 * x⁺ = prox_{τμΨ}(y − τ∇G(y));   y⁺ = x⁺ + ((t − 1)/t⁺)(x⁺ − x),   t⁺ = (1 + √(1 + 4t²))/2
 * t⁺ = 1 where ⟨y − x⁺, x⁺ − x⟩ &gt; 0, that is ‖y − x‖² &gt; ‖y − x⁺‖² + ‖x⁺ − x‖²
 * </pre>
 *
 * The measure of stationarity is ‖y − x⁺‖, τ times the prox-gradient mapping.
 */
final class AcceleratedProximalGradient implements Block {
    private static final int MEASURES = 3;

    private final BlockOptimizer optimizer;
    private final LipschitzSteps stepSizes;
    private final InnerIterations iterations;
    private final Coefficients momentum;
    private final Buffer earlier;
    private final Buffer extrapolated;
    private final Sums sums;
    private final Program begin;
    private final Program extrapolate;
    private final Program move;
    private final double[] t;
    private final double[] start;

    /**
     * Allocates twice the block's memory.
     *
     * @param x the parts; their gradients' memory is scratch between iterations
     * @param optimizer plain steps, whose sizes come from {@code stepSizes}
     */
    AcceleratedProximalGradient(
            Backend backend,
            List<Matrix> x,
            Gradient source,
            BlockOptimizer optimizer,
            LipschitzSteps stepSizes,
            InnerIterations iterations) {
        long length = x.stream().mapToLong(Matrix::size).sum();
        this.optimizer = optimizer;
        this.stepSizes = stepSizes;
        this.iterations = iterations;
        this.momentum = new Coefficients(backend, x.size());
        this.earlier = backend.allocate(length);
        this.extrapolated = backend.allocate(length);
        this.sums = backend.allocateSums(MEASURES * x.size());
        this.t = new double[x.size()];
        this.start = new double[x.size()];
        List<Matrix> before = views(earlier, x);
        List<Matrix> y = views(extrapolated, x);
        this.begin = backend.compile(beginning(x, before, y));
        this.extrapolate = backend.compile(extrapolation(x, source.gradients(), before, y));
        this.move = backend.compile(move(x, source, before, y));
    }

    private List<Operation> move(List<Matrix> x, Gradient source, List<Matrix> before, List<Matrix> y) {
        List<Operation> operations = new ArrayList<>(source.operations().apply(optimizer.steps(
                source.fused() ? null : source.gradients(), null, source.proximal())));
        for (int i = 0; i < x.size(); i++) {
            operations.add(distance(x.get(i), y.get(i), i, 0));
            operations.add(distance(x.get(i), before.get(i), i, 1));
            operations.add(distance(y.get(i), before.get(i), i, 2));
        }
        return operations;
    }

    /** Without momentum: nothing of an earlier problem may come in, not even times 0. */
    private static List<Operation> beginning(List<Matrix> x, List<Matrix> before, List<Matrix> y) {
        List<Operation> operations = new ArrayList<>();
        copy(operations, x, before);
        copy(operations, x, y);
        return operations;
    }

    /** With x where the last step left it: x ← y⁺, and both x⁺ and y⁺ are kept. */
    private List<Operation> extrapolation(
            List<Matrix> x, List<Matrix> scratch, List<Matrix> before, List<Matrix> y) {
        List<Operation> operations = new ArrayList<>();
        List<Product.Row> backwards = new ArrayList<>();
        List<Update.Step> steps = new ArrayList<>();
        for (int i = 0; i < x.size(); i++) {
            backwards.add(new Product.Row(
                    scratch.get(i),
                    List.of(new Product.Scaled(1f, before.get(i)), new Product.Scaled(-1f, x.get(i))),
                    new Epilogue.Scale(1f)));
            steps.add(momentum.step(i, x.get(i), scratch.get(i)));
        }
        operations.add(new Product(backwards));
        copy(operations, x, before);
        operations.add(new Update(steps));
        copy(operations, x, y);
        return operations;
    }

    private static void copy(List<Operation> operations, List<Matrix> from, List<Matrix> to) {
        for (int i = 0; i < from.size(); i++) {
            operations.add(new Copy(from.get(i), to.get(i)));
        }
    }

    private Reduce distance(Matrix a, Matrix b, int part, int measure) {
        return new Reduce(Reduce.Kind.SQUARED_DISTANCE, a, b, null, sums, MEASURES * part + measure);
    }

    private static List<Matrix> views(Buffer buffer, List<Matrix> like) {
        List<Matrix> views = new ArrayList<>();
        long at = 0;
        for (Matrix matrix : like) {
            views.add(new Matrix(buffer, at, matrix.rows(), matrix.columns()));
            at += matrix.size();
        }
        return views;
    }

    @Override
    public void step(long step) {
        stepSizes.estimate();
        Arrays.fill(t, 1);
        boolean done = false;
        for (int n = 0; n < iterations.most() && !done; n++) {
            if (n > 0) {
                momentum.write();
            }
            (n == 0 ? begin : extrapolate).run();
            move.run();
            done = look(n);
        }
    }

    /** Prepares each part's next momentum; whether all parts are stationary enough. */
    private boolean look(int n) {
        boolean done = true;
        for (int i = 0; i < t.length; i++) {
            double moved = sums.get(MEASURES * i);
            double progress = sums.get(MEASURES * i + 1);
            start[i] = n == 0 ? moved : start[i];
            done &= iterations.isSmall(moved, start[i]);
            if (sums.get(MEASURES * i + 2) > moved + progress) {
                t[i] = 1;
            }
            double next = (1 + Math.sqrt(1 + 4 * t[i] * t[i])) / 2;
            momentum.set(i, (t[i] - 1) / next);
            t[i] = next;
        }
        return done;
    }

    @Override
    public Map<String, Matrix> state(String prefix) {
        Map<String, Matrix> state = new LinkedHashMap<>(optimizer.state(prefix));
        state.putAll(stepSizes.state(prefix));
        return state;
    }

    @Override
    public void close() {
        begin.close();
        extrapolate.close();
        move.close();
        sums.close();
        momentum.close();
        earlier.close();
        extrapolated.close();
        stepSizes.close();
        optimizer.close();
    }
}

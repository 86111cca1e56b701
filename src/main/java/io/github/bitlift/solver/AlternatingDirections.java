package io.github.bitlift.solver;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Buffer;
import io.github.bitlift.backend.Elementwise;
import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.Reduce;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.lifting.Variables;
import io.github.bitlift.network.BlockVector;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.prox.Identity;
import io.github.bitlift.prox.ProxMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The alternating direction method of multipliers for the θ-block of Bregman penalties (JMLR paper, appendix B.2, eq. 39):
 * {@code min_θ Σᵢ Φ*(vᵢ) − ⟨uᵢ, vᵢ⟩} with v = Wₗuₗ₋₁ + bₗ and Φ = ½‖·‖² + Ψ, split by z = v with multipliers m and the
 * penalty parameter δ, all layers at once:
 *
 * <pre>
 * θ ← argmin ‖v − z − m/δ‖²                                  up to 20 conjugate gradients from the present θ
 * p = prox_{(δ/(1+δ))Ψ}((u − m + δv) / (1 + δ))              the activation function, scaled
 * z ← (u − m + δv − p)/δ;   m ← u − p                        which is m + δ(z − v)
 * </pre>
 *
 * It starts from z = v and m = u − σ(v), which makes z optimal. Primal residual: z − v. Dual residual: the gradient of
 * ⟨m, v⟩ in θ, which the θ-step makes equal to δAᵀ(z⁺ − z). It ends when the first is at most ε‖z‖ and the second ε times
 * what it was at the start (Boyd et al. 2011, §3.3.1), or after N iterations.
 */
final class AlternatingDirections implements Block {
    private static final int MEASURES = 3;
    /** The θ-step goes on from the last one, so that little is left to do. */
    private static final InnerIterations LEAST_SQUARES = new InnerIterations(20, 0.01);

    private final Variables variables;
    private final Parameters theta;
    private final List<Integer> layers;
    private final float delta;
    private final InnerIterations iterations;
    private final BlockVector v;
    private final BlockVector z;
    private final BlockVector m;
    private final Sums sums;
    private final Buffer residuals;
    private final float[] staged;
    private final double[] dualAtStart;
    private final Program start;
    private final Program rest;
    private final LeastSquares parameters;

    /**
     * Allocates three times the layers' outputs.
     *
     * @param layers hidden ones, from 0
     * @param delta δ &gt; 0
     */
    AlternatingDirections(
            Backend backend,
            Variables variables,
            Parameters theta,
            List<Integer> layers,
            double delta,
            InnerIterations iterations) {
        this.variables = variables;
        this.theta = theta;
        this.layers = List.copyOf(layers);
        this.delta = (float) delta;
        this.iterations = iterations;
        int[] widths = layers.stream().mapToInt(l -> theta.weight(l).rows()).toArray();
        this.v = BlockVector.allocate(backend, variables.samples(), widths);
        this.z = BlockVector.allocate(backend, variables.samples(), widths);
        this.m = BlockVector.allocate(backend, variables.samples(), widths);
        this.sums = backend.allocateSums(MEASURES * widths.length);
        this.residuals = backend.allocate(2L * widths.length);
        this.staged = new float[2 * widths.length];
        this.dualAtStart = new double[widths.length];
        double[] ones = new double[widths.length];
        Arrays.fill(ones, 1);
        this.parameters =
                new LeastSquares(backend, variables, theta, layers, ones, leastSquares(), LEAST_SQUARES);
        this.start = backend.compile(start());
        this.rest = backend.compile(rest());
    }

    /** v, z = v, m = u − σ(v). */
    private List<Operation> start() {
        List<Operation> operations = new ArrayList<>();
        operations.add(affine());
        List<Product.Row> copies = new ArrayList<>();
        List<Product.Row> multipliers = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            Matrix activation = scratch(i);
            operations.add(new Elementwise(Elementwise.Kind.ACTIVATE, sigma(i), 0f, v.block(i), null, activation));
            copies.add(sum(z.block(i), term(1, v.block(i))));
            multipliers.add(sum(m.block(i), term(1, u(i)), term(-1, activation)));
        }
        operations.add(new Product(copies));
        operations.add(new Product(multipliers));
        operations.addAll(measure());
        return operations;
    }

    /** r = v − z − m/δ and its gradient. */
    private List<Operation> leastSquares() {
        List<Product.Row> rows = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            rows.add(sum(
                    variables.residual().block(layers.get(i)),
                    term(1, v.block(i)), term(-1, z.block(i)), term(-1 / delta, m.block(i))));
        }
        List<Operation> operations = new ArrayList<>();
        operations.add(new Product(rows));
        operations.addAll(LeastSquares.gradients(variables, layers));
        return operations;
    }

    /** v, p, z, m and the residuals. */
    private List<Operation> rest() {
        List<Product.Row> arguments = new ArrayList<>();
        List<Operation> proxes = new ArrayList<>();
        List<Product.Row> splits = new ArrayList<>();
        List<Product.Row> multipliers = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            Matrix p = scratch(i);
            float shrunk = 1 / (1 + delta);
            arguments.add(sum(p, term(shrunk, u(i)), term(-shrunk, m.block(i)), term(delta * shrunk, v.block(i))));
            proxes.add(new Elementwise(Elementwise.Kind.SCALED_PROX, sigma(i), delta * shrunk, p, null, p));
            splits.add(sum(
                    z.block(i),
                    term(1 / delta, u(i)), term(-1 / delta, m.block(i)), term(1, v.block(i)), term(-1 / delta, p)));
            multipliers.add(sum(m.block(i), term(1, u(i)), term(-1, p)));
        }
        List<Operation> operations = new ArrayList<>();
        operations.add(affine());
        operations.add(new Product(arguments));
        operations.addAll(proxes);
        operations.add(new Product(splits));
        operations.add(new Product(multipliers));
        operations.addAll(measure());
        return operations;
    }

    private Product affine() {
        List<Product.Row> rows = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            int l = layers.get(i);
            rows.add(new Product.Row(
                    v.block(i),
                    List.of(Product.Dense.forward(variables.u().block(l), theta.weight(l))),
                    new Epilogue.Activate(theta.bias(l), new Identity(), null)));
        }
        return new Product(rows);
    }

    /** ‖z − v‖², ‖z‖² and the squared norm of the dual residual, which takes the place of the gradient. */
    private List<Operation> measure() {
        List<Product.Row> copies = new ArrayList<>();
        List<Operation> norms = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            int l = layers.get(i);
            copies.add(sum(variables.residual().block(l), term(1, m.block(i))));
            norms.add(new Reduce(
                    Reduce.Kind.SQUARED_DISTANCE, z.block(i), v.block(i), null, sums, MEASURES * i));
            norms.add(new Reduce(Reduce.Kind.SQUARED_NORM, z.block(i), null, null, sums, MEASURES * i + 1));
            norms.add(new Reduce(
                    Reduce.Kind.SQUARED_NORM, variables.parameterGradient().perLayer().get(l), null, null, sums, MEASURES * i + 2));
        }
        List<Operation> operations = new ArrayList<>();
        operations.add(new Product(copies));
        operations.addAll(LeastSquares.gradients(variables, layers));
        operations.addAll(norms);
        return operations;
    }

    private static Product.Term term(float factor, Matrix matrix) {
        return new Product.Scaled(factor, matrix);
    }

    private static Product.Row sum(Matrix out, Product.Term... terms) {
        return new Product.Row(out, List.of(terms), new Epilogue.Scale(1f));
    }

    private Matrix u(int i) {
        return variables.u().block(layers.get(i) + 1);
    }

    private Matrix scratch(int i) {
        return variables.gradient().block(layers.get(i));
    }

    private ProxMap sigma(int i) {
        return variables.network().sigma().get(layers.get(i));
    }

    @Override
    public void step(long t) {
        start.run();
        for (int i = 0; i < dualAtStart.length; i++) {
            dualAtStart[i] = sums.get(MEASURES * i + 2);
        }
        boolean done = false;
        for (int n = 0; n < iterations.most() && !done; n++) {
            parameters.solve();
            rest.run();
            done = look();
        }
        residuals.write(0, staged, 0, staged.length);
    }

    private boolean look() {
        boolean done = true;
        for (int i = 0; i < dualAtStart.length; i++) {
            double primal = sums.get(MEASURES * i);
            double dual = sums.get(MEASURES * i + 2);
            done &= iterations.isSmall(primal, sums.get(MEASURES * i + 1)) && iterations.isSmall(dual, dualAtStart[i]);
            staged[2 * i] = (float) Math.sqrt(primal / variables.samples());
            staged[2 * i + 1] = (float) Math.sqrt(dual);
        }
        return done;
    }

    /** The primal (0) or dual (1) residuals after the last step, zeros before the first. */
    double[] residuals(int which) {
        residuals.read(0, staged, 0, staged.length);
        double[] values = new double[layers.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = staged[2 * i + which];
        }
        return values;
    }

    @Override
    public Map<String, Matrix> state(String prefix) {
        return Map.of(prefix + ".residuals", Matrix.of(residuals, 1, Math.toIntExact(residuals.length())));
    }

    @Override
    public void close() {
        start.close();
        rest.close();
        parameters.close();
        sums.close();
        residuals.close();
        v.block(0).buffer().close();
        z.block(0).buffer().close();
        m.block(0).buffer().close();
    }
}

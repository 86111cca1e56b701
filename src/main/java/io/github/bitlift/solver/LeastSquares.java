package io.github.bitlift.solver;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.ColumnSum;
import io.github.bitlift.backend.Copy;
import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.Reduce;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.backend.Update;
import io.github.bitlift.lifting.Variables;
import io.github.bitlift.network.BlockVector;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.prox.Identity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Least squares in the weights and biases of some layers, {@code min (c/2s) Σᵢ ‖Wₗuₗ₋₁ + bₗ − t‖²}, all layers at once, by
 * conjugate gradients on the normal equations (CGLS; Hestenes and Stiefel 1952; Björck, <i>Numerical Methods for Least
 * Squares Problems</i>, §7.4). With the residual r = c(Wu + b − t) and A: θₗ ↦ Wₗuₗ₋₁ + bₗ,
 *
 * <pre>
 * d ← g + βd;   q = A d;   α = ‖g‖² / ((c/s)‖q‖²)
 * θ ← θ − αd;   r ← r − αc·q;   g = (1/s) Aᵀr;   β = ‖g⁺‖² / ‖g‖²
 * </pre>
 *
 * From the present θ it goes to the nearest minimiser, where there are many. A part that has come far enough stays where it
 * is while others go on.
 */
final class LeastSquares implements AutoCloseable {
    /** Scalars per layer: −β, α and αc. */
    private static final int SCALARS = 3;

    private final Variables variables;
    private final int[] layers;
    private final double[] weights;
    private final InnerIterations iterations;
    private final List<Parameters> directions = new ArrayList<>();
    private final List<Parameters> next = new ArrayList<>();
    private final BlockVector images;
    private final Coefficients scalars;
    private final Sums sums;
    private final Program start;
    private final Program firstDirection;
    private final Program nextDirection;
    private final Program move;
    private final double[] squared;
    private final double[] squaredAtStart;

    /**
     * Allocates two of each layer's parameters and one of its outputs.
     *
     * @param layers from 0; at least one
     * @param weights c, one per entry of {@code layers}
     * @param prepare puts r into the layers' residuals and g into their parameters' gradients
     */
    LeastSquares(
            Backend backend,
            Variables variables,
            Parameters theta,
            List<Integer> layers,
            double[] weights,
            List<Operation> prepare,
            InnerIterations iterations) {
        this.variables = variables;
        this.layers = layers.stream().mapToInt(Integer::intValue).toArray();
        this.weights = weights.clone();
        this.iterations = iterations;
        int[] widths = new int[this.layers.length];
        for (int i = 0; i < widths.length; i++) {
            Matrix weight = theta.weight(this.layers[i]);
            widths[i] = weight.rows();
            directions.add(new Parameters(backend, weight.columns(), weight.rows()));
            next.add(new Parameters(backend, weight.columns(), weight.rows()));
        }
        this.images = BlockVector.allocate(backend, variables.samples(), widths);
        this.scalars = new Coefficients(backend, SCALARS * widths.length);
        this.sums = backend.allocateSums(2 * widths.length);
        this.squared = new double[widths.length];
        this.squaredAtStart = new double[widths.length];
        List<Operation> begin = new ArrayList<>(prepare);
        begin.addAll(measure());
        this.start = backend.compile(begin);
        this.firstDirection = backend.compile(direction(true));
        this.nextDirection = backend.compile(direction(false));
        this.move = backend.compile(move(theta));
    }

    /** (1/s) Aᵀr of some layers, from their residuals into their parameters' gradients. */
    static List<Operation> gradients(Variables variables, List<Integer> layers) {
        float mean = 1f / variables.samples();
        Parameters gradient = variables.parameterGradient();
        List<Product.Row> ofWeights = new ArrayList<>();
        List<ColumnSum.Entry> ofBiases = new ArrayList<>();
        for (int l : layers) {
            Matrix residual = variables.residual().block(l);
            ofWeights.add(new Product.Row(
                    gradient.weight(l),
                    List.of(Product.Dense.gradient(residual, variables.u().block(l))),
                    new Epilogue.Scale(mean)));
            ofBiases.add(new ColumnSum.Entry(residual, gradient.bias(l), mean));
        }
        return List.of(new Product(ofWeights), new ColumnSum(ofBiases));
    }

    /** ‖g‖². */
    private List<Operation> measure() {
        List<Operation> operations = new ArrayList<>();
        for (int i = 0; i < layers.length; i++) {
            operations.add(new Reduce(Reduce.Kind.SQUARED_NORM, gradient(i), null, null, sums, 2 * i));
        }
        return operations;
    }

    /** d ← g + βd, q = A d, ‖q‖². The first direction is g itself: nothing of an earlier solution may come in, not even as 0·d. */
    private List<Operation> direction(boolean first) {
        List<Update.Step> steps = new ArrayList<>();
        List<Product.Row> rows = new ArrayList<>();
        List<Operation> operations = new ArrayList<>();
        List<Operation> norms = new ArrayList<>();
        for (int i = 0; i < layers.length; i++) {
            Parameters d = directions.get(i);
            Matrix q = images.block(i);
            operations.add(new Copy(gradient(i), (first ? d : next.get(i)).all()));
            steps.add(scalars.step(SCALARS * i, next.get(i).all(), d.all()));
            rows.add(new Product.Row(
                    q,
                    List.of(Product.Dense.forward(variables.u().block(layers[i]), d.weight(0))),
                    new Epilogue.Activate(d.bias(0), new Identity(), null)));
            norms.add(new Reduce(Reduce.Kind.SQUARED_NORM, q, null, null, sums, 2 * i + 1));
        }
        if (!first) {
            operations.add(new Update(steps));
            for (int i = 0; i < layers.length; i++) {
                operations.add(new Copy(next.get(i).all(), directions.get(i).all()));
            }
        }
        operations.add(new Product(rows));
        operations.addAll(norms);
        return operations;
    }

    /** θ ← θ − αd, r ← r − αc·q, g and ‖g‖². */
    private List<Operation> move(Parameters theta) {
        List<Update.Step> steps = new ArrayList<>();
        for (int i = 0; i < layers.length; i++) {
            int l = layers[i];
            steps.add(scalars.step(SCALARS * i + 1, theta.perLayer().get(l), directions.get(i).all()));
            steps.add(scalars.step(SCALARS * i + 2, variables.residual().block(l), images.block(i)));
        }
        List<Operation> operations = new ArrayList<>();
        operations.add(new Update(steps));
        operations.addAll(gradients(variables, Arrays.stream(layers).boxed().toList()));
        operations.addAll(measure());
        return operations;
    }

    private Matrix gradient(int i) {
        return variables.parameterGradient().perLayer().get(layers[i]);
    }

    /** Solves for the present residuals. */
    void solve() {
        start.run();
        boolean done = true;
        for (int i = 0; i < layers.length; i++) {
            squared[i] = sums.get(2 * i);
            squaredAtStart[i] = squared[i];
            done &= squared[i] == 0;
        }
        for (int n = 0; n < iterations.most() && !done; n++) {
            scalars.write();
            (n == 0 ? firstDirection : nextDirection).run();
            chooseSteps();
            scalars.write();
            move.run();
            done = look();
        }
    }

    private void chooseSteps() {
        for (int i = 0; i < layers.length; i++) {
            double curvature = weights[i] / variables.samples() * sums.get(2 * i + 1);
            boolean rests = iterations.isSmall(squared[i], squaredAtStart[i]) || curvature == 0;
            double alpha = rests ? 0 : squared[i] / curvature;
            scalars.set(SCALARS * i + 1, alpha);
            scalars.set(SCALARS * i + 2, alpha * weights[i]);
        }
    }

    /** Prepares the next directions; whether all layers have come far enough. */
    private boolean look() {
        boolean done = true;
        for (int i = 0; i < layers.length; i++) {
            double now = sums.get(2 * i);
            scalars.set(SCALARS * i, squared[i] == 0 ? 0 : -(now / squared[i]));
            squared[i] = now;
            done &= iterations.isSmall(now, squaredAtStart[i]);
        }
        return done;
    }

    @Override
    public void close() {
        start.close();
        firstDirection.close();
        nextDirection.close();
        move.close();
        sums.close();
        scalars.close();
        images.block(0).buffer().close();
        directions.forEach(Parameters::close);
        next.forEach(Parameters::close);
    }
}

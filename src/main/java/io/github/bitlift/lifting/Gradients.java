package io.github.bitlift.lifting;

import io.github.bitlift.backend.ColumnSum;
import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.LearnedThreshold;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Reduce;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.network.BlockOperator;
import io.github.bitlift.network.BlockVector;
import io.github.bitlift.network.LinearMap;
import io.github.bitlift.network.Network;
import io.github.bitlift.network.UnifiedPass;
import io.github.bitlift.prox.Identity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What all strategies share: the output's residual, the weights' gradients, the data term. */
final class Gradients {
    private Gradients() {}

    /** {@code K u_J + d − x} into the last residual block. */
    static Product.Row outputResidual(Variables variables) {
        Network network = variables.network();
        return new Product.Row(
                variables.residual().block(network.layers()),
                network.k().row(0, variables.u()),
                new Epilogue.Residual(network.d(), new Identity(), variables.target(), 1f, null, null, false));
    }

    /**
     * The summands of the adjoint system that reach u_{j+1}: of Wᵀr and Kᵀr, and, from layers behind it whose u skips back to
     * it, of Mᵀ.
     */
    static List<Product.Term> adjoint(Variables variables, int j) {
        Network network = variables.network();
        List<Product.Term> terms = new ArrayList<>(network.w().column(j + 1, variables.residual()));
        Matrix output = variables.residual().block(network.layers());
        for (BlockOperator.Block block : network.k().blocks()) {
            if (block.column() == j + 1) {
                terms.add(block.map().adjoint(output));
            }
        }
        for (BlockOperator.Block block : network.m().inColumn(j + 1)) {
            if (block.row() > j) {
                float factor = -((LinearMap.ScaledIdentity) block.map()).factor();
                terms.add(new Product.Scaled(factor, variables.gradient().block(block.row())));
            }
        }
        return terms;
    }

    /** u from z where they differ: M u = V z. */
    static List<Operation> solve(Variables variables) {
        Network network = variables.network();
        return network.isDirect() ? List.of() : UnifiedPass.solve(network, variables.u(), variables.z());
    }

    /** The gradient in u, from last to first, where it isn't that in z. */
    static List<Operation> adjointSystem(Variables variables) {
        List<Operation> operations = new ArrayList<>();
        for (int j = variables.network().layers() - 1; j >= 0 && !variables.network().isDirect(); j--) {
            operations.add(adjointRow(variables, j));
        }
        return operations;
    }

    /** The gradient in u_{j+1} from those behind it. */
    static Product adjointRow(Variables variables, int j) {
        return Product.of(new Product.Row(
                variables.gradient().block(j), adjoint(variables, j), new Epilogue.Scale(1f)));
    }

    /** The summands of the gradient in z_{j+1}, j from 0, that come from what reads it. */
    static List<Product.Term> auxiliary(Variables variables, int j) {
        Network network = variables.network();
        return network.isDirect() ? adjoint(variables, j) : network.v().column(j, variables.gradient());
    }

    /**
     * The gradient in θ from the residuals: {@code (1/s) Rⱼᵀ U} for every matrix that blocks hold, through the composition
     * where it isn't a parameter itself, {@code (1/s) Σ Rⱼ} for every bias that is one, and of what {@link ThresholdGradient} has
     * left for every threshold that is learned.
     */
    static List<Operation> parameters(Variables variables) {
        return parameters(variables, true);
    }

    /** The same without K and d unless {@code output}. */
    static List<Operation> parameters(Variables variables, boolean output) {
        Network network = variables.network();
        Map<Matrix, List<Product.Term>> terms = new LinkedHashMap<>();
        collect(network.w(), variables.residual(), variables.u(), terms);
        if (!network.isDirect()) {
            collect(network.v(), variables.gradient(), variables.z(), terms);
        }
        if (output) {
            Matrix last = variables.residual().block(network.layers());
            collect(network.k(), new BlockVector(List.of(last)), variables.u(), terms);
        }
        for (int j = 0; j < network.layers(); j++) {
            if (network.sigma().get(j) instanceof LearnedThreshold learned) {
                terms.computeIfAbsent(learned.threshold(), none -> new ArrayList<>())
                        .add(new Product.Scaled(1f, variables.thresholdGradient(j)));
            }
        }
        List<Operation> operations = new ArrayList<>(variables.compositionGradient().pull(terms));
        float mean = 1f / variables.samples();
        List<Product.Row> weights = new ArrayList<>();
        terms.forEach((matrix, summands) -> {
            if (isLearned(matrix, network)) {
                weights.add(new Product.Row(
                        variables.parameterGradient().counterpart(matrix), summands, new Epilogue.Scale(mean)));
            }
        });
        operations.add(new Product(weights));
        List<ColumnSum.Entry> biases = biases(variables, output, mean);
        if (!biases.isEmpty()) {
            operations.add(new ColumnSum(biases));
        }
        return operations;
    }

    private static void collect(
            BlockOperator operator, BlockVector residual, BlockVector in, Map<Matrix, List<Product.Term>> terms) {
        for (BlockOperator.Block block : operator.blocks()) {
            if (block.map().matrix() != null) {
                terms.computeIfAbsent(block.map().matrix(), none -> new ArrayList<>())
                        .add(block.map().gradient(residual.block(block.row()), in.block(block.column())));
            }
        }
    }

    private static List<ColumnSum.Entry> biases(Variables variables, boolean output, float mean) {
        Network network = variables.network();
        List<Matrix> biases = new ArrayList<>(network.b());
        if (output) {
            biases.add(network.d());
        }
        List<ColumnSum.Entry> sums = new ArrayList<>();
        for (int j = 0; j < biases.size(); j++) {
            if (isLearned(biases.get(j), network)) {
                Matrix gradient = variables.parameterGradient().counterpart(biases.get(j));
                Matrix residual = variables.residual().block(j);
                int rows = Math.toIntExact(residual.size() / gradient.columns());
                sums.add(new ColumnSum.Entry(residual.reshape(rows, gradient.columns()), gradient, mean));
            }
        }
        return sums;
    }

    private static boolean isLearned(Matrix matrix, Network network) {
        return network.parameters().nameOf(matrix).isPresent();
    }

    /** Slot 0: ‖K u_J + d − x‖²; slots 1 … J: the numbers in zⱼ that aren't zero; all from {@code first} on. */
    static List<Operation> reductions(Variables variables, Sums into, int first) {
        int layers = variables.network().layers();
        List<Operation> operations = new ArrayList<>();
        operations.add(new Reduce(
                Reduce.Kind.SQUARED_NORM, variables.residual().block(layers), null, null, into, first));
        for (int j = 0; j < layers; j++) {
            Matrix z = variables.z().block(j);
            operations.add(new Reduce(Reduce.Kind.NONZEROS, z, null, null, into, first + 1 + j));
        }
        return operations;
    }

    /** The data term from {@link #reductions}. */
    static double data(Variables variables, Sums from, int first) {
        return 0.5 * from.get(first) / variables.samples();
    }

    /** The objective from {@link #reductions} and the weighted penalties per sample. */
    static Objective objective(Variables variables, double[] penalties, Sums from, int first) {
        int layers = variables.network().layers();
        double data = data(variables, from, first);
        double total = data;
        double[] nonzero = new double[layers];
        for (int j = 0; j < layers; j++) {
            nonzero[j] = from.get(first + 1 + j) / variables.z().block(j).size();
            total += penalties[j];
        }
        return new Objective(total, data, penalties, nonzero);
    }
}

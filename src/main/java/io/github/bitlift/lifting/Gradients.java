package io.github.bitlift.lifting;

import io.github.bitlift.backend.ColumnSum;
import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Product;
import io.github.bitlift.backend.Reduce;
import io.github.bitlift.backend.Sums;
import io.github.bitlift.network.BlockOperator;
import io.github.bitlift.network.Network;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.prox.Identity;
import java.util.ArrayList;
import java.util.List;

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

    /** The summands of Wᵀr (Kᵀr for the last) that reach the auxiliary variables of layer j, from 0. */
    static List<Product.Term> adjoint(Variables variables, int j) {
        Network network = variables.network();
        List<Product.Term> terms = new ArrayList<>(network.w().column(j + 1, variables.residual()));
        Matrix output = variables.residual().block(network.layers());
        for (BlockOperator.Block block : network.k().blocks()) {
            if (block.column() == j + 1) {
                terms.add(block.map().adjoint(output));
            }
        }
        return terms;
    }

    /** {@code (1/s) Rⱼᵀ Uⱼ₋₁} and {@code (1/s) Σ Rⱼ} for every layer: one launch each. */
    static List<Operation> parameters(Variables variables) {
        return parameters(variables, variables.parameterGradient().layers());
    }

    /** The same for the first layers alone. */
    static List<Operation> parameters(Variables variables, int layers) {
        float mean = 1f / variables.samples();
        Parameters gradient = variables.parameterGradient();
        List<Product.Row> weights = new ArrayList<>();
        List<ColumnSum.Entry> biases = new ArrayList<>();
        for (int j = 0; j < layers; j++) {
            Matrix residual = variables.residual().block(j);
            weights.add(new Product.Row(
                    gradient.weight(j),
                    List.of(Product.Dense.gradient(residual, variables.u().block(j))),
                    new Epilogue.Scale(mean)));
            biases.add(new ColumnSum.Entry(residual, gradient.bias(j), mean));
        }
        return List.of(new Product(weights), new ColumnSum(biases));
    }

    /** Slot 0: ‖K u_J + d − x‖²; slots 1 … J: the numbers in uⱼ that aren't zero; all from {@code first} on. */
    static List<Operation> reductions(Variables variables, Sums into, int first) {
        int layers = variables.network().layers();
        List<Operation> operations = new ArrayList<>();
        operations.add(new Reduce(
                Reduce.Kind.SQUARED_NORM, variables.residual().block(layers), null, null, into, first));
        for (int j = 0; j < layers; j++) {
            Matrix u = variables.u().block(j + 1);
            operations.add(new Reduce(Reduce.Kind.NONZEROS, u, null, null, into, first + 1 + j));
        }
        return operations;
    }

    /** The objective from {@link #reductions} and the weighted penalties per sample. */
    static Objective objective(Variables variables, double[] penalties, Sums from, int first) {
        int layers = variables.network().layers();
        double data = 0.5 * from.get(first) / variables.samples();
        double total = data;
        double[] nonzero = new double[layers];
        for (int j = 0; j < layers; j++) {
            nonzero[j] = from.get(first + 1 + j) / variables.u().block(j + 1).size();
            total += penalties[j];
        }
        return new Objective(total, data, penalties, nonzero);
    }
}

package io.github.bitlift.lifting;

import io.github.bitlift.backend.ColumnSum;
import io.github.bitlift.backend.Elementwise;
import io.github.bitlift.backend.Epilogue;
import io.github.bitlift.backend.LearnedThreshold;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Operation;
import io.github.bitlift.backend.Product;
import io.github.bitlift.network.Network;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.Relu;
import java.util.ArrayList;
import java.util.List;

/**
 * The derivative of an objective in a layer's {@link LearnedThreshold} t, summed over samples and units (LISTA's γλ, framework
 * paper, eq. 13), from operations that are there already, as {@code |x| = 2 relu(x) − x}:
 *
 * <pre>
 * μB_{t‖·‖₁}(z, v)           μ(|z| − |T_t(v)|)       as ∂/∂t t|z| = |z| and ∂/∂t Φ*(v) = −|T_t(v)|
 * μ(½(z − v)² + t|z|)        μ|z|
 * anything of T_t(v)         −sign(T_t(v))·δ         δ being the derivative in v, which is 0 where T_t(v) is
 * </pre>
 *
 * Other prox maps have none: where Ψ is the indicator of a box, its bounds move the feasible set itself.
 */
final class ThresholdGradient {
    private static final ProxMap RELU = new Relu();

    private ThresholdGradient() {}

    /** Whether layer j, from 0, learns its threshold. */
    static boolean isLearned(Network network, int j) {
        return network.sigma().get(j) instanceof LearnedThreshold;
    }

    /** Of a Bregman penalty, whose derivative in v is there; the layer's block of the gradient in z holds v, and is overwritten. */
    static List<Operation> ofBregmanPenalty(Variables variables, int j, float mu) {
        Matrix v = variables.auxiliaryGradient().block(j);
        ProxMap sigma = variables.network().sigma().get(j);
        return summed(variables, j, 1f,
                new Elementwise(Elementwise.Kind.ACTIVATE, sigma, 0f, v, null, v),
                new Elementwise(Elementwise.Kind.ACTIVATE, RELU, 0f, v, null, v),
                new Elementwise(Elementwise.Kind.RESIDUAL, RELU, 2 * mu, variables.z().block(j), v, v),
                added(v, 1f, variables.residual().block(j)));
    }

    /** Of a classical penalty; the layer's block of the gradient in z is overwritten. */
    static List<Operation> ofClassicalPenalty(Variables variables, int j, float mu) {
        Matrix z = variables.z().block(j);
        Matrix scratch = variables.auxiliaryGradient().block(j);
        return summed(variables, j, 1f,
                Product.of(new Product.Row(scratch, List.of(new Product.Scaled(0.5f, z)), new Epilogue.Scale(1f))),
                new Elementwise(Elementwise.Kind.RESIDUAL, RELU, 2 * mu, z, scratch, scratch));
    }

    /** By the chain rule: the layer's residual block holds δ, its block of the gradient in z holds v, and is overwritten. */
    static List<Operation> byChainRule(Variables variables, int j) {
        Matrix v = variables.auxiliaryGradient().block(j);
        Matrix delta = variables.residual().block(j);
        return summed(variables, j, -2f,
                new Elementwise(Elementwise.Kind.PULLBACK, RELU, 0f, v, delta, v),
                added(v, -0.5f, delta));
    }

    private static Operation added(Matrix to, float factor, Matrix summand) {
        return Product.of(new Product.Row(to, List.of(new Product.Scaled(factor, summand)), new Epilogue.Add(to)));
    }

    /** The derivatives of one layer's numbers, {@code factor} times what lies in its block: over samples first, then units. */
    private static List<Operation> summed(Variables variables, int j, float factor, Operation... derivatives) {
        Matrix units = variables.thresholdsOfUnits(j);
        Matrix column = new Matrix(units.buffer(), units.offset(), units.columns(), 1);
        List<Operation> operations = new ArrayList<>(List.of(derivatives));
        operations.add(new ColumnSum(List.of(
                new ColumnSum.Entry(variables.auxiliaryGradient().block(j), units, factor))));
        operations.add(new ColumnSum(List.of(
                new ColumnSum.Entry(column, variables.thresholdGradient(j), 1f))));
        return operations;
    }
}

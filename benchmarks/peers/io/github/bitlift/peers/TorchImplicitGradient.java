package io.github.bitlift.peers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.bitlift.numerics.Philox;
import java.util.ArrayList;
import java.util.List;

/**
 * The implicit stochastic gradient method for lifted Bregman training with ReLU, μ = 1 and c = 1, see
 * {@link io.github.bitlift.solver.ImplicitStochasticGradient}, written with PyTorch's tensor operations and without automatic
 * differentiation. Affine layers are fused calls, arithmetic is in place wherever it can be, and factors are applied to the
 * smaller of two matrices.
 *
 * <p>With μ = 1 a move of u is {@code u ← relu(u + τ(v − r W)) / (1 + τ)}, {@code v} being the layer's pre-activation and
 * {@code r} the residual of the layer behind. Each layer's θ is kept as θᵏ plus a difference d, so that the proximal term costs
 * one pass: {@code d ← (1 − step/τ_k) d − step·g}.
 */
final class TorchImplicitGradient implements AutoCloseable {
    private static final int NORM_ITERATIONS = 4;
    private static final int FIRST_NORM_ITERATIONS = 30;
    private static final double SMALL = 1e-6;
    /** Where the solver's streams of random numbers for power iterations begin: those of weights, then those of inputs. */
    private static final long STREAM = 500;
    private static final long STREAM_OF_INPUTS = 600;

    private final NDManager manager;
    private final Chain chain;
    private final int inner;
    private final NDArray one;
    private final NDArray small;
    /** s(1 + 1/τ_k), and −s/τ_k. */
    private final NDArray shift;
    private final NDArray pull;
    /** u₀ is the input. */
    private final List<NDArray> u = new ArrayList<>();
    private final List<NDArray> weights = new ArrayList<>();
    private final List<NDArray> biases = new ArrayList<>();
    private final List<NDArray> weightsBefore = new ArrayList<>();
    private final List<NDArray> biasesBefore = new ArrayList<>();
    private final List<NDArray> weightsMoved = new ArrayList<>();
    private final List<NDArray> biasesMoved = new ArrayList<>();
    /** Where the next power iterations of each W and each u start. */
    private final List<NDArray> ofWeights = new ArrayList<>();
    private final List<NDArray> ofInputs = new ArrayList<>();
    private final NDArray target;
    /** τ of u_j, and 1/(1 + τ), at j − 1. */
    private final List<NDArray> stepOf = new ArrayList<>();
    private final List<NDArray> shrinkingOf = new ArrayList<>();
    private boolean begun;

    TorchImplicitGradient(
            NDManager parent, Chain chain, float[] inputs, float[] targets, int samples, int inner, double tau) {
        this.manager = parent.newSubManager();
        this.chain = chain;
        this.inner = inner;
        one = Torch.scalar(manager, 1);
        small = Torch.scalar(manager, SMALL);
        shift = Torch.scalar(manager, samples * (1 + 1 / tau));
        pull = Torch.scalar(manager, -samples / tau);
        this.target = Torch.create(manager, targets, samples, chain.outputs());
        u.add(Torch.create(manager, inputs, samples, chain.in(0)));
        for (int j = 0; j < chain.layers(); j++) {
            weights.add(Torch.create(manager, chain.weight(j), chain.out(j), chain.in(j)));
            biases.add(Torch.create(manager, chain.bias(j), chain.out(j)));
            weightsBefore.add(weights.get(j).duplicate());
            biasesBefore.add(biases.get(j).duplicate());
            weightsMoved.add(weights.get(j).zerosLike());
            biasesMoved.add(biases.get(j).zerosLike());
            ofInputs.add(start(chain.in(j), STREAM_OF_INPUTS + j));
            if (j > 0) {
                u.add(manager.zeros(new Shape(samples, chain.in(j))));
                ofWeights.add(start(chain.in(j), STREAM + j - 1));
                stepOf.add(one.duplicate());
                shrinkingOf.add(one.duplicate());
            }
        }
    }

    private NDArray start(int length, long stream) {
        Philox random = new Philox(0, stream);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = random.normal(i);
        }
        return Torch.create(manager, values, length);
    }

    /** One step: the start of a batch, then all inner iterations. */
    void step() {
        try (NDManager scope = scope()) {
            for (int j = 1; j < u.size(); j++) {
                u.get(j).intern(affine(j - 1).getNDArrayInternal().relu());
            }
            for (int j = 0; j < chain.layers(); j++) {
                weights.get(j).copyTo(weightsBefore.get(j));
                biases.get(j).copyTo(biasesBefore.get(j));
                weightsMoved.get(j).muli(0);
                biasesMoved.get(j).muli(0);
            }
            for (int j = 1; j < chain.layers(); j++) {
                NDArray norm = squaredNorm(
                        weights.get(j), ofWeights.get(j - 1), begun ? NORM_ITERATIONS : FIRST_NORM_ITERATIONS);
                NDArray step = one.div(norm.addi(small));
                shrinkingOf.get(j - 1).intern(one.div(step.add(one)));
                stepOf.get(j - 1).intern(step);
            }
        }
        begun = true;
        for (int n = 0; n < inner; n++) {
            try (NDManager scope = scope()) {
                moveAuxiliaries();
                moveParameters();
            }
        }
    }

    /** Results belong to the manager of the operand they come from, which is a scope that ends with an iteration. */
    private NDManager scope() {
        NDManager scope = manager.newSubManager();
        List.of(u, weights, biases, weightsBefore, biasesBefore, ofWeights, ofInputs, List.of(one))
                .forEach(arrays -> arrays.forEach(array -> array.tempAttach(scope)));
        return scope;
    }

    private NDArray affine(int j) {
        return Torch.linear(u.get(j), weights.get(j), biases.get(j));
    }

    /** From the last layer to the first. */
    private void moveAuxiliaries() {
        List<NDArray> v = new ArrayList<>();
        for (int j = 0; j < chain.layers(); j++) {
            v.add(affine(j));
        }
        NDArray r = v.get(chain.layers() - 1).subi(target);
        for (int j = chain.layers() - 1; j > 0; j--) {
            NDArray activated = v.get(j - 1).getNDArrayInternal().relu();
            NDArray moved = v.get(j - 1).subi(r.matMul(weights.get(j))).muli(stepOf.get(j - 1)).addi(u.get(j));
            u.get(j).intern(moved.muli(shrinkingOf.get(j - 1)).getNDArrayInternal().relu());
            r = activated.subi(u.get(j));
        }
    }

    private void moveParameters() {
        for (int j = 0; j < chain.layers(); j++) {
            boolean last = j + 1 == chain.layers();
            // The step divided by the number of samples, and what is left of d.
            NDArray step = one.div(squaredNorm(u.get(j), ofInputs.get(j), NORM_ITERATIONS).addi(shift));
            NDArray left = step.mul(pull).addi(one);
            NDArray v = affine(j);
            NDArray r = last ? v.subi(target) : v.getNDArrayInternal().relu().subi(u.get(j + 1));
            r.muli(step);
            move(weights.get(j), weightsBefore.get(j), weightsMoved.get(j).muli(left), r.transpose().matMul(u.get(j)));
            move(biases.get(j), biasesBefore.get(j), biasesMoved.get(j).muli(left), r.sum(new int[] {0}));
        }
    }

    private static void move(NDArray theta, NDArray before, NDArray moved, NDArray stepTimesGradient) {
        theta.intern(before.add(moved.subi(stepTimesGradient)));
    }

    /** ‖A‖² by power iterations, the vector being brought up to date. */
    private static NDArray squaredNorm(NDArray a, NDArray vector, int iterations) {
        NDArray transposed = a.transpose();
        NDArray x = vector;
        for (int i = 0; i < iterations; i++) {
            x = transposed.matMul(a.matMul(x));
            x.divi(x.norm());
        }
        NDArray norm = a.matMul(x).norm();
        vector.intern(x);
        return norm.muli(norm);
    }

    /** θ, weight and bias of each layer side by side. */
    float[] theta() {
        List<NDArray> parts = new ArrayList<>();
        for (int j = 0; j < chain.layers(); j++) {
            parts.add(weights.get(j));
            parts.add(biases.get(j));
        }
        return Torch.values(parts);
    }

    @Override
    public void close() {
        manager.close();
    }
}

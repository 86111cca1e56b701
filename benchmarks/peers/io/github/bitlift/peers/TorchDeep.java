package io.github.bitlift.peers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The hidden layers of a deep chain from given auxiliary variables, and the gradient of lifted Bregman training in θ, by PyTorch.
 * Both come layer by layer, and stacked so that each kind of product is one batched call. All layers are equally wide, and the
 * target is 0.
 */
final class TorchDeep implements AutoCloseable {
    private final NDManager manager;
    private final Torch.Activation activation;
    private final NDArray scaleOfHidden;
    private final NDArray scaleOfOutput;
    private final int layers;
    /** {@code [layers, s, n]}: the input and the auxiliary variables. */
    private final NDArray u;
    /** {@code [layers, n, n]} as {@code [layer, in, out]}, a view, and {@code [layers, 1, n]}. */
    private final NDArray transposed;
    private final NDArray biases;
    /** The same for the hidden layers alone, and what they should give. */
    private final NDArray uOfHidden;
    private final NDArray transposedOfHidden;
    private final NDArray biasesOfHidden;
    private final NDArray next;
    private final NDArray target;
    /** Views of each layer's own. */
    private final List<NDArray> uOf = new ArrayList<>();
    private final List<NDArray> weightOf = new ArrayList<>();
    private final List<NDArray> biasOf = new ArrayList<>();

    TorchDeep(NDManager parent, Chain chain, float[] auxiliaries, int samples, float mu) {
        layers = chain.layers();
        manager = parent.newSubManager();
        activation = new Torch.Activation(manager, chain.sigma());
        scaleOfHidden = Torch.scalar(manager, mu / samples);
        scaleOfOutput = Torch.scalar(manager, 1.0 / samples);
        int n = chain.outputs();
        float[] allWeights = new float[layers * n * n];
        float[] allBiases = new float[layers * n];
        for (int j = 0; j < layers; j++) {
            System.arraycopy(chain.weight(j), 0, allWeights, j * n * n, n * n);
            System.arraycopy(chain.bias(j), 0, allBiases, j * n, n);
        }
        u = Torch.create(manager, auxiliaries, layers, samples, n);
        NDArray weights = Torch.create(manager, allWeights, layers, n, n);
        transposed = weights.transpose(0, 2, 1);
        biases = Torch.create(manager, allBiases, layers, 1, n);
        target = Torch.create(manager, new float[samples * n], samples, n);
        String hidden = "0:" + (layers - 1);
        uOfHidden = u.get(hidden);
        transposedOfHidden = transposed.get(hidden);
        biasesOfHidden = biases.get(hidden);
        next = u.get("1:");
        for (int j = 0; j < layers; j++) {
            uOf.add(u.get(j));
            weightOf.add(weights.get(j));
            biasOf.add(biases.get(j).reshape(n));
        }
    }

    /** σ(W u + b) of every hidden layer. */
    NDList forwardByLayer() {
        NDList z = new NDList(layers - 1);
        for (int j = 0; j + 1 < layers; j++) {
            NDArray v = Torch.linear(uOf.get(j), weightOf.get(j), biasOf.get(j));
            activation.apply(v);
            z.add(v);
        }
        return z;
    }

    /** The same in one array. */
    NDList forwardStacked() {
        NDArray v = uOfHidden.batchMatMul(transposedOfHidden).addi(biasesOfHidden);
        activation.apply(v);
        return new NDList(v);
    }

    /** The gradient in the weight and the bias of each layer, in layer order. */
    NDList gradientByLayer() {
        NDList gradient = new NDList(2 * layers);
        for (int j = 0; j < layers; j++) {
            boolean last = j + 1 == layers;
            try (NDArray r = Torch.linear(uOf.get(j), weightOf.get(j), biasOf.get(j))) {
                if (!last) {
                    activation.apply(r);
                }
                r.subi(last ? target : uOf.get(j + 1)).muli(last ? scaleOfOutput : scaleOfHidden);
                try (NDArray adjoint = r.transpose()) {
                    gradient.add(adjoint.matMul(uOf.get(j)));
                }
                gradient.add(r.sum(new int[] {0}));
            }
        }
        return gradient;
    }

    /** The gradients in all weights, and those in all biases. */
    NDList gradientStacked() {
        try (NDArray r = u.batchMatMul(transposed).addi(biases);
                NDArray hidden = r.get("0:" + (layers - 1));
                NDArray output = r.get(layers - 1)) {
            activation.apply(hidden);
            hidden.subi(next).muli(scaleOfHidden);
            output.subi(target).muli(scaleOfOutput);
            try (NDArray adjoint = r.transpose(0, 2, 1)) {
                return new NDList(adjoint.batchMatMul(u), r.sum(new int[] {1}));
            }
        }
    }

    /** Computes and lets the result go. */
    static Runnable timed(Supplier<NDList> work) {
        return () -> work.get().close();
    }

    /** The results one after the other. */
    static float[] values(Supplier<NDList> work) {
        try (NDList results = work.get()) {
            return Torch.values(results);
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}

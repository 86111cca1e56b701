package io.github.bitlift.peers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;

/** A chain's forward pass by PyTorch, layer by layer, without gradients; its input stays where it is. */
final class TorchForward implements AutoCloseable {
    private final Chain chain;
    private final NDManager manager;
    private final Torch.Activation activation;
    private final NDArray x;
    private final List<NDArray> weights = new ArrayList<>();
    private final List<NDArray> biases = new ArrayList<>();

    TorchForward(NDManager parent, Chain chain, float[] inputs, int rows) {
        this.chain = chain;
        manager = parent.newSubManager();
        activation = new Torch.Activation(manager, chain.sigma());
        x = Torch.create(manager, inputs, rows, chain.in(0));
        for (int j = 0; j < chain.layers(); j++) {
            weights.add(Torch.create(manager, chain.weight(j), chain.out(j), chain.in(j)));
            biases.add(Torch.create(manager, chain.bias(j), chain.out(j)));
        }
    }

    void run() {
        forward(false);
    }

    float[] outputs() {
        return forward(true);
    }

    private float[] forward(boolean wanted) {
        try (NDManager scope = manager.newSubManager()) {
            x.tempAttach(scope);
            NDArray u = x;
            for (int j = 0; j < chain.layers(); j++) {
                u = Torch.linear(u, weights.get(j), biases.get(j));
                if (j + 1 < chain.layers()) {
                    activation.apply(u);
                }
            }
            return wanted ? u.toFloatArray() : null;
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}

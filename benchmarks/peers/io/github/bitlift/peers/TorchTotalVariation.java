package io.github.bitlift.peers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * Primal-dual iterations for isotropic total variation written with PyTorch's tensor operations on whole batches: in-place
 * arithmetic, and views of the arrays for the neighbours.
 */
final class TorchTotalVariation implements AutoCloseable {
    private final NDManager manager;
    private final NDArray f;
    private final NDArray x;
    private final NDArray z1;
    private final NDArray z2;
    /** All but the last row of z₁, all but the last column of z₂. */
    private final NDArray inner1;
    private final NDArray inner2;
    private final float weight;
    private final float tau;
    private final float sigma;

    /** Starts from x = f, z = 0. */
    TorchTotalVariation(
            NDManager parent, float[] data, int images, int height, int width, float weight, float tau, float sigma) {
        manager = parent.newSubManager();
        Shape shape = new Shape(images, height, width);
        f = manager.create(FloatBuffer.wrap(data), shape);
        x = f.duplicate();
        z1 = manager.zeros(shape);
        z2 = manager.zeros(shape);
        inner1 = z1.get(":, :-1, :");
        inner2 = z2.get(":, :, :-1");
        this.weight = weight;
        this.tau = tau;
        this.sigma = sigma;
    }

    void iterate() {
        try (NDManager scope = manager.newSubManager()) {
            List.of(f, x, z1, z2, inner1, inner2).forEach(each -> each.tempAttach(scope));
            NDArray step = z1.add(z2);
            step.get(":, 1:, :").subi(inner1);
            step.get(":, :, 1:").subi(inner2);
            step.muli(weight).addi(f).subi(x).muli(tau / (1 + tau));
            x.addi(step);
            NDArray bar = step.addi(x);
            inner1.addi(bar.get(":, 1:, :").sub(bar.get(":, :-1, :")).muli(sigma * weight));
            inner2.addi(bar.get(":, :, 1:").sub(bar.get(":, :, :-1")).muli(sigma * weight));
            NDArray norm = z1.square();
            norm.addi(z2.square());
            norm = norm.sqrt().maximum(1f);
            z1.divi(norm);
            z2.divi(norm);
        }
    }

    /** x. */
    float[] images() {
        return x.toFloatArray();
    }

    @Override
    public void close() {
        manager.close();
    }
}

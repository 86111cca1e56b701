package io.github.bitlift.peers;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.SoftThreshold;
import java.nio.FloatBuffer;
import java.util.List;

/** What all comparisons with PyTorch share. Its threads are set where the JVM starts, see {@code run-peers.sh}. */
final class Torch {
    private Torch() {}

    static NDManager manager() {
        return Engine.getEngine("PyTorch").newBaseManager(Device.cpu());
    }

    /** The name that tables print. */
    static String name() {
        return "PyTorch " + Engine.getEngine("PyTorch").getVersion();
    }

    static NDArray create(NDManager manager, float[] values, long... shape) {
        return manager.create(FloatBuffer.wrap(values), new Shape(shape));
    }

    /** {@code x Wᵀ + b} in one call. */
    static NDArray linear(NDArray x, NDArray weight, NDArray bias) {
        return x.getNDArrayInternal().linear(x, weight, bias).get(0);
    }

    /** A number as a tensor. DJL makes one of every Java number that an operation gets, which takes longer than a small operation. */
    static NDArray scalar(NDManager manager, double value) {
        return manager.create((float) value);
    }

    /** The numbers of several arrays, one after the other. */
    static float[] values(List<NDArray> arrays) {
        float[] all = new float[Math.toIntExact(arrays.stream().mapToLong(NDArray::size).sum())];
        int at = 0;
        for (NDArray array : arrays) {
            float[] values = array.toFloatArray();
            System.arraycopy(values, 0, all, at, values.length);
            at += values.length;
        }
        return all;
    }

    /** {@code v ← max(v, 0)}. */
    static void relu(NDArray v) {
        v.intern(v.getNDArrayInternal().relu());
    }

    /** {@code v ← σ(v)}: soft-thresholding is v less its part in [−λ, λ], three calls. */
    static final class Activation {
        private final NDArray lambda;
        private final NDArray minusLambda;

        Activation(NDManager manager, ProxMap sigma) {
            boolean soft = sigma instanceof SoftThreshold;
            lambda = soft ? scalar(manager, ((SoftThreshold) sigma).lambda()) : null;
            minusLambda = soft ? scalar(manager, -((SoftThreshold) sigma).lambda()) : null;
        }

        void apply(NDArray v) {
            if (lambda == null) {
                relu(v);
                return;
            }
            try (NDArray below = v.minimum(lambda);
                    NDArray within = below.maximum(minusLambda)) {
                v.subi(within);
            }
        }
    }
}

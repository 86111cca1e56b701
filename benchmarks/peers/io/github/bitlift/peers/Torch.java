package io.github.bitlift.peers;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.SoftThreshold;
import java.nio.FloatBuffer;

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

    /** {@code v ← σ(v)}: soft-thresholding is {@code v − clip(v, −λ, λ)}, two passes. */
    static void activate(ProxMap sigma, NDArray v) {
        if (sigma instanceof SoftThreshold soft) {
            try (NDArray clipped = v.clip(-soft.lambda(), soft.lambda())) {
                v.subi(clipped);
            }
        } else {
            relu(v);
        }
    }

    /** {@code v ← max(v, 0)}. */
    static void relu(NDArray v) {
        v.intern(v.getNDArrayInternal().relu());
    }
}

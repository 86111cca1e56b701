package io.github.bitlift.peers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.bitlift.prox.SoftThreshold;
import io.github.bitlift.solver.DenoisingProblem;
import io.github.bitlift.solver.Pairs;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The step of block-coordinate descent written with PyTorch, as its user would write it without automatic
 * differentiation: fused affine layers, in-place arithmetic, DJL's own Adam, and views instead of copies. Two forms: layer
 * by layer, or with all layers stacked so that each kind of product is one batched call.
 *
 * <p>Soft-thresholding is {@code v − clip(v, −λ, λ)}: two passes, fewer than {@code sign(v)·relu(|v| − λ)}.
 */
abstract class TorchStep implements AutoCloseable {
    static final int LAYERS = DenoisingProblem.HIDDEN + 1;
    static final int WIDTH = DenoisingProblem.WIDTH;
    private static final float BETA1 = 0.9f;
    private static final float BETA2 = 0.999f;
    private static final double EPSILON = 1e-8;
    private static final float LAMBDA = DenoisingProblem.LAMBDA;
    static final float MU = DenoisingProblem.MU;

    final NDManager manager;
    final int samples;
    /** {@code [7, s, 784]}: the input and the auxiliary variables. */
    final NDArray u;
    /** {@code [7, 784, 784]} as {@code [layer, out, in]}, and {@code [7, 1, 784]}. */
    final NDArray weights;
    final NDArray biases;
    final NDArray target;
    private int steps;
    private float rate;
    private float epsilon;

    /** θ is given in the order of our own parameters: weight and bias of each layer side by side. */
    TorchStep(NDManager parent, Pairs pairs, float[] theta) {
        manager = parent.newSubManager();
        samples = pairs.count();
        u = stack(LAYERS, pairs.inputs());
        target = create(pairs.targets(), samples, WIDTH);
        float[] w = new float[LAYERS * WIDTH * WIDTH];
        float[] b = new float[LAYERS * WIDTH];
        int layer = WIDTH * (WIDTH + 1);
        for (int j = 0; j < LAYERS; j++) {
            System.arraycopy(theta, j * layer, w, j * WIDTH * WIDTH, WIDTH * WIDTH);
            System.arraycopy(theta, j * layer + WIDTH * WIDTH, b, j * WIDTH, WIDTH);
        }
        weights = create(w, LAYERS, WIDTH, WIDTH);
        biases = create(b, LAYERS, 1, WIDTH);
    }

    private NDArray stack(int copies, float[] values) {
        float[] all = new float[copies * values.length];
        for (int j = 0; j < copies; j++) {
            System.arraycopy(values, 0, all, j * values.length, values.length);
        }
        return create(all, copies, samples, WIDTH);
    }

    private NDArray create(float[] values, long... shape) {
        return manager.create(FloatBuffer.wrap(values), new Shape(shape));
    }

    /** Layer by layer. */
    static TorchStep byLayer(NDManager parent, Pairs pairs, float[] theta) {
        return new ByLayer(parent, pairs, theta);
    }

    /** All layers at once. */
    static TorchStep stacked(NDManager parent, Pairs pairs, float[] theta) {
        return new Stacked(parent, pairs, theta);
    }

    /** One full step: θ, then z. */
    final void step() {
        steps++;
        double correction = Math.sqrt(1 - Math.pow(BETA2, steps));
        rate = (float) (DenoisingProblem.LEARNING_RATE * correction / (1 - Math.pow(BETA1, steps)));
        epsilon = (float) (EPSILON * correction);
        try (NDManager scope = manager.newSubManager()) {
            tempAttach(scope);
            moveParameters();
        }
        try (NDManager scope = manager.newSubManager()) {
            tempAttach(scope);
            moveAuxiliaries();
        }
    }

    /** Results belong to the manager of the operand they come from: let the scope have them. */
    abstract void tempAttach(NDManager scope);

    abstract void moveParameters();

    abstract void moveAuxiliaries();

    /** Adam's step with the gradient multiplied by a factor first. */
    final void adam(NDArray x, NDArray gradient, float factor, NDArray m, NDArray q) {
        x.getNDArrayInternal().adamUpdate(
                new NDList(x, gradient, m, q), new NDList(x), rate, rate, 0f, factor, -1f, BETA1, BETA2, epsilon, false, false);
    }

    static NDArray activate(NDArray v) {
        return v.sub(v.clip(-LAMBDA, LAMBDA));
    }

    /** {@code x ← prox_{τμλ‖·‖₁}(x)}. */
    static void proximal(NDArray x) {
        float t = (float) (DenoisingProblem.LEARNING_RATE * MU * LAMBDA);
        x.subi(x.clip(-t, t));
    }

    /** The objective in binary64, for comparison only. */
    final double objective() {
        SoftThreshold sigma = new SoftThreshold(LAMBDA);
        double total = 0;
        try (NDManager scope = manager.newSubManager()) {
            NDArray mine = u.duplicate();
            mine.attach(scope);
            NDArray v = mine.batchMatMul(weights.transpose(0, 2, 1)).addi(biases);
            v.attach(scope);
            float[] values = v.toFloatArray();
            float[] all = mine.toFloatArray();
            float[] x = target.toFloatArray();
            int block = samples * WIDTH;
            for (int i = 0; i < (LAYERS - 1) * block; i++) {
                total += MU * sigma.penalty(all[block + i], values[i]);
            }
            for (int i = 0; i < block; i++) {
                double d = (double) values[(LAYERS - 1) * block + i] - x[i];
                total += 0.5 * d * d;
            }
        }
        return total / samples;
    }

    @Override
    public final void close() {
        manager.close();
    }

    /** Each layer by calls of its own. */
    private static final class ByLayer extends TorchStep {
        private final List<NDArray> w = new ArrayList<>();
        private final List<NDArray> b = new ArrayList<>();
        private final List<NDArray> z = new ArrayList<>();
        private final List<NDArray> momentsOfW = new ArrayList<>();
        private final List<NDArray> momentsOfB = new ArrayList<>();
        private final List<NDArray> momentsOfZ = new ArrayList<>();

        ByLayer(NDManager parent, Pairs pairs, float[] theta) {
            super(parent, pairs, theta);
            for (int j = 0; j < LAYERS; j++) {
                w.add(weights.get(j));
                b.add(biases.get(j).reshape(WIDTH));
                z.add(u.get(j));
                for (int moment = 0; moment < 2; moment++) {
                    momentsOfW.add(manager.zeros(new Shape(WIDTH, WIDTH)));
                    momentsOfB.add(manager.zeros(new Shape(WIDTH)));
                    momentsOfZ.add(manager.zeros(new Shape(samples, WIDTH)));
                }
            }
        }

        @Override
        void tempAttach(NDManager scope) {
            w.forEach(each -> each.tempAttach(scope));
            b.forEach(each -> each.tempAttach(scope));
            z.forEach(each -> each.tempAttach(scope));
        }

        private NDArray affine(int j) {
            return z.get(j).getNDArrayInternal().linear(z.get(j), w.get(j), b.get(j)).get(0);
        }

        @Override
        void moveParameters() {
            for (int j = 0; j < LAYERS; j++) {
                NDArray v = affine(j);
                NDArray r = j < LAYERS - 1 ? activate(v).subi(z.get(j + 1)) : v.subi(target);
                float factor = (j < LAYERS - 1 ? MU : 1f) / samples;
                adam(w.get(j), r.transpose().matMul(z.get(j)), factor, momentsOfW.get(2 * j), momentsOfW.get(2 * j + 1));
                adam(b.get(j), r.sum(new int[] {0}), factor, momentsOfB.get(2 * j), momentsOfB.get(2 * j + 1));
            }
        }

        @Override
        void moveAuxiliaries() {
            List<NDArray> v = new ArrayList<>();
            List<NDArray> r = new ArrayList<>();
            for (int j = 0; j < LAYERS; j++) {
                v.add(affine(j));
                r.add(j < LAYERS - 1 ? activate(v.get(j)).subi(z.get(j + 1)).muli(MU) : v.get(j).subi(target));
            }
            for (int j = 1; j < LAYERS; j++) {
                NDArray pull = z.get(j).sub(v.get(j - 1)).muli(MU);
                pull.addi(r.get(j).matMul(w.get(j)));
                adam(z.get(j), pull, 1f, momentsOfZ.get(2 * j), momentsOfZ.get(2 * j + 1));
                proximal(z.get(j));
            }
        }
    }

    /** Batched products over all layers. */
    private static final class Stacked extends TorchStep {
        private final NDArray z;
        private final NDArray[] momentsOfW = new NDArray[2];
        private final NDArray[] momentsOfB = new NDArray[2];
        private final NDArray[] momentsOfZ = new NDArray[2];

        Stacked(NDManager parent, Pairs pairs, float[] theta) {
            super(parent, pairs, theta);
            z = u.get("1:");
            for (int moment = 0; moment < 2; moment++) {
                momentsOfW[moment] = manager.zeros(weights.getShape());
                momentsOfB[moment] = manager.zeros(biases.getShape());
                momentsOfZ[moment] = manager.zeros(z.getShape());
            }
        }

        @Override
        void tempAttach(NDManager scope) {
            List.of(u, weights, biases, z).forEach(each -> each.tempAttach(scope));
        }

        private NDArray affine() {
            return u.batchMatMul(weights.transpose(0, 2, 1)).addi(biases);
        }

        /** μ(σ(v) − u) for the hidden layers and K u + d − x, in v's place; the last is in full, not μ times. */
        private NDArray residual(NDArray v) {
            NDArray hidden = v.get("0:" + (LAYERS - 1));
            hidden.subi(hidden.clip(-LAMBDA, LAMBDA)).subi(z).muli(MU);
            v.get(LAYERS - 1).subi(target);
            return v;
        }

        @Override
        void moveParameters() {
            NDArray r = residual(affine());
            adam(weights, r.transpose(0, 2, 1).batchMatMul(u), 1f / samples, momentsOfW[0], momentsOfW[1]);
            adam(biases, r.sum(new int[] {1}, true), 1f / samples, momentsOfB[0], momentsOfB[1]);
        }

        @Override
        void moveAuxiliaries() {
            NDArray v = affine();
            NDArray pull = z.sub(v.get("0:" + (LAYERS - 1))).muli(MU);
            NDArray r = residual(v);
            pull.addi(r.get("1:").batchMatMul(weights.get("1:")));
            adam(z, pull, 1f, momentsOfZ[0], momentsOfZ[1]);
            proximal(z);
        }
    }
}

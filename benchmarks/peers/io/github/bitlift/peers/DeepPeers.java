package io.github.bitlift.peers;

import ai.djl.ndarray.NDManager;
import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.backend.Program;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.lifting.LiftedBregman;
import io.github.bitlift.lifting.Variables;
import io.github.bitlift.network.BlockVector;
import io.github.bitlift.network.Network;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.network.UnifiedPass;
import java.util.Arrays;
import java.util.List;

/**
 * Times what {@code reproduce table2} and {@code table3} do, the forward pass and the gradient of many layers from given
 * auxiliary variables. Ours does all layers at once; PyTorch does them layer by layer, and stacked in batched products. First
 * makes sure that all compute the same.
 *
 * <p>Arguments: {@code layers=128}, {@code width=64}, {@code batch=1}, {@code threads=N}, {@code rounds=N}, {@code clock=cpu},
 * {@code json=FILE}.
 */
public final class DeepPeers {
    private static final float MU = 5e-3f;
    private static final double CLOSE = 1e-5;

    private DeepPeers() {}

    public static void main(String[] args) {
        Arguments arguments = Arguments.of(args);
        int threads = arguments.number("threads", 2);
        int layers = arguments.number("layers", 128);
        int width = arguments.number("width", 64);
        int batch = arguments.number("batch", 1);
        Comparison comparison = new Comparison("deep", arguments, Integer.toString(threads), 25);
        // As in the tables, a linear output follows the layers.
        Chain chain = Chain.named(width + "x" + (layers + 1));
        float[] auxiliaries = Chain.normals(chain.layers() * batch * width, 1);
        String words = "layers=" + layers + " width=" + width + " batch=" + batch;
        String size = ", " + layers + " layers of " + width + ", batch " + batch;
        try (CpuBackend backend = new CpuBackend(threads);
                NDManager manager = Torch.manager();
                Ours ours = new Ours(backend, chain, auxiliaries, batch);
                TorchDeep torch = new TorchDeep(manager, chain, auxiliaries, batch, MU)) {
            ours.forward.run();
            float[] z = ours.auxiliaries();
            ours.gradient.run();
            float[] gradient = ours.variables.parameterGradient().toArray();
            Comparison.requireClose("forward, layer by layer", z, TorchDeep.values(torch::forwardByLayer), CLOSE);
            Comparison.requireClose("forward, stacked", z, TorchDeep.values(torch::forwardStacked), CLOSE);
            Comparison.requireClose("gradient, layer by layer", gradient, TorchDeep.values(torch::gradientByLayer), CLOSE);
            Comparison.requireClose(
                    "gradient, stacked", weightsThenBiases(chain, gradient), TorchDeep.values(torch::gradientStacked), CLOSE);
            comparison.of(new Comparison.Task("deep forward pass" + size, threads, words), List.of(
                    new Contender("Bitlift", ours.forward::run),
                    new Contender(Torch.name() + ", layer by layer", TorchDeep.timed(torch::forwardByLayer)),
                    new Contender(Torch.name() + ", layers stacked", TorchDeep.timed(torch::forwardStacked))));
            comparison.of(new Comparison.Task("deep gradient" + size, threads, words), List.of(
                    new Contender("Bitlift", ours.gradient::run),
                    new Contender(Torch.name() + ", layer by layer", TorchDeep.timed(torch::gradientByLayer)),
                    new Contender(Torch.name() + ", layers stacked", TorchDeep.timed(torch::gradientStacked))));
        }
    }

    private static float[] weightsThenBiases(Chain chain, float[] theta) {
        Chain gradient = new Chain(chain.name(), chain.widths(), chain.sigma(), theta);
        int n = chain.outputs();
        float[] parts = new float[theta.length];
        for (int j = 0; j < chain.layers(); j++) {
            System.arraycopy(gradient.weight(j), 0, parts, j * n * n, n * n);
            System.arraycopy(gradient.bias(j), 0, parts, (chain.layers() * n + j) * n, n);
        }
        return parts;
    }

    /** All layers in one launch per kind of operation. */
    private static final class Ours implements AutoCloseable {
        private final Parameters theta;
        private final Variables variables;
        private final BlockVector z;
        private final Program forward;
        private final Program gradient;

        Ours(Backend backend, Chain chain, float[] auxiliaries, int batch) {
            theta = chain.parameters(backend);
            Network network = chain.network(theta);
            variables = new Variables(backend, network, batch);
            z = BlockVector.allocate(backend, batch, network.w().rowSizes());
            int block = batch * chain.outputs();
            for (int j = 0; j < chain.layers(); j++) {
                variables.u().block(j).write(Arrays.copyOfRange(auxiliaries, j * block, (j + 1) * block));
            }
            float[] mu = new float[network.layers()];
            Arrays.fill(mu, MU);
            forward = backend.compile(List.of(UnifiedPass.sweep(network, variables.u(), z)));
            gradient = backend.compile(new LiftedBregman(variables, mu).parameterGradient());
        }

        /** σ(W u + b) of all layers, one after the other. */
        float[] auxiliaries() {
            Matrix first = z.block(0);
            return new Matrix(first.buffer(), first.offset(), 1, Math.toIntExact(z.size() * first.size())).toArray();
        }

        @Override
        public void close() {
            forward.close();
            gradient.close();
            z.block(0).buffer().close();
            variables.close();
            theta.close();
        }
    }
}

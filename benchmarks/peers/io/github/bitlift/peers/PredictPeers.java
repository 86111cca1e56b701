package io.github.bitlift.peers;

import ai.djl.ndarray.NDManager;
import ai.onnxruntime.OrtEnvironment;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.network.ForwardPass;
import io.github.bitlift.network.Parameters;
import java.util.ArrayList;
import java.util.List;

/**
 * Times a network's forward pass, ours as an application calls it, against ONNX Runtime's and PyTorch's. First makes sure that
 * all compute the same. Ours takes and returns a Java array, both copies included. The others keep input and output where they
 * are, ONNX Runtime in direct buffers that every run uses again.
 *
 * <p>Arguments: {@code threads=N}, {@code nets=784x7,784-64-64-10} (see {@link Chain}), {@code rows=1,10,64},
 * {@code rounds=N}, {@code clock=cpu}, {@code json=FILE}, and {@code plain} to include our backend without the Vector API.
 */
public final class PredictPeers {
    private static final double CLOSE = 1e-5;

    private PredictPeers() {}

    public static void main(String[] args) {
        Arguments arguments = Arguments.of(args);
        int threads = arguments.number("threads", 1);
        Comparison comparison = new Comparison("predict", arguments, Integer.toString(threads), 25);
        try (NDManager manager = Torch.manager()) {
            for (String net : arguments.list("nets", "784x7,784-64-64-10")) {
                for (String rows : arguments.list("rows", "1,10,64")) {
                    compare(comparison, manager, Chain.named(net), Integer.parseInt(rows), threads, arguments.has("plain"));
                }
            }
        }
    }

    private static void compare(
            Comparison comparison, NDManager manager, Chain chain, int rows, int threads, boolean plain) {
        float[] inputs = Chain.normals(rows * chain.in(0), 1);
        try (Ours ours = new Ours(new CpuBackend(threads), chain, inputs, rows);
                Ours slow = plain ? new Ours(new CpuBackend(threads, "plain"), chain, inputs, rows) : null;
                OnnxForward onnx = new OnnxForward(chain, inputs, rows, threads);
                TorchForward torch = new TorchForward(manager, chain, inputs, rows)) {
            String onnxName = "ONNX Runtime " + OrtEnvironment.getEnvironment().getVersion();
            onnx.run();
            Comparison.requireClose(onnxName, ours.outputs(), onnx.outputs(), CLOSE);
            Comparison.requireClose(Torch.name(), ours.outputs(), torch.outputs(), CLOSE);
            List<Contender> contenders = new ArrayList<>(List.of(
                    new Contender("Bitlift", ours::outputs),
                    new Contender(onnxName, onnx::run),
                    new Contender(Torch.name(), torch::run)));
            if (plain) {
                contenders.add(new Contender("Bitlift, plain loops", slow::outputs));
            }
            comparison.of(new Comparison.Task("predict " + chain.name() + ", rows " + rows, threads,
                    "nets=" + chain.name() + " rows=" + rows), contenders);
        }
    }

    /** Bitlift's pass with all that it needs. */
    private static final class Ours implements AutoCloseable {
        private final CpuBackend backend;
        private final Parameters theta;
        private final ForwardPass pass;
        private final float[] inputs;
        private final int rows;

        Ours(CpuBackend backend, Chain chain, float[] inputs, int rows) {
            this.backend = backend;
            this.inputs = inputs;
            this.rows = rows;
            theta = chain.parameters(backend);
            pass = new ForwardPass(backend, chain.network(theta), rows);
        }

        float[] outputs() {
            return pass.apply(inputs, rows);
        }

        @Override
        public void close() {
            pass.close();
            theta.close();
            backend.close();
        }
    }
}

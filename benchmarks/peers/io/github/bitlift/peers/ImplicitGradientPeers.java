package io.github.bitlift.peers;

import ai.djl.ndarray.NDManager;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.solver.Batches;
import io.github.bitlift.solver.ImplicitStochasticGradient;
import io.github.bitlift.solver.Optimizer;
import io.github.bitlift.solver.Pairs;
import io.github.bitlift.solver.Trainer;
import java.util.Arrays;
import java.util.List;

/**
 * Times an inner iteration of the implicit stochastic gradient method, ours against PyTorch's, for lifted Bregman training with
 * ReLU. What is timed is a whole step on one batch, divided by its inner iterations. Its start (a forward pass, a copy of θ, and
 * norms of the weights) is included, and 150 inner iterations make it negligible. First makes sure that both end a step with the
 * same change of θ.
 *
 * <p>Arguments: {@code net=784-64-64-10}, {@code batch=N}, {@code inner=N}, {@code threads=N}, {@code rounds=N},
 * {@code clock=cpu}, {@code json=FILE}.
 */
public final class ImplicitGradientPeers {
    private static final double TAU = 100;
    private static final double CLOSE = 1e-3;
    private static final int COMPARED = 15;

    private ImplicitGradientPeers() {}

    public static void main(String[] args) {
        Arguments arguments = Arguments.of(args);
        int threads = arguments.number("threads", 2);
        int batch = arguments.number("batch", 100);
        int inner = arguments.number("inner", 150);
        Comparison comparison = new Comparison("isgm", arguments, Integer.toString(threads), 25);
        Chain chain = Chain.named(arguments.text("net", "784-64-64-10"));
        Pairs pairs = new Pairs(Chain.normals(batch * chain.in(0), 1), Chain.normals(batch * chain.outputs(), 2), batch,
                chain.in(0), chain.outputs());
        try (CpuBackend backend = new CpuBackend(threads);
                NDManager manager = Torch.manager()) {
            compare(backend, manager, chain, pairs);
            try (Parameters theta = chain.parameters(backend);
                    Trainer ours = ours(backend, chain, theta, pairs, inner);
                    TorchImplicitGradient theirs = theirs(manager, chain, pairs, inner)) {
                comparison.of(new Comparison.Task("isgm " + chain.name() + ", batch " + batch, threads,
                        "net=" + chain.name() + " batch=" + batch + " inner=" + inner, inner, 0), List.of(
                        new Contender("Bitlift", ours::step),
                        new Contender(Torch.name(), theirs::step)));
            }
        }
    }

    private static Trainer ours(CpuBackend backend, Chain chain, Parameters theta, Pairs pairs, int inner) {
        float[] mu = new float[chain.layers() - 1];
        Arrays.fill(mu, 1f);
        Optimizer byNorms = new Optimizer(Optimizer.Kind.PROXIMAL_GRADIENT, 1, Optimizer.StepSize.NORMS, 0);
        return new ImplicitStochasticGradient(backend, chain.network(theta), theta, new Batches(pairs, pairs.count(), 1),
                new ImplicitStochasticGradient.Options(mu, byNorms, inner, TAU, 1.0));
    }

    private static TorchImplicitGradient theirs(NDManager manager, Chain chain, Pairs pairs, int inner) {
        return new TorchImplicitGradient(manager, chain, pairs.inputs(), pairs.targets(), pairs.count(), inner, TAU);
    }

    /** Two steps, so that the norms of a later batch's start are compared, too. */
    private static void compare(CpuBackend backend, NDManager manager, Chain chain, Pairs pairs) {
        try (Parameters theta = chain.parameters(backend);
                Trainer ours = ours(backend, chain, theta, pairs, COMPARED);
                TorchImplicitGradient theirs = theirs(manager, chain, pairs, COMPARED)) {
            for (int step = 0; step < 2; step++) {
                ours.step();
                theirs.step();
            }
            Comparison.requireClose("change of theta by PyTorch", change(chain, theta.toArray()),
                    change(chain, theirs.theta()), CLOSE);
        }
    }

    private static float[] change(Chain chain, float[] theta) {
        float[] change = theta.clone();
        for (int i = 0; i < change.length; i++) {
            change[i] -= chain.theta()[i];
        }
        return change;
    }
}

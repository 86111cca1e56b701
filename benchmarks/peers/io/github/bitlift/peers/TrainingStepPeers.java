package io.github.bitlift.peers;

import ai.djl.ndarray.NDManager;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.solver.DenoisingProblem;
import io.github.bitlift.solver.Pairs;
import io.github.bitlift.solver.Trainer;
import java.util.List;
import java.util.Locale;

/**
 * Times one full training step (block-coordinate descent with Adam on both blocks, framework paper §7.2) of ours and of
 * PyTorch. First makes sure that all compute the same step.
 *
 * <p>Arguments: {@code images=N}, {@code threads=N}, {@code rounds=N}, {@code clock=cpu}, {@code json=FILE}.
 */
public final class TrainingStepPeers {
    private static final double CLOSE = 1e-4;
    private static final int COMPARED_STEPS = 3;
    private static final int PRODUCTS = 27;

    private TrainingStepPeers() {}

    public static void main(String[] args) {
        Arguments arguments = Arguments.of(args);
        int images = arguments.number("images", 1000);
        int threads = arguments.number("threads", 2);
        Comparison comparison = new Comparison("step", arguments, Integer.toString(threads), 25);
        Pairs pairs = DenoisingProblem.pairs(images);
        try (CpuBackend backend = new CpuBackend(threads);
                NDManager manager = Torch.manager();
                Parameters theta = DenoisingProblem.parameters(backend);
                TorchStep layers = TorchStep.byLayer(manager, pairs, theta.toArray());
                TorchStep stacked = TorchStep.stacked(manager, pairs, theta.toArray());
                Trainer ours = DenoisingProblem.blockCoordinateDescent(backend, theta, pairs)) {
            List<Contender> contenders = List.of(
                    new Contender("Bitlift", ours::step),
                    new Contender(Torch.name() + ", layer by layer", layers::step),
                    new Contender(Torch.name() + ", layers stacked", stacked::step));
            for (int i = 0; i < COMPARED_STEPS; i++) {
                contenders.forEach(each -> each.work().run());
            }
            requireSame(ours.objective().total(), layers.objective(), stacked.objective());
            double flop = 2.0 * PRODUCTS * images * DenoisingProblem.WIDTH * DenoisingProblem.WIDTH;
            comparison.of(new Comparison.Task(
                    "step 784x7, images " + images, threads, "images=" + images, 1, flop),
                    contenders);
        }
    }

    private static void requireSame(double ours, double... theirs) {
        for (double value : theirs) {
            double difference = Math.abs(value - ours) / Math.abs(ours);
            System.out.printf(Locale.ROOT, "objective after %d steps: ours %.7g, theirs %.7g, relative difference %.1e%n",
                    COMPARED_STEPS, ours, value, difference);
            if (!(difference < CLOSE)) {
                throw new IllegalStateException("the contenders don't take the same step");
            }
        }
    }
}

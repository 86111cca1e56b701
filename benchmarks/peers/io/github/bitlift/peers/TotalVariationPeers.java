package io.github.bitlift.peers;

import ai.djl.ndarray.NDManager;
import io.github.bitlift.backend.TvPdhg.Rule;
import io.github.bitlift.backend.cpu.CpuBackend;
import io.github.bitlift.solver.DenoisingProblem;
import io.github.bitlift.solver.TotalVariation;
import io.github.bitlift.solver.TotalVariationSettings;
import java.util.List;

/**
 * Times total variation denoising of noisy digits, a fixed number of iterations with fixed steps, of ours and of PyTorch. First
 * makes sure that both compute the same. Ours also checks gap and changes, every 50 iterations.
 *
 * <p>Arguments: {@code images=N}, {@code iterations=N}, {@code threads=N}, {@code rounds=N}, {@code clock=cpu},
 * {@code json=FILE}.
 */
public final class TotalVariationPeers {
    private static final int SIZE = 28;
    private static final float WEIGHT = 0.15f;
    private static final float TAU = 0.3f;
    private static final float SIGMA = 0.99f / (8 * TAU * WEIGHT * WEIGHT);
    private static final double NEVER = TotalVariationSettings.NEVER;
    private static final int COMPARED = 200;
    private static final double CLOSE = 1e-5;

    private TotalVariationPeers() {}

    public static void main(String[] args) {
        Arguments arguments = Arguments.of(args);
        int images = arguments.number("images", 1000);
        int iterations = arguments.number("iterations", 1000);
        int threads = arguments.number("threads", 2);
        Comparison comparison = new Comparison("tv", arguments, Integer.toString(threads), 5);
        float[] data = DenoisingProblem.pairs(images).inputs();
        try (CpuBackend backend = new CpuBackend(threads);
                NDManager manager = Torch.manager()) {
            Comparison.requireClose("PyTorch after " + COMPARED + " iterations",
                    ours(backend, data, images, COMPARED), theirs(manager, data, images, COMPARED), CLOSE);
            comparison.of(new Comparison.Task(
                    "tv 28x28, images " + images + ", iterations " + iterations, threads,
                    "images=" + images + " iterations=" + iterations), List.of(
                    new Contender("Bitlift", () -> ours(backend, data, images, iterations)),
                    new Contender(Torch.name(), () -> theirs(manager, data, images, iterations))));
        }
    }

    private static float[] ours(CpuBackend backend, float[] data, int images, int iterations) {
        TotalVariationSettings settings =
                new TotalVariationSettings(Rule.FIXED, TAU, SIGMA, iterations, 50, NEVER, NEVER);
        TotalVariation.Model model = new TotalVariation.Model(SIZE, SIZE, true, WEIGHT);
        try (TotalVariation solver = new TotalVariation(backend, model, settings, images)) {
            solver.run(data, progress -> true);
            return solver.result();
        }
    }

    private static float[] theirs(NDManager manager, float[] data, int images, int iterations) {
        try (TorchTotalVariation solver =
                new TorchTotalVariation(manager, data, images, SIZE, SIZE, WEIGHT, TAU, SIGMA)) {
            for (int i = 0; i < iterations; i++) {
                solver.iterate();
            }
            return solver.images();
        }
    }
}

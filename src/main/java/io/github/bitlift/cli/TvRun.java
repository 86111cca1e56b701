package io.github.bitlift.cli;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.io.InputException;
import io.github.bitlift.io.Psnr;
import io.github.bitlift.solver.TotalVariation;
import io.github.bitlift.solver.TotalVariation.Model;
import io.github.bitlift.solver.TotalVariation.Outcome;
import io.github.bitlift.solver.TotalVariation.Reason;
import io.github.bitlift.solver.TotalVariationSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What came of denoising.
 *
 * @param x {@code [n, H·W]}
 * @param outcomes one per image
 */
record TvRun(float[] x, List<Outcome> outcomes) {

    /**
     * Denoises part after part; the bits don't depend on how many images a part has.
     *
     * @throws InputException if the data are such that the numbers don't stay finite
     */
    static TvRun of(
            Backend backend, Model model, TotalVariationSettings settings, TvImages input, TvImages truth, int atOnce,
            Progress progress) {
        int count = input.images().count();
        float[] x = new float[input.images().values().length];
        List<Outcome> outcomes = new ArrayList<>();
        for (int first = 0; first < count; first += atOnce) {
            int n = Math.min(atOnce, count - first);
            float[] known = truth == null ? null : truth.part(first, n);
            long before = (long) (first / atOnce) * settings.iterations();
            try (TotalVariation solver = new TotalVariation(backend, model, settings, n)) {
                outcomes.addAll(solver.run(input.part(first, n), now -> {
                    progress.note(text(now, known));
                    progress.step(before + now.iterations());
                    return true;
                }));
                System.arraycopy(solver.result(), 0, x, first * input.images().pixels(), n * input.images().pixels());
            }
        }
        requireFinite(outcomes, input);
        return new TvRun(x, outcomes);
    }

    private static String text(TotalVariation.Progress now, float[] truth) {
        String text = String.format(Locale.ROOT, "gap %.2g, %d running", now.gap(), now.running());
        return truth == null ? text
                : text + String.format(Locale.ROOT, ", %.2f dB", Psnr.of(Psnr.mse(now.images(), truth)));
    }

    private static void requireFinite(List<Outcome> outcomes, TvImages input) {
        for (int image = 0; image < outcomes.size(); image++) {
            if (outcomes.get(image).reason() == Reason.DIVERGED) {
                throw InputException.in(input.path(), "image " + image + " (counted from 0) is no longer finite after "
                        + outcomes.get(image).iterations() + " iterations", "numbers of smaller magnitude");
            }
        }
    }

    /** Iterations, gaps and reasons. */
    String text() {
        return range("%.0f", Outcome::iterations) + " iterations, gap per pixel " + range("%.2g", Outcome::gap) + ", stopped on "
                + reasons();
    }

    private String range(String format, ToDoubleFunction<Outcome> value) {
        String least = String.format(Locale.ROOT, format, outcomes.stream().mapToDouble(value).min().orElseThrow());
        String most = String.format(Locale.ROOT, format, outcomes.stream().mapToDouble(value).max().orElseThrow());
        return least.equals(most) ? least : least + " to " + most;
    }

    private String reasons() {
        return Stream.of(Reason.values())
                .filter(reason -> count(reason) > 0)
                .map(reason -> reason.name().toLowerCase(Locale.ROOT) + (outcomes.size() == 1 ? "" : " (" + count(reason) + ")"))
                .collect(Collectors.joining(", "));
    }

    private long count(Reason reason) {
        return outcomes.stream().filter(outcome -> outcome.reason() == reason).count();
    }
}

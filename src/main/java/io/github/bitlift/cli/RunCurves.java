package io.github.bitlift.cli;

import io.github.bitlift.io.Curves;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code curves.png}: the objective, the residuals and the PSNR over steps. */
final class RunCurves {
    private RunCurves() {}

    /** Draws one run from its table. */
    static void write(Path path, MetricsTable table, Double psnrInput) {
        double[] steps = table.column("step");
        List<Curves.Series> objective = new ArrayList<>();
        objective.add(Curves.Series.line("objective", steps, table.column("objective")));
        objective.add(Curves.Series.line("data term", steps, table.column("data")));
        List<Curves.Series> psnr = new ArrayList<>();
        psnr.add(Curves.Series.line("training", steps, table.column("psnr_train")));
        psnr.add(Curves.Series.line("validation", steps, table.column("psnr_val")));
        if (psnrInput != null && Double.isFinite(psnrInput)) {
            psnr.add(Curves.Series.level("degraded input", 0, Math.max(1, steps[steps.length - 1]), psnrInput));
        }
        List<Curves.Series> residuals = new ArrayList<>();
        residuals.add(Curves.Series.line("theta", steps, table.column("residual_theta")));
        residuals.add(Curves.Series.line("z", steps, table.column("residual_z")));
        Curves.write(path, List.of(
                new Curves.Panel("Objective", "steps", "per sample", true, objective),
                new Curves.Panel("Residuals", "steps", "prox-gradient mapping", true, residuals),
                new Curves.Panel("Restoration", "steps", "PSNR in dB", false, psnr)));
    }
}

package io.github.bitlift.cli;

import io.github.bitlift.io.Curves;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * {@code curves.png}: the objective and the residuals over steps, and the PSNR, or accuracy and linear units where targets
 * are classes.
 */
final class RunCurves {
    private RunCurves() {}

    /** Draws one run from its table. */
    static void write(Path path, MetricsTable table, Double psnrInput) {
        double[] steps = table.column("step");
        List<Curves.Series> objective = new ArrayList<>();
        objective.add(Curves.Series.line("objective", steps, table.column("objective")));
        objective.add(Curves.Series.line("data term", steps, table.column("data")));
        List<Curves.Panel> panels = new ArrayList<>();
        panels.add(new Curves.Panel("Objective", "steps", "per sample", true, objective));
        panels.add(new Curves.Panel("Residuals", "steps", "prox-gradient mapping", true, List.of(
                Curves.Series.line("theta", steps, table.column("residual_theta")),
                Curves.Series.line("z", steps, table.column("residual_z")))));
        if (table.columns().contains("accuracy_train")) {
            panels.add(new Curves.Panel("Classification", "steps", "accuracy in %", false, List.of(
                    share("training", table, "accuracy_train"), share("validation", table, "accuracy_val"))));
            panels.add(new Curves.Panel("Linear units", "steps", "% of samples and units", false, table.columns().stream()
                    .filter(name -> name.startsWith("linear_"))
                    .map(name -> share("layer " + name.substring(7), table, name))
                    .toList()));
        } else {
            panels.add(restoration(table, psnrInput));
        }
        Curves.write(path, panels);
    }

    private static Curves.Series share(String name, MetricsTable table, String column) {
        return Curves.Series.line(name, table.column("step"),
                Arrays.stream(table.column(column)).map(share -> 100 * share).toArray());
    }

    private static Curves.Panel restoration(MetricsTable table, Double psnrInput) {
        double[] steps = table.column("step");
        List<Curves.Series> psnr = new ArrayList<>();
        psnr.add(Curves.Series.line("training", steps, table.column("psnr_train")));
        psnr.add(Curves.Series.line("validation", steps, table.column("psnr_val")));
        if (psnrInput != null && Double.isFinite(psnrInput)) {
            psnr.add(Curves.Series.level("degraded input", 0, Math.max(1, steps[steps.length - 1]), psnrInput));
        }
        return new Curves.Panel("Restoration", "steps", "PSNR in dB", false, psnr);
    }
}

package io.github.bitlift.cli;

import io.github.bitlift.io.Psnr;
import io.github.bitlift.lifting.Objective;
import io.github.bitlift.solver.LagrangianPenalties;
import io.github.bitlift.solver.Pairs;
import io.github.bitlift.solver.Residuals;
import io.github.bitlift.solver.Trainer;
import java.util.ArrayList;
import java.util.List;

/**
 * One row of {@code metrics.csv}.
 *
 * @param step complete steps
 * @param objective the training objective
 * @param mseTrain mean squared error of the network on the training pairs
 * @param psnrTrain in dB
 * @param psnrValidation in dB, NaN without validation pairs
 * @param classes what is measured in place of PSNRs where targets are classes; else null
 * @param residuals how stationary the objective is
 * @param mu the penalties' weights where they grow, else null
 */
record MetricsRow(
        long step,
        Objective objective,
        double mseTrain,
        double psnrTrain,
        double psnrValidation,
        ClassMetrics classes,
        Residuals residuals,
        float[] mu) {

    /** Evaluates everything after the steps taken so far. */
    static MetricsRow of(Problem problem) {
        TrainingData data = problem.data();
        float[] outputs = outputs(problem, data.train());
        float[] held = data.validation() == null ? null : outputs(problem, data.validation());
        double mse = Psnr.mse(outputs, data.train().targets());
        double validation = held == null ? Double.NaN : Psnr.of(Psnr.mse(held, data.validation().targets()));
        return new MetricsRow(
                problem.trainer().steps(), problem.trainer().objective(), mse, Psnr.of(mse), validation,
                ClassMetrics.of(problem, outputs, held), problem.trainer().residuals(), mu(problem.trainer()));
    }

    private static float[] mu(Trainer trainer) {
        return trainer instanceof LagrangianPenalties growing ? growing.mu() : null;
    }

    private static float[] outputs(Problem problem, Pairs pairs) {
        return problem.forward().apply(pairs.inputs(), pairs.count());
    }

    /** Whether training can't go on from here. */
    boolean hasDiverged() {
        return Double.isNaN(objective.total()) || !Double.isFinite(mseTrain);
    }

    /** The names of the columns. */
    static List<String> columns(RunConfig config) {
        boolean classes = config.classifies();
        List<String> columns = new ArrayList<>(List.of("step", "objective", "data"));
        columns.addAll(config.perLayer("penalty"));
        columns.add("mse_train");
        columns.addAll(classes ? List.of("accuracy_train", "accuracy_val") : List.of("psnr_train", "psnr_val"));
        columns.addAll(config.perLayer("nonzero"));
        if (classes) {
            columns.addAll(config.perLayer("linear"));
        }
        columns.addAll(List.of("residual_theta", "residual_z"));
        if (config.admmPenalty() != null) {
            columns.addAll(List.of("admm_primal", "admm_dual"));
        }
        if (config.muRate() != null) {
            columns.addAll(config.perLayer("mu"));
        }
        columns.add("steps_per_s");
        return columns;
    }

    /** The cells, with the rate in steps per second since the last row. */
    Object[] cells(RunConfig config, double rate) {
        List<Object> cells = new ArrayList<>(List.of(step, objective.total(), objective.data()));
        add(cells, objective.layers());
        cells.add(mseTrain);
        cells.addAll(classes == null ? List.of(psnrTrain, psnrValidation)
                : List.of(classes.train().accuracy(), classes.accuracyValidation()));
        add(cells, objective.nonzero());
        if (classes != null) {
            add(cells, classes.linear());
        }
        cells.addAll(List.of(residuals.theta(), residuals.z()));
        if (config.admmPenalty() != null) {
            cells.addAll(List.of(Residuals.norm(residuals.primal()), Residuals.norm(residuals.dual())));
        }
        if (mu != null) {
            for (float weight : mu) {
                cells.add((double) weight);
            }
        }
        cells.add(rate);
        return cells.toArray();
    }

    private static void add(List<Object> cells, double[] values) {
        for (double value : values) {
            cells.add(value);
        }
    }
}

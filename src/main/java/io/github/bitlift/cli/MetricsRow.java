package io.github.bitlift.cli;

import io.github.bitlift.io.Psnr;
import io.github.bitlift.lifting.Objective;
import io.github.bitlift.network.ForwardPass;
import io.github.bitlift.solver.Pairs;
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
 */
record MetricsRow(long step, Objective objective, double mseTrain, double psnrTrain, double psnrValidation) {

    /** Evaluates everything after the steps taken so far. */
    static MetricsRow of(Problem problem) {
        TrainingData data = problem.data();
        double mse = mse(problem.forward(), data.train());
        double validation =
                data.validation() == null ? Double.NaN : Psnr.of(mse(problem.forward(), data.validation()));
        return new MetricsRow(
                problem.trainer().steps(), problem.trainer().objective(), mse, Psnr.of(mse), validation);
    }

    private static double mse(ForwardPass forward, Pairs pairs) {
        return Psnr.mse(forward.apply(pairs.inputs(), pairs.count()), pairs.targets());
    }

    /** Whether training can't go on from here. */
    boolean hasDiverged() {
        return Double.isNaN(objective.total()) || !Double.isFinite(mseTrain);
    }

    /** The names of the columns. */
    static List<String> columns(RunConfig config) {
        List<String> columns = new ArrayList<>(List.of("step", "objective", "data"));
        columns.addAll(config.perLayer("penalty"));
        columns.addAll(List.of("mse_train", "psnr_train", "psnr_val"));
        columns.addAll(config.perLayer("nonzero"));
        columns.add("steps_per_s");
        return columns;
    }

    /** The cells, with the rate in steps per second since the last row. */
    Object[] cells(double rate) {
        List<Object> cells = new ArrayList<>(List.of(step, objective.total(), objective.data()));
        for (double penalty : objective.layers()) {
            cells.add(penalty);
        }
        cells.addAll(List.of(mseTrain, psnrTrain, psnrValidation));
        for (double nonzero : objective.nonzero()) {
            cells.add(nonzero);
        }
        cells.add(rate);
        return cells.toArray();
    }
}

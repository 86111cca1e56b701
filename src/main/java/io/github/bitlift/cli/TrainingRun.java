package io.github.bitlift.cli;

import io.github.bitlift.io.Csv;
import io.github.bitlift.solver.Stopping;
import io.github.bitlift.solver.StoppingRule;
import java.util.List;
import java.util.function.LongConsumer;

/** The loop: steps, rows of metrics, checkpoints. */
final class TrainingRun {
    private final Problem problem;
    private final RunFolder folder;
    private final RunSettings settings;
    private final String fingerprint;
    private final Progress progress;
    private final Stopping stopping;
    private final LongConsumer afterStep;
    private StoppingRule.Reason stopped;
    private long stepping;
    private long steppingAtRow;
    private long stepAtRow;
    private long checkpointed;
    private long checkpointTook;

    /**
     * Prepares.
     *
     * @param problem where the run stands
     * @param fingerprint what its checkpoints carry
     * @param stopping decides when it ends earlier
     * @param afterStep called after each step and its checkpoint
     */
    TrainingRun(
            Problem problem,
            RunFolder folder,
            RunSettings settings,
            String fingerprint,
            Progress progress,
            Stopping stopping,
            LongConsumer afterStep) {
        this.problem = problem;
        this.folder = folder;
        this.settings = settings;
        this.fingerprint = fingerprint;
        this.progress = progress;
        this.stopping = stopping;
        this.afterStep = afterStep;
    }

    /**
     * Takes the remaining steps and writes the last checkpoint.
     *
     * @return what the network is like in the end
     * @throws DivergedException if numbers stopped being finite
     */
    MetricsRow run() {
        try (Csv csv = table()) {
            stepAtRow = problem.trainer().steps();
            checkpointed = System.nanoTime();
            MetricsRow row = begin(csv);
            stopped = stopping.standing(problem.trainer());
            stopped = stopped == null && problem.trainer().steps() > 0 ? atLoss(row) : stopped;
            while (stopped == null && problem.trainer().steps() < settings.steps()) {
                long t = step();
                stopped = stop();
                if (settings.isLogged(t) || stopped != null || isLossDue(t)) {
                    row = log(csv);
                }
                stopped = stopped == null ? atLoss(row) : stopped;
                if (stopped == null && t < settings.steps() && isCheckpointDue()) {
                    checkpoint();
                }
                afterStep.accept(t);
                progress.step(t);
            }
            checkpoint();
            stopped = stopped == null ? StoppingRule.Reason.COUNT : stopped;
            return row;
        } catch (OutOfMemoryError problem) {
            throw Failures.outOfMemory(problem);
        }
    }

    private Csv table() {
        List<String> columns = MetricsRow.columns(problem.config());
        return Csv.resume(folder.metrics(), columns, problem.trainer().steps());
    }

    /** The row where the run stands, unless it was written before the run was interrupted. */
    private MetricsRow begin(Csv csv) {
        MetricsRow row = require(MetricsRow.of(problem));
        List<double[]> rows = MetricsTable.read(folder.metrics()).rows();
        boolean present = !rows.isEmpty() && rows.get(rows.size() - 1)[0] == row.step();
        if (!present && settings.isLogged(row.step())) {
            csv.append(row.cells(problem.config(), 0));
        }
        progress.row(row);
        return row;
    }

    private long step() {
        long start = System.nanoTime();
        try {
            problem.trainer().step();
        } catch (IllegalArgumentException notFinite) {
            throw hasFiniteParameters() ? notFinite : new DivergedException(problem.trainer().steps() + 1);
        }
        stepping += System.nanoTime() - start;
        return problem.trainer().steps();
    }

    private StoppingRule.Reason stop() {
        if (!stopping.checks()) {
            return null;
        }
        finishSteps();
        return stopping.after(problem.trainer());
    }

    /** Whether an epoch has ended whose loss may end the run. */
    private boolean isLossDue(long step) {
        return settings.stopLoss() != null && step % problem.config().stepsPerEpoch() == 0;
    }

    /** Whether the error after the epoch that has just ended is small enough; null if not. */
    private StoppingRule.Reason atLoss(MetricsRow row) {
        long step = problem.trainer().steps();
        return isLossDue(step) && row.step() == step && row.mseTrain() <= settings.stopLoss()
                ? StoppingRule.Reason.LOSS : null;
    }

    /** What ended the run; null until then. */
    StoppingRule.Reason stopped() {
        return stopped;
    }

    /** Waits for the steps enqueued on a device; the wait belongs to them. */
    private void finishSteps() {
        long start = System.nanoTime();
        problem.backend().synchronise();
        stepping += System.nanoTime() - start;
    }

    private boolean hasFiniteParameters() {
        for (float value : problem.parameters().toArray()) {
            if (!Float.isFinite(value)) {
                return false;
            }
        }
        return true;
    }

    private MetricsRow log(Csv csv) {
        finishSteps();
        MetricsRow row = MetricsRow.of(problem);
        csv.append(row.cells(problem.config(), (row.step() - stepAtRow) / ((stepping - steppingAtRow) * 1e-9)));
        stepAtRow = row.step();
        steppingAtRow = stepping;
        progress.row(row);
        return require(row);
    }

    private static MetricsRow require(MetricsRow row) {
        if (row.hasDiverged()) {
            throw new DivergedException(row.step());
        }
        return row;
    }

    private boolean isCheckpointDue() {
        return System.nanoTime() - checkpointed >= settings.checkpointNanos(checkpointTook);
    }

    private void checkpoint() {
        finishSteps();
        long start = System.nanoTime();
        Checkpoints.write(folder.checkpoint(), problem, stopping, fingerprint);
        checkpointed = System.nanoTime();
        checkpointTook = checkpointed - start;
    }

    /** Seconds spent in steps so far, evaluation and files left out. */
    double seconds() {
        return stepping * 1e-9;
    }
}

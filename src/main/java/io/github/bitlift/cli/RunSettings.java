package io.github.bitlift.cli;

import io.github.bitlift.io.InputException;
import io.github.bitlift.solver.StoppingRule;

/**
 * How long a run goes on; nothing here changes the bits of a step.
 *
 * @param steps complete steps at its end
 * @param logEvery steps between rows of metrics
 * @param checkpointSeconds between checkpoints; null for 20, and more where writing one takes long
 * @param pictures whether it ends with curves and samples
 * @param stop when it ends earlier
 * @param stopLoss the mean squared error on the training images at which it ends, too; null for none
 */
record RunSettings(long steps, long logEvery, Integer checkpointSeconds, boolean pictures, StoppingRule stop, Double stopLoss) {
    private static final int EPOCHS = 2;
    private static final int FULL_STEPS = 200;
    private static final int ROWS = 50;
    private static final long USUAL = 20;
    /** Checkpoints take at most one part in so many of the time. */
    private static final long SHARE = 20;

    /** Of a run that takes all its steps. */
    RunSettings(long steps, long logEvery, Integer checkpointSeconds, boolean pictures) {
        this(steps, logEvery, checkpointSeconds, pictures, StoppingRule.NONE, null);
    }

    /** From the options of a new run. */
    static RunSettings of(RunOptions options, RunConfig config) {
        long perEpoch = config.stepsPerEpoch();
        long usual = config.batch() == null ? FULL_STEPS : EPOCHS * perEpoch;
        long steps = options.steps != null ? options.steps : options.epochs != null ? stepsOf(options.epochs, perEpoch) : usual;
        return new RunSettings(
                steps, options.logEvery == null ? logEvery(steps, config) : options.logEvery, options.checkpointEvery,
                !options.noPictures, stop(options, StoppingRule.NONE), options.stopLoss);
    }

    /** From the options of a resumed run, for what they don't say from the run itself. */
    static RunSettings resumed(RunOptions options, RunFile run) {
        long steps = options.steps != null ? options.steps
                : options.epochs != null ? stepsOf(options.epochs, run.options().stepsPerEpoch()) : run.steps();
        return new RunSettings(
                steps, options.logEvery == null ? run.logEvery() : options.logEvery, options.checkpointEvery,
                !options.noPictures, stop(options, run.stop() == null ? StoppingRule.NONE : run.stop()),
                options.stopLoss == null ? run.stopLoss() : options.stopLoss);
    }

    /** What the options say, and for what they don't say another rule. */
    private static StoppingRule stop(RunOptions options, StoppingRule otherwise) {
        Double stationarity = options.stopStationarity == null ? otherwise.stationarity() : options.stopStationarity;
        Double stall = options.stopStall == null ? otherwise.stall() : options.stopStall;
        if (options.stopPatience != null && stall == null) {
            throw new InputException("--stop-patience " + options.stopPatience + ": expected with --stop-stall");
        }
        if (options.stopEvery != null && stall == null && stationarity == null) {
            throw new InputException("--stop-every " + options.stopEvery
                    + ": expected with --stop-stationarity or --stop-stall");
        }
        return new StoppingRule(
                stationarity,
                stall,
                options.stopPatience == null ? otherwise.patience() : options.stopPatience,
                options.stopEvery == null ? otherwise.every() : options.stopEvery);
    }

    private static long stepsOf(long epochs, long perEpoch) {
        if (epochs > Long.MAX_VALUE / perEpoch) {
            throw new InputException("--epochs " + epochs + ": expected at most " + Long.MAX_VALUE / perEpoch);
        }
        return epochs * perEpoch;
    }

    /** An autoencoder trained on batches is looked at after every epoch. */
    private static long logEvery(long steps, RunConfig config) {
        boolean byEpoch = config.batch() != null && config.task().equals(Task.AUTOENCODE.title());
        return byEpoch ? config.stepsPerEpoch() : Math.max(1, steps / ROWS);
    }

    /** Refuses bad values. */
    static void check(RunOptions options) {
        if (options.steps != null && options.epochs != null) {
            throw new InputException("--steps and --epochs: expected one of them");
        }
        options.memoryLimit();
        atLeast("--steps", options.steps, 0);
        atLeast("--epochs", options.epochs, 0);
        atLeast("--log-every", options.logEvery, 1);
        if (options.stopStationarity != null) {
            Values.positive("--stop-stationarity", options.stopStationarity);
        }
        if (options.stopLoss != null) {
            Values.positive("--stop-loss", options.stopLoss);
        }
        if (options.stopStall != null) {
            Values.fraction("--stop-stall", options.stopStall);
        }
        atLeast("--stop-patience", options.stopPatience == null ? null : options.stopPatience.longValue(), 1);
        atLeast("--stop-every", options.stopEvery == null ? null : options.stopEvery.longValue(), 1);
        atLeast("--checkpoint-every", options.checkpointEvery == null ? null : options.checkpointEvery.longValue(), 0);
    }

    private static void atLeast(String option, Long value, long least) {
        if (value != null) {
            Values.atLeast(option, value, least);
        }
    }

    /** Whether a row of metrics belongs after this step. */
    boolean isLogged(long step) {
        return step % logEvery == 0 || step == steps;
    }

    /** Nanoseconds from one checkpoint to the next, given what the last one took. */
    long checkpointNanos(long lastTook) {
        return checkpointSeconds != null ? checkpointSeconds * 1_000_000_000L
                : Math.max(USUAL * 1_000_000_000L, SHARE * lastTook);
    }
}

package io.github.bitlift.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.bitlift.backend.MemoryLimitException;
import io.github.bitlift.io.ConfusionPicture;
import io.github.bitlift.io.Csv;
import io.github.bitlift.io.InputException;
import io.github.bitlift.io.Safetensors;
import io.github.bitlift.io.SampleSheet;
import io.github.bitlift.solver.Samples;
import io.github.bitlift.solver.Stopping;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * One run from its configuration to its files.
 *
 * @param config what defines the bits
 * @param data what it trains on
 * @param memory what it takes; null where nobody asked
 * @param settings how long it goes on
 * @param folder where its files go
 * @param console how it talks
 */
record TrainingSession(
        RunConfig config, TrainingData data, MemoryPlan memory, RunSettings settings, RunFolder folder,
        Console console) {

    /** Refuses a rule that compares objectives where every growth of mu makes another one. */
    TrainingSession {
        if (config.muRate() != null && settings.stop().stall() != null) {
            throw new InputException("--stop-stall " + settings.stop().stall() + ": not defined with --mu-rate, which changes"
                    + " the objective; expected --stop-stationarity");
        }
    }

    /**
     * Whom a run talks to.
     *
     * @param title for the progress bar
     * @param remarks for plain lines of progress
     * @param quiet whether nobody listens
     * @param afterStep called after each step
     */
    record Console(String title, PrintWriter remarks, boolean quiet, LongConsumer afterStep) {}

    /**
     * What a run leaves in memory.
     *
     * @param report as {@link RunReport} makes it
     * @param row the last row of metrics
     * @param table all rows
     * @param samples restorations of the pictures on the sheet, null if there is none
     * @param trainingSamples restorations of as many training pictures, null if there is no sheet
     */
    record Outcome(
            ObjectNode report, MetricsRow row, MetricsTable table, float[] samples, float[] trainingSamples) {}

    /** Starts anew; if the disk refuses before the first step, nothing is left behind. */
    Outcome start(Backends backends, Safetensors init) {
        Stopping stopping = new Stopping(settings.stop());
        try (Problem problem = problem(backends, init)) {
            long stated = state(backends);
            RunFile run = RunFile.of(problem, data.sha256(), settings);
            folder.prepare();
            try {
                run.write(folder.run());
                Checkpoints.write(folder.checkpoint(), problem, stopping, run.fingerprint());
            } catch (RuntimeException problemOfDisk) {
                folder.abandon();
                throw problemOfDisk;
            }
            return run(problem, stopping, run, backends, stated);
        }
    }

    /** Continues where a run was interrupted; nothing is changed unless all of it is sound. */
    Outcome resume(Backends backends, RunFile run) {
        boolean saved = Files.exists(folder.checkpoint());
        Safetensors init = saved || config.init() == null ? null : Safetensors.read(Path.of(config.init()));
        if (init != null) {
            ModelFile.require(init.requireFinite(), config.widths());
        }
        if (!data.sha256().equals(run.data())) {
            throw InputException.in(folder.run(), "the data have changed since the run was started",
                    "the same images or pairs (SHA-256 " + run.data() + ")");
        }
        Stopping stopping = new Stopping(settings.stop());
        try (Problem problem = problem(backends, init)) {
            long stated = state(backends);
            if (saved) {
                Checkpoints.restore(folder.checkpoint(), problem, stopping, run.fingerprint());
            } else if (!problem.parameters().digest().equals(run.start())) {
                throw InputException.in(folder.run(), "the initial weights have changed since the run was started",
                        "digest " + run.start());
            }
            long done = problem.trainer().steps();
            if (settings.steps() < done) {
                throw new InputException("--steps " + settings.steps() + ": the run in " + folder.path() + " is at step "
                        + done + " already; expected at least " + done);
            }
            console.remarks().println("resuming " + folder.path() + " after step " + done);
            Csv.resume(folder.metrics(), MetricsRow.columns(config), done).close();
            run.with(settings).write(folder.run());
            return run(problem, stopping, run, backends, stated);
        }
    }

    private Problem problem(Backends backends, Safetensors init) {
        try {
            return new Problem(config, data, backends.backend(), init);
        } catch (MemoryLimitException problem) {
            throw memory == null ? problem : memory.refused(problem);
        }
    }

    /** Says what the run will take, all of its memory on the backend being allocated; no more will be. */
    private long state(Backends backends) {
        if (memory == null) {
            return 0;
        }
        console.remarks().println(memory.text(backends.backend()));
        return memory.stated(backends.backend());
    }

    private Outcome run(Problem problem, Stopping stopping, RunFile run, Backends backends, long stated) {
        long from = problem.trainer().steps();
        TrainingRun loop;
        MetricsRow row;
        try (Progress progress =
                Progress.of(console.title, from, settings.steps(), console.remarks, console.quiet)) {
            loop = new TrainingRun(
                    problem, folder, settings, run.fingerprint(), progress, stopping, console.afterStep);
            row = loop.run();
        } catch (DivergedException diverged) {
            Json.write(folder.report(), RunReport.diverged(problem, diverged));
            throw diverged;
        }
        ModelFile.write(folder.model(), problem.parameters(), data.centring());
        Json.write(folder.manifest(), RunReport.manifest(problem, row, run));
        MetricsTable table = MetricsTable.read(folder.metrics());
        float[] samples = null;
        float[] trainingSamples = null;
        if (settings.pictures()) {
            RunCurves.write(folder.curves(), table, RunReport.psnrInput(data));
            if (data.hasPictures()) {
                samples = restored(problem, data.shown());
                trainingSamples = restored(problem, data.train());
                SampleSheet.write(
                        folder.samples(), title(), data.pictures(data.shown()),
                        List.of(new SampleSheet.Restoration(config.method(), samples)));
            }
            if (row.classes() != null) {
                ConfusionPicture.write(folder.confusion(), title(), row.classes().judging().counts());
            }
        }
        ObjectNode report = RunReport.of(problem, backends, row, from, loop, folder);
        if (memory != null) {
            report.set("memory", memory.report(stated, backends.backend()));
        }
        Json.write(folder.report(), report);
        return new Outcome(report, row, table, samples, trainingSamples);
    }

    /** What the network makes of the first few pictures of a set. */
    private static float[] restored(Problem problem, Samples samples) {
        return problem.forward().apply(
                TrainingData.firstInputs(samples), Math.min(SampleSheet.MOST, samples.count()));
    }

    private String title() {
        return config.task() + ": " + (data.validation() == null ? "training" : "validation") + " pictures, "
                + config.activation() + (config.lambda() == null ? "" : ", lambda " + config.lambda());
    }
}

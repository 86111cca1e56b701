package io.github.bitlift.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.bitlift.io.InputException;
import io.github.bitlift.io.Safetensors;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code bitlift train}. */
@Command(
        name = "train",
        header = "Trains a network, by lifting or by back-propagation.",
        sortOptions = false,
        customSynopsis = "bitlift train [--task NAME] [--out DIR] [options]",
        description = {
            "In --out it leaves model.safetensors and manifest.json, metrics.csv, curves.png, samples.png",
            "(confusion.png for classify), report.json, and what --resume needs."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  bitlift train --task denoise --batch 100 --epochs 3",
            "  bitlift train --task denoise --images 300 --lambda 0.02 --mu 0.005 --lr 0.0008 --steps 200",
            "  bitlift train --task denoise --strategy mac-qp --batch 100 --epochs 3 --activation relu",
            "  bitlift train --task inpaint --strategy backprop --batch 100 --epochs 3 --out out/baseline",
            "  bitlift train --task autoencode --architecture convolutional-autoencoder --strategy backprop \\",
            "    --batch 50 --lr 0.001 --epochs 20 --stop-loss 0.0083",
            "  bitlift train --task classify --data mnist --epochs 15",
            "  bitlift train --task classify --data mnist --batch 100 --memory-limit 64m",
            "  bitlift train --task pairs --inputs X.npy --targets Y.npy --widths 64,128,10 --activation relu",
            "  bitlift train --resume --out out/denoise-bregman",
            "",
            "An interrupted run, even a killed one, ends with the same bits when resumed. The digest printed",
            "at the end is that of the weights: equal digests are equal bits."
        })
final class TrainCommand implements Callable<Integer> {
    @Mixin
    private TrainOptions options;

    @Mixin
    private BackendOptions backend;

    @Mixin
    private OutputOptions output;

    @Mixin
    private HelpOptions help;

    @ParentCommand
    private Main main;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        output.check();
        Backends.check(backend);
        RunSettings.check(options.run);
        if (!options.run.noPictures) {
            Graphics.require("train", "use the full build, or --no-pictures");
        }
        if (options.run.resume && options.run.overwrite) {
            throw new InputException("--resume and --overwrite: expected one of them");
        }
        Map<String, Object> given = TrainOptions.given(spec.commandLine().getParseResult());
        TrainingSession.Outcome outcome = options.run.resume ? resume(given) : start(given);
        report(outcome);
        return ExitCode.DONE;
    }

    private TrainingSession.Outcome start(Map<String, Object> given) {
        ConfigResolver resolver = new ConfigResolver(options);
        DataSource source = resolver.source();
        RunFolder folder = folder(source.task().title());
        if (!options.run.resume) {
            folder.requireFree(options.run.overwrite);
        }
        Safetensors init = options.network.init == null ? null : Safetensors.read(options.network.init).requireFinite();
        PrintWriter remarks = output.remarks(spec);
        try (TrainingData data = TrainingData.open(source)) {
            RunConfig config = resolver.resolve(source, data, init);
            if (init != null) {
                ModelFile.require(init, config.widths());
            }
            MemoryPlan memory = MemoryPlan.of(config, data, init, options.run.memoryLimit());
            try (Backends backends = Backends.open(backend, remarks)) {
                remark(Unused.names(given, config), remarks);
                RunSettings settings = RunSettings.of(options.run, config);
                return session(config, memory.place(data, backends.backend()), memory, settings, folder, remarks)
                        .start(backends, init);
            }
        }
    }

    private TrainingSession.Outcome resume(Map<String, Object> given) {
        String task = options.data.task != null ? options.data.task : options.data.inputs != null ? "pairs" : "denoise";
        RunFolder folder = folder(task);
        if (!folder.hasRun()) {
            folder.requireUnstarted(given.containsKey("task") || given.containsKey("inputs"));
            output.remarks(spec).println("nothing to resume in " + folder.path() + ": starting from the beginning");
            return start(given);
        }
        RunFile run = RunFile.read(folder.run());
        run.requireConsistent(given, folder.path());
        PrintWriter remarks = output.remarks(spec);
        try (TrainingData data = TrainingData.open(run.options().source())) {
            MemoryPlan memory = MemoryPlan.of(run.options(), data, null, options.run.memoryLimit());
            try (Backends backends = Backends.open(backend, remarks)) {
                remark(Unused.names(given, run.options()), remarks);
                RunSettings settings = RunSettings.resumed(options.run, run);
                return session(
                        run.options(), memory.place(data, backends.backend()), memory, settings, folder, remarks)
                        .resume(backends, run);
            }
        }
    }

    private static void remark(List<String> unused, PrintWriter remarks) {
        if (!unused.isEmpty()) {
            remarks.println("not used by this method: " + String.join(", ", unused));
        }
    }

    private RunFolder folder(String task) {
        String strategy = options.strategy.strategy == null ? "bregman" : options.strategy.strategy;
        return new RunFolder(options.run.out != null ? options.run.out : Path.of("out", task + "-" + strategy));
    }

    private TrainingSession session(
            RunConfig config, TrainingData data, MemoryPlan memory, RunSettings settings, RunFolder folder,
            PrintWriter remarks) {
        remarks.println(config.method() + ": " + config.architecture() + " of widths " + config.widths() + ", " + config.activation() + ", "
                + settings.steps() + " steps; " + data.description());
        return new TrainingSession(
                config, data, memory, settings, folder,
                new TrainingSession.Console(config.task(), remarks, output.quiet, main.afterStep()));
    }

    private void report(TrainingSession.Outcome outcome) {
        ObjectNode report = outcome.report();
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                Locale.ROOT, "steps       %d in %.1f s (%s, %s)%n", report.get("steps").asLong(),
                report.get("seconds").asDouble(), report.get("backend").asText(),
                report.get("device").isNull() ? report.get("threads").asInt() + " threads"
                        : "device " + report.get("device").asText());
        out.println("stopped by  " + report.get("stopped").asText());
        out.printf(Locale.ROOT, "objective   %.6g%n", report.get("objective").asDouble());
        out.println("residuals   " + Progress.residuals(outcome.row().residuals()));
        quality(out, report);
        out.println("digest      " + report.get("digest").asText());
        out.println("written to  " + report.get("out").asText());
        if (output.json != null) {
            Json.write(output.json, report);
        }
    }

    private static void quality(PrintWriter out, ObjectNode report) {
        if (report.has("accuracy_train")) {
            out.println("accuracy    training " + percent(report.get("accuracy_train")) + ", validation "
                    + percent(report.get("accuracy_val")));
            List<String> linear = new ArrayList<>();
            report.get("linear_units").forEach(share -> linear.add(percent(share)));
            out.println("linear      " + String.join(", ", linear) + " of the hidden layers' units act linearly");
        } else {
            out.printf(Locale.ROOT, "MSE         training %.4g%n", report.get("mse_train").asDouble());
            out.println("PSNR        training " + decibel(report.get("psnr_train")) + ", validation "
                    + decibel(report.get("psnr_val")) + ", degraded input " + decibel(report.get("psnr_input")));
        }
    }

    private static String percent(JsonNode share) {
        return ClassMetrics.percent(share.isNull() ? Double.NaN : share.asDouble());
    }

    private static String decibel(JsonNode value) {
        return value.isNull() ? "none" : String.format(Locale.ROOT, "%.2f dB", value.asDouble());
    }
}

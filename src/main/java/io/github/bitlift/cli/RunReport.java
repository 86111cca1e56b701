package io.github.bitlift.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.bitlift.io.Psnr;
import io.github.bitlift.solver.Residuals;
import io.github.bitlift.solver.Samples;
import java.util.Locale;

/** The documented report of a training run and the manifest of its model. */
final class RunReport {
    private RunReport() {}

    /**
     * The report that {@code --json} and {@code report.json} hold.
     *
     * <p>{@code seconds} counts the steps of this process alone, without evaluation and files; {@code psnr_input} is
     * that of the validation inputs (of the training inputs where there is no validation). PSNRs that don't exist are
     * null. {@code stopped} is {@code count}, {@code stationarity}, {@code stall}, {@code loss} or {@code divergence}; {@code residuals}
     * holds {@link Residuals} per layer. Where targets are classes there are accuracies (shares) in their place, {@code linear_units} per hidden layer,
     * and {@code confusion} [true class][predicted class] on the validation images, else on the training images. {@code device} is what CUDA ran on, {@code emulated} if that was the processor; null for other backends.
     */
    static ObjectNode of(
            Problem problem, Backends backends, MetricsRow row, long resumedFrom, TrainingRun loop, RunFolder folder) {
        TrainingData data = problem.data();
        ObjectNode report = Json.object();
        report.put("command", "train").put("version", Version.text());
        report.put("digest", problem.parameters().digest());
        backends.describe(report);
        report.put("steps", row.step()).put("resumed_from", resumedFrom).put("seconds", loop.seconds());
        report.put("stopped", loop.stopped().name().toLowerCase(Locale.ROOT));
        report.set("objective", Json.number(row.objective().total()));
        report.set("data_term", Json.number(row.objective().data()));
        report.set("penalties", Json.numbers(row.objective().layers()));
        report.set("nonzero", Json.numbers(row.objective().nonzero()));
        report.set("residuals", residuals(row.residuals()));
        if (row.mu() != null) {
            report.set("mu", Json.MAPPER.valueToTree(row.mu()));
        }
        report.set("mse_train", Json.number(row.mseTrain()));
        quality(report, row, data);
        if (row.classes() == null) {
            report.set("psnr_input_train", Json.number(psnrOfInputs(data, data.train())));
        } else {
            report.set("linear_units", Json.numbers(row.classes().linear()));
            report.set("confusion", Json.MAPPER.valueToTree(row.classes().judging().counts()));
        }
        report.put("data", data.description()).put("out", folder.path().toString());
        report.set("options", problem.config().tree());
        return report;
    }

    private static ObjectNode residuals(Residuals residuals) {
        ObjectNode node = Json.object();
        node.set("theta", Json.numbers(residuals.parameters()));
        node.set("z", Json.numbers(residuals.auxiliaries()));
        if (residuals.primal().length > 0) {
            node.set("admm_primal", Json.numbers(residuals.primal()));
            node.set("admm_dual", Json.numbers(residuals.dual()));
        }
        return node;
    }

    /** What is left to say of a run that diverged: there is no model. */
    static ObjectNode diverged(Problem problem, DivergedException diverged) {
        ObjectNode report = Json.object();
        report.put("command", "train").put("version", Version.text());
        report.put("stopped", "divergence").put("steps", diverged.step()).put("problem", diverged.getMessage());
        report.set("options", problem.config().tree());
        return report;
    }

    private static void quality(ObjectNode node, MetricsRow row, TrainingData data) {
        if (row.classes() == null) {
            node.set("psnr_train", Json.number(row.psnrTrain()));
            node.set("psnr_val", Json.number(row.psnrValidation()));
            node.set("psnr_input", Json.number(psnrInput(data)));
        } else {
            node.put("accuracy_train", row.classes().train().accuracy());
            node.set("accuracy_val", Json.number(row.classes().accuracyValidation()));
        }
    }

    /** The PSNR of the inputs of the set that judges: validation, else training. */
    static Double psnrInput(TrainingData data) {
        return psnrOfInputs(data, data.shown());
    }

    /** Null where inputs and targets can't be compared. */
    private static Double psnrOfInputs(TrainingData data, Samples samples) {
        return samples.inputWidth() != samples.targetWidth() ? null
                : Double.valueOf(Psnr.of(Evaluation.mseOfInputs(samples, data.atOnce())));
    }

    /** What is needed to apply a model and to know where it comes from. */
    static ObjectNode manifest(Problem problem, MetricsRow row, RunFile run) {
        RunConfig config = problem.config();
        ObjectNode manifest = Json.object();
        manifest.put("format", "bitlift-model-1").put("version", Version.text());
        manifest.put("digest", problem.parameters().digest()).put("parameters", problem.parameters().count());
        manifest.put("architecture", config.architecture());
        manifest.set("widths", Json.MAPPER.valueToTree(config.widths()));
        manifest.put("activation", config.activation());
        manifest.set("activation_parameters", Json.MAPPER.valueToTree(Activations.values(config)));
        manifest.put("task", config.task()).put("seed", config.seed()).put("steps", row.step());
        manifest.put("image_rows", problem.data().rows()).put("image_columns", problem.data().columns());
        manifest.put("data", problem.data().description()).put("data_sha256", run.data());
        quality(manifest, row, problem.data());
        manifest.set("options", config.tree());
        return manifest;
    }
}

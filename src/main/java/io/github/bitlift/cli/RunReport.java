package io.github.bitlift.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** The documented report of a training run and the manifest of its model. */
final class RunReport {
    private RunReport() {}

    /**
     * The report that {@code --json} and {@code report.json} hold.
     *
     * <p>{@code seconds} counts the steps of this process alone, without evaluation and files; {@code psnr_input} is
     * that of the validation inputs (of the training inputs where there is no validation). PSNRs that don't exist are
     * null. {@code device} is what CUDA ran on, {@code emulated} if that was the processor; null for other backends.
     */
    static ObjectNode of(
            Problem problem, Backends backends, MetricsRow row, long resumedFrom, double seconds, RunFolder folder) {
        TrainingData data = problem.data();
        ObjectNode report = Json.object();
        report.put("command", "train").put("version", Version.text());
        report.put("digest", problem.parameters().digest());
        backends.describe(report);
        report.put("steps", row.step()).put("resumed_from", resumedFrom).put("seconds", seconds);
        report.set("objective", Json.number(row.objective().total()));
        report.set("data_term", Json.number(row.objective().data()));
        report.set("penalties", Json.numbers(row.objective().layers()));
        report.set("nonzero", Json.numbers(row.objective().nonzero()));
        report.set("mse_train", Json.number(row.mseTrain()));
        report.set("psnr_train", Json.number(row.psnrTrain()));
        report.set("psnr_val", Json.number(row.psnrValidation()));
        report.set("psnr_input", Json.number(psnrInput(data)));
        report.set("psnr_input_train", Json.number(Psnr.ofInputs(data.train())));
        report.put("data", data.description()).put("out", folder.path().toString());
        report.set("options", problem.config().tree());
        return report;
    }

    /** The PSNR of the inputs of the set that judges: validation, else training. */
    static Double psnrInput(TrainingData data) {
        return Psnr.ofInputs(data.validation() == null ? data.train() : data.validation());
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
        manifest.set("psnr_train", Json.number(row.psnrTrain()));
        manifest.set("psnr_val", Json.number(row.psnrValidation()));
        manifest.set("psnr_input", Json.number(psnrInput(problem.data())));
        manifest.set("options", config.tree());
        return manifest;
    }
}

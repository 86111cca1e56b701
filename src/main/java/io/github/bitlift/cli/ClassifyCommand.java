package io.github.bitlift.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.bitlift.data.Confusion;
import io.github.bitlift.data.Idx;
import io.github.bitlift.io.ConfusionPicture;
import io.github.bitlift.io.InputException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bitlift classify}. */
@Command(
        name = "classify",
        header = "Tells which class images belong to, by a model of train --task classify.",
        sortOptions = false,
        description = {
            "Takes PNG or JPEG pictures, light on dark as in MNIST, which are made grey, and IDX files of images.",
            "Prints each image's class and score: the network's output for that class, about 1 where it is sure.",
            "With --labels also the accuracy and the confusion matrix."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  bitlift classify out/classify-bregman/model.safetensors digit.png",
            "  bitlift classify out/classify-bregman/model.safetensors t10k-images-idx3-ubyte \\",
            "      --labels t10k-labels-idx1-ubyte --summary"
        })
final class ClassifyCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "MODEL",
            description = "model.safetensors, with its manifest.json beside it.")
    private Path modelPath;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "FILE", description = "Pictures, or IDX files of images.")
    private List<Path> files;

    @Option(names = "--labels", paramLabel = "FILE", order = 1,
            description = "IDX file with the true class of every image, in the order of the files.")
    private Path labelPath;

    @Option(names = "--summary", order = 2, description = "With --labels: leave out the line per image.")
    private boolean summary;

    @Option(names = "--confusion", paramLabel = "PNG", order = 3,
            description = "With --labels: also write the confusion matrix as a picture.")
    private Path picture;

    @Option(names = "--resize", order = 4, description = "Bring pictures of another size to the model's.")
    private boolean resize;

    @Mixin
    private BackendOptions backend;

    @Mixin
    private OutputOptions output;

    @Mixin
    private HelpOptions help;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        output.check();
        Backends.check(backend);
        if (labelPath == null && (summary || picture != null)) {
            throw new InputException((summary ? "--summary" : "--confusion") + ": expected with --labels");
        }
        if (picture != null) {
            OutputOptions.requireWritable(picture);
        }
        Model model = Model.read(modelPath);
        if (model.classes() == 0) {
            throw InputException.in(modelPath, "tells no classes apart", "a model of bitlift train --task classify");
        }
        List<ClassifyInput> inputs = files.stream().map(file -> ClassifyInput.read(file, model, resize)).toList();
        List<String> names = inputs.stream().flatMap(input -> input.names().stream()).toList();
        byte[] labels = labelPath == null ? null : labels(names.size());
        ObjectNode report = Json.object().put("command", "classify").put("version", Version.text());
        float[] scores = scores(model, inputs, report);
        report(model, names, scores, labels, report);
        return ExitCode.DONE;
    }

    private byte[] labels(int images) {
        byte[] labels = Idx.labels(labelPath);
        if (labels.length != images) {
            throw InputException.in(labelPath, labels.length + " labels for " + images + " images",
                    "as many labels as images");
        }
        return labels;
    }

    private float[] scores(Model model, List<ClassifyInput> inputs, ObjectNode report) {
        List<float[]> parts = new ArrayList<>();
        try (Backends backends = Backends.open(backend, output.remarks(spec))) {
            backends.describe(report);
            for (ClassifyInput input : inputs) {
                parts.add(model.apply(backends.backend(), input.pixels(), input.names().size()));
            }
        }
        float[] all = new float[parts.stream().mapToInt(part -> part.length).sum()];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    private void report(Model model, List<String> names, float[] scores, byte[] labels, ObjectNode report) {
        PrintWriter out = spec.commandLine().getOut();
        report.put("model", modelPath.toString());
        int classes = model.classes();
        byte[] predictions = Confusion.largest(scores, classes);
        for (int i = 0; i < names.size(); i++) {
            int predicted = predictions[i];
            float[] own = Arrays.copyOfRange(scores, i * classes, (i + 1) * classes);
            ObjectNode entry = report.withArray("images").addObject();
            entry.put("image", names.get(i)).put("class", predicted).put("score", own[predicted]);
            entry.set("scores", Json.MAPPER.valueToTree(own));
            if (labels != null) {
                entry.put("label", labels[i]);
            }
            if (!summary) {
                out.println(String.format(Locale.ROOT, "%s: %d, score %.3f%s", names.get(i), predicted, own[predicted],
                        labels == null || labels[i] == predicted ? "" : ", wrong: it is " + labels[i]));
            }
        }
        if (labels != null) {
            judge(Confusion.of(predictions, labels, classes), report, out);
        }
        if (output.json != null) {
            Json.write(output.json, report);
        }
    }

    private void judge(Confusion confusion, ObjectNode report, PrintWriter out) {
        out.println("accuracy " + ClassMetrics.percent(confusion.accuracy()) + ", " + confusion.correct() + " of "
                + confusion.total());
        out.print(ClassMetrics.table(confusion));
        report.put("accuracy", confusion.accuracy());
        report.set("confusion", Json.MAPPER.valueToTree(confusion.counts()));
        if (picture != null) {
            ConfusionPicture.write(picture, "Confusion, " + ClassMetrics.percent(confusion.accuracy()), confusion.counts());
        }
    }
}

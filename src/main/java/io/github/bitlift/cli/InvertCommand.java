package io.github.bitlift.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.bitlift.backend.NoRoomException;
import io.github.bitlift.inversion.ImageVariation;
import io.github.bitlift.inversion.Inversion;
import io.github.bitlift.inversion.Inversion.Recovered;
import io.github.bitlift.inversion.Steps;
import io.github.bitlift.io.InputException;
import io.github.bitlift.io.Psnr;
import io.github.bitlift.numerics.Philox;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code bitlift invert}. */
@Command(
        name = "invert",
        header = "Recovers a model's inputs from its outputs, with total variation.",
        sortOptions = false,
        description = {
            "Takes codes, the outputs of the layers that are inverted, or images that it first turns into noisy codes.",
            "Of an autoencoder the layers up to its code are inverted, of other chains of layers all of them.",
            "Writes NAME-inverted.png for each image, inverted.npy with all of them, and sheet.png: truth, what the",
            "model's own decoder makes of the code, and the inversion, as far as there are such things."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  bitlift invert --model out/autoencoder/model.safetensors --image digits/ --noise 0.02 --rho 0.002"
                    + " --iterations 3000",
            "  bitlift invert --model out/perceptron/model.safetensors --code codes.npy --height 28 --width 28"
        })
final class InvertCommand implements Callable<Integer> {
    private static final long NOISE_STREAM = 3000;

    @Mixin
    private InvertOptions options;

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
        options.check();
        OutputOptions.requireApart("--out", options.out, "--json", output.json);
        Graphics.require("invert", "use the full build");
        Model model = Model.read(options.modelPath);
        ImageVariation shape = options.shape(model);
        List<InvertInput> inputs = options.read(shape);
        requirePlaces(inputs);
        ObjectNode report = Json.object().put("command", "invert").put("version", Version.text());
        PrintWriter remarks = output.remarks(spec);
        try (Backends backends = Backends.open(backend, remarks)) {
            backends.describe(report);
            try (InvertedModel inverted = new InvertedModel(model, backends.backend(), options.layers)) {
                if (options.inner != null && inverted.layers().size() == 1) {
                    throw new InputException("--inner " + options.inner
                            + ": a single layer has no outer iterations; expected --iterations alone");
                }
                InvertResults results = invert(inverted, shape, inputs, backends, report);
                results.write(options.out, shape);
                results.report(spec.commandLine().getOut(), report, options.out);
                if (output.json != null) {
                    Json.write(output.json, report);
                }
                return results.diverged() ? ExitCode.CHECK_FAILED : ExitCode.DONE;
            }
        } catch (OutOfMemoryError problem) {
            throw Failures.outOfMemory(problem);
        }
    }

    /** Refuses what can't be written, or would overwrite what is read or another result. */
    private void requirePlaces(List<InvertInput> inputs) {
        Set<Path> read = inputs.stream().map(input -> input.path().toAbsolutePath().normalize()).collect(Collectors.toSet());
        for (Path result : InvertResults.paths(options.out, InvertInput.names(inputs))) {
            OutputOptions.requireApart("a result in --out", result, "--json", output.json);
            if (read.contains(result.toAbsolutePath().normalize())) {
                throw InputException.in(result, "is read, and a result in --out would overwrite it", "another --out");
            }
            if (Files.isDirectory(options.out)) {
                OutputOptions.requireWritable(result);
            }
        }
    }

    /** Some images at once take more memory than there is. */
    private static InputException tooMany(int count, ImageVariation shape, Backends backends, Throwable problem) {
        OptionalLong device = backends.backend().deviceMemory();
        String where = device.isPresent()
                ? backends.backend().name() + " has, where " + MemorySize.text(device.getAsLong()) + " are free"
                : "a Java heap of " + MemorySize.text(Runtime.getRuntime().maxMemory()) + " has";
        return new InputException("inverting " + (count == 1 ? "an image of " : count + " images at once, of ") + shape.height()
                + " x " + shape.width() + ", takes more memory than " + where + "; expected "
                + (count == 1 ? "a model of smaller images" : "a --batch below " + count)
                + (device.isPresent() ? "" : ", or a larger BITLIFT_MEMORY (such as 8g)"), problem);
    }

    private InvertResults invert(
            InvertedModel model, ImageVariation shape, List<InvertInput> inputs, Backends backends, ObjectNode report) {
        List<String> names = InvertInput.names(inputs);
        try {
            return invert(model, shape, inputs, names, backends, report);
        } catch (NoRoomException problem) {
            throw tooMany(Math.min(options.batch, names.size()), shape, backends, problem);
        }
    }

    private InvertResults invert(
            InvertedModel model, ImageVariation shape, List<InvertInput> inputs, List<String> names, Backends backends,
            ObjectNode report) {
        if (!options.codes.isEmpty()) {
            inputs.forEach(input -> input.requireWidth(model.outputs(), "the model's code"));
        }
        boolean fromImages = options.codes.isEmpty();
        float[] input = InvertInput.join(inputs);
        float[] truth = fromImages ? input : null;
        float[] given = fromImages ? noisy(model.encode(input, names.size(), options.batch), model.outputs()) : input;
        List<Recovered> found = new ArrayList<>();
        Steps steps = null;
        for (int at = 0; at < names.size(); at += options.batch) {
            int count = Math.min(options.batch, names.size() - at);
            float[] own = truth == null ? null
                    : Arrays.copyOfRange(truth, at * shape.pixels(), (at + count) * shape.pixels());
            try (Inversion inversion = open(model, shape, backends, count)) {
                steps = inversion.steps();
                found.addAll(run(
                        inversion, Arrays.copyOfRange(given, at * model.outputs(), (at + count) * model.outputs()), own,
                        model.layers().size(),
                        names.size() <= options.batch ? "inverting" : "inverting " + at + " to " + (at + count - 1)));
            } catch (OutOfMemoryError problem) {
                throw tooMany(count, shape, backends, problem);
            }
        }
        report.put("model", options.modelPath.toString()).put("layers", model.layers().size()).put("rho", options.rho)
                .put("tau_x", steps.x()).put("tau_z", steps.z());
        report.set("noise", Json.number(options.noise));
        return new InvertResults(names, truth, model.decode(given, names.size(), options.batch), found);
    }

    private Inversion open(InvertedModel model, ImageVariation shape, Backends backends, int count) {
        try {
            return Inversion.of(
                    backends.backend(), model.layers(), shape, options.of(model.layers().size()), count);
        } catch (IllegalArgumentException problem) {
            throw new InputException(problem.getMessage(), problem);
        }
    }

    private List<Recovered> run(Inversion inversion, float[] given, float[] truth, int layerCount, String title) {
        try (Progress progress = Progress.of(
                title, "iteration", 0, options.most(layerCount), output.remarks(spec), output.quiet)) {
            return inversion.run(given, Inversion.Start.ZERO, (iteration, change, now) -> {
                String text = String.format(Locale.ROOT, "change %.2g", change);
                progress.note(truth == null || output.quiet ? text
                        : text + String.format(Locale.ROOT, ", PSNR %.2f dB", Psnr.of(Psnr.mse(now.get(), truth))));
                progress.step(iteration);
            });
        }
    }

    /** Sample i takes its noise from a stream of its own. */
    private float[] noisy(float[] clean, int numbers) {
        if (options.noise == null) {
            return clean;
        }
        float deviation = options.noise.floatValue();
        for (int i = 0; i < clean.length; i++) {
            clean[i] = Math.fma(deviation, new Philox(options.noiseSeed(), NOISE_STREAM + i / numbers).normal(i % numbers), clean[i]);
        }
        return clean;
    }
}

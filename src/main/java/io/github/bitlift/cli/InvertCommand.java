package io.github.bitlift.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.bitlift.inversion.Inversion;
import io.github.bitlift.inversion.Inversion.Recovered;
import io.github.bitlift.inversion.Steps;
import io.github.bitlift.inversion.TotalVariation;
import io.github.bitlift.io.InputException;
import io.github.bitlift.io.Psnr;
import io.github.bitlift.numerics.Philox;
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
            "  bitlift invert --model out/autoencoder/model.safetensors --image digits/ --noise 0.1 --rho 0.07",
            "  bitlift invert --model out/perceptron/model.safetensors --code codes.npy --height 28 --width 28"
        })
final class InvertCommand implements Callable<Integer> {
    private static final long NOISE_STREAM = 3000;
    private static final int ONE_LAYER = 1000;
    private static final int SEVERAL_LAYERS = 500;

    @Option(names = "--model", paramLabel = "MODEL", required = true, order = 1,
            description = "model.safetensors, with its manifest.json beside it.")
    private Path modelPath;

    @Option(names = "--code", paramLabel = "PATH", order = 2,
            description = "A float32 .npy table [samples, numbers of a code], or a folder of them; can be given several times.")
    private List<Path> codes = new ArrayList<>();

    @Option(names = "--image", paramLabel = "PATH", order = 3,
            description = "Instead of --code: a PNG or JPEG picture, a table [samples, pixels], or a folder of them; can be"
                    + " given several times.")
    private List<Path> images = new ArrayList<>();

    @Option(names = "--noise", paramLabel = "S", order = 4,
            description = "With --image: standard deviation of Gaussian noise added to the codes (default: 0).")
    private Double noise;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", order = 5,
            description = "Of --noise (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--rho", paramLabel = "R", defaultValue = "0.07", order = 6,
            description = "Weight of the total variation (default: ${DEFAULT-VALUE}).")
    private double rho;

    @Option(names = "--anisotropic", order = 7, description = "Sum of absolute differences in place of Euclidean norms.")
    private boolean anisotropic;

    @Option(names = "--layers", paramLabel = "N", order = 8, description = "Invert the first N layers.")
    private Integer layers;

    @Option(names = "--iterations", paramLabel = "N", order = 9,
            description = "At most: primal-dual steps for one layer (default: " + ONE_LAYER + "), else outer iterations"
                    + " (default: " + SEVERAL_LAYERS + ").")
    private Integer iterations;

    @Option(names = "--inner", paramLabel = "N", order = 10,
            description = "With several layers: primal-dual steps on the input per outer iteration (default: 10).")
    private Integer inner;

    @Option(names = "--tolerance", paramLabel = "T", defaultValue = "1e-5", order = 11,
            description = "An image is done when nothing changes by more than this in norm (default: ${DEFAULT-VALUE}).")
    private double tolerance;

    @Option(names = "--check-every", paramLabel = "N", defaultValue = "10", order = 12,
            description = "Iterations from one look at that to the next (default: ${DEFAULT-VALUE}).")
    private int every;

    @Option(names = "--tau-x", paramLabel = "T", order = 13,
            description = "Step on the input (default: 1.99/(||W||^2 + 2 rho)); with --tau-z.")
    private Double tauX;

    @Option(names = "--tau-z", paramLabel = "T", order = 14,
            description = "Step on the dual variable (default: 1/(8 rho)); with --tau-x.")
    private Double tauZ;

    @Option(names = "--height", paramLabel = "H", order = 15,
            description = "Of an image (default: the model's, or square); with --width.")
    private Integer height;

    @Option(names = "--width", paramLabel = "W", order = 16, description = "Of an image; with --height.")
    private Integer width;

    @Option(names = "--resize", order = 17, description = "Bring pictures of another size to the model's.")
    private boolean resize;

    @Option(names = "--batch", paramLabel = "N", defaultValue = "100", order = 18,
            description = "Images at once (default: ${DEFAULT-VALUE}). The bits are the same.")
    private int batch;

    @Option(names = "--out", paramLabel = "DIR", defaultValue = "out/invert", order = 19,
            description = "Where results go (default: ${DEFAULT-VALUE}).")
    private Path out;

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
        checkOptions();
        Model model = Model.read(modelPath);
        TotalVariation shape = shape(model);
        ObjectNode report = Json.object().put("command", "invert").put("version", Version.text());
        PrintWriter remarks = output.remarks(spec);
        try (Backends backends = Backends.open(backend, remarks)) {
            backends.describe(report);
            try (InvertedModel inverted = new InvertedModel(model, backends.backend(), layers)) {
                boolean hasOne = inverted.layers().size() == 1;
                if (hasOne && inner != null) {
                    throw new InputException("--inner " + inner + ": a single layer has no outer iterations; expected --iterations"
                            + " alone");
                }
                InvertResults results = invert(inverted, shape, backends, report);
                results.write(out, shape);
                results.report(spec.commandLine().getOut(), report, out);
                if (output.json != null) {
                    Json.write(output.json, report);
                }
                return results.diverged() ? ExitCode.CHECK_FAILED : ExitCode.DONE;
            }
        } catch (OutOfMemoryError problem) {
            throw Failures.outOfMemory(problem);
        }
    }

    private void checkOptions() {
        if (codes.isEmpty() == images.isEmpty()) {
            throw new InputException("invert: expected either --code or --image");
        }
        if (noise != null && images.isEmpty()) {
            throw new InputException("--noise " + noise + ": expected with --image, as codes are taken as they are");
        }
        if (noise != null && !(noise >= 0 && noise < Float.MAX_VALUE)) {
            throw new InputException("--noise " + noise + ": expected a finite number of at least 0");
        }
        Values.positive("--rho", rho);
        if ((tauX == null) != (tauZ == null)) {
            throw new InputException((tauX == null ? "--tau-z" : "--tau-x") + ": expected --tau-x and --tau-z together");
        }
        if (tauX != null) {
            Values.positive("--tau-x", tauX);
            Values.positive("--tau-z", tauZ);
        }
        if (!(tolerance >= 0 && tolerance < Double.POSITIVE_INFINITY)) {
            throw new InputException("--tolerance " + tolerance + ": expected a finite number of at least 0");
        }
        Values.atLeast("--check-every", every, 1);
        Values.atLeast("--batch", batch, 1);
        for (Object[] each : new Object[][] {
            {"--layers", layers}, {"--iterations", iterations}, {"--inner", inner}, {"--height", height}, {"--width", width}
        }) {
            if (each[1] != null) {
                Values.atLeast((String) each[0], (Integer) each[1], 1);
            }
        }
        if ((height == null) != (width == null)) {
            throw new InputException((height == null ? "--width" : "--height") + ": expected --height and --width together");
        }
    }

    private TotalVariation shape(Model model) {
        int inputs = model.inputs();
        if (height != null) {
            if ((long) height * width != inputs) {
                throw new InputException("--height " + height + " --width " + width + ": " + (long) height * width
                        + " pixels; expected " + inputs + ", the model's inputs");
            }
            return new TotalVariation(height, width, !anisotropic);
        }
        if (model.rows() > 0 && model.rows() * model.columns() == inputs) {
            return new TotalVariation(model.rows(), model.columns(), !anisotropic);
        }
        int side = (int) Math.round(Math.sqrt(inputs));
        if (side * side != inputs) {
            throw InputException.in(modelPath, "takes " + inputs + " features, which make no square image",
                    "--height and --width");
        }
        return new TotalVariation(side, side, !anisotropic);
    }

    private InvertResults invert(InvertedModel model, TotalVariation shape, Backends backends, ObjectNode report) {
        boolean fromImages = codes.isEmpty();
        List<InvertInput> inputs = fromImages
                ? InvertInput.files(images, "(?i).*\\.(png|jpe?g|npy)", "pictures or .npy tables").stream()
                        .map(file -> InvertInput.image(file, shape, resize)).toList()
                : InvertInput.files(codes, ".*\\.npy", ".npy tables").stream()
                        .map(file -> InvertInput.table(file, model.outputs(), "the model's code")).toList();
        List<String> names = InvertInput.names(inputs);
        float[] truth = fromImages ? InvertInput.join(inputs) : null;
        float[] given = fromImages ? noisy(model.encode(truth, names.size()), model.outputs()) : InvertInput.join(inputs);
        List<Recovered> found = new ArrayList<>();
        Steps steps = null;
        for (int at = 0; at < names.size(); at += batch) {
            int count = Math.min(batch, names.size() - at);
            float[] own = truth == null ? null : Arrays.copyOfRange(truth, at * shape.pixels(), (at + count) * shape.pixels());
            try (Inversion inversion = open(model, shape, backends, count)) {
                steps = inversion.steps();
                found.addAll(run(
                        inversion, Arrays.copyOfRange(given, at * model.outputs(), (at + count) * model.outputs()), own,
                        model.layers().size(), names.size() <= batch ? "inverting" : "inverting " + at + " to " + (at + count - 1)));
            }
        }
        report.put("model", modelPath.toString()).put("layers", model.layers().size()).put("rho", rho)
                .put("tau_x", steps.x()).put("tau_z", steps.z());
        report.set("noise", Json.number(noise));
        return new InvertResults(names, truth, model.decode(given, names.size()), found);
    }

    private Inversion open(InvertedModel model, TotalVariation shape, Backends backends, int count) {
        Steps steps = tauX == null ? null : new Steps(tauX.floatValue(), tauZ.floatValue());
        int most = most(model.layers().size());
        try {
            return Inversion.of(
                    backends.backend(), model.layers(), shape,
                    new Inversion.Options((float) rho, steps, most, inner == null ? 10 : inner, tolerance, every), count);
        } catch (IllegalArgumentException problem) {
            throw new InputException(problem.getMessage(), problem);
        }
    }

    private int most(int layerCount) {
        return iterations != null ? iterations : layerCount == 1 ? ONE_LAYER : SEVERAL_LAYERS;
    }

    private List<Recovered> run(Inversion inversion, float[] given, float[] truth, int layerCount, String title) {
        try (Progress progress = Progress.of(title, "iteration", 0, most(layerCount), output.remarks(spec), output.quiet)) {
            return inversion.run(given, Inversion.Start.ZERO, (iteration, change, now) -> {
                String text = String.format(Locale.ROOT, "change %.2g", change);
                progress.note(truth == null || output.quiet ? text
                        : text + String.format(Locale.ROOT, ", PSNR %.2f dB", Psnr.of(Psnr.mse(now.get(), truth))));
                progress.step(iteration);
            });
        }
    }

    /** Sample i takes its noise from a stream of its own. */
    private float[] noisy(float[] clean, int width) {
        if (noise == null) {
            return clean;
        }
        float deviation = noise.floatValue();
        for (int i = 0; i < clean.length; i++) {
            clean[i] = Math.fma(deviation, new Philox(seed, NOISE_STREAM + i / width).normal(i % width), clean[i]);
        }
        return clean;
    }
}

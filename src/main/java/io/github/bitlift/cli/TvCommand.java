package io.github.bitlift.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.bitlift.backend.NoRoomException;
import io.github.bitlift.backend.TvPdhg.Rule;
import io.github.bitlift.io.ImageSheet;
import io.github.bitlift.io.InputException;
import io.github.bitlift.io.Psnr;
import io.github.bitlift.io.SampleSheet;
import io.github.bitlift.numerics.Digest;
import io.github.bitlift.solver.TotalVariation;
import io.github.bitlift.solver.TotalVariation.Model;
import io.github.bitlift.solver.TotalVariation.Outcome;
import io.github.bitlift.solver.TotalVariationSettings;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bitlift tv}. */
@Command(
        name = "tv",
        header = "Denoises pictures by total variation.",
        sortOptions = false,
        description = {
            "Finds x with the least 1/2 |x - f|^2 + lambda TV(x) for every image f by itself (Rudin, Osher and",
            "Fatemi), with a duality gap that says how near x is. Takes a grey PNG or JPEG picture, scaled to",
            "[0, 1] (a PNG of 16 bits gives one of 16 bits), or a float32 .npy array [H, W] or [n, H, W] as it is."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  bitlift tv noisy.png --lambda 0.1 --out clean.png",
            "  bitlift tv noisy.npy --lambda 0.1 --out clean.npy --truth truth.npy --sheet sheet.png --json tv.json"
        })
final class TvCommand implements Callable<Integer> {
    private static final List<String> RULES =
            Stream.of(Rule.values()).map(rule -> rule.name().toLowerCase(Locale.ROOT)).toList();

    @Parameters(index = "0", paramLabel = "IN", description = "A grey picture, or an .npy array.")
    private Path in;

    @Option(names = "--lambda", paramLabel = "X", required = true, order = 1,
            description = "How much variation costs, in the data's unit: more is smoother; 0 gives the input itself.")
    private double lambda;

    @Option(names = "--out", paramLabel = "OUT", required = true, order = 2,
            description = "Where the result goes: .png for a picture, .npy for an array.")
    private Path out;

    @Option(names = "--anisotropic", order = 3,
            description = "Add up the differences down and to the right by magnitude, which favours edges along the axes.")
    private boolean anisotropic;

    @Option(names = "--rule", paramLabel = "RULE", defaultValue = "adaptive", order = 4,
            description = "Step sizes: fixed, accelerated or adaptive (default: ${DEFAULT-VALUE}).")
    private String rule;

    @Option(names = "--tau", paramLabel = "T", defaultValue = "0.3", order = 5,
            description = "The first step in x; that in the dual variable follows from it (default: ${DEFAULT-VALUE}).")
    private double tau;

    @Option(names = "--iterations", paramLabel = "N", defaultValue = "2000", order = 6,
            description = "At most so many (default: ${DEFAULT-VALUE}).")
    private long iterations;

    @Option(names = "--gap", paramLabel = "G", defaultValue = "1e-6", order = 7,
            description = "Stop an image when its duality gap per pixel is at most G; the root mean square error is at most the"
                    + " root of 2 G then, as far as binary32 tells (1e-10 is rounding). In squares of the data's unit; 0 for never (default: ${DEFAULT-VALUE}).")
    private double gap;

    @Option(names = "--change", paramLabel = "C", defaultValue = "0", order = 8,
            description = "Stop an image when an iteration changes x and the dual variable by at most C in root mean square; 0"
                    + " for never (default: ${DEFAULT-VALUE}).")
    private double change;

    @Option(names = "--truth", paramLabel = "TRUTH", order = 9,
            description = "The images without noise, of IN's kind and shape, for the PSNR (peak 1).")
    private Path truthPath;

    @Option(names = "--sheet", paramLabel = "FILE", order = 10,
            description = "Also draw input, result and, if there is one, truth side by side, of the first images, as a PNG.")
    private Path sheet;

    @Option(names = "--memory-limit", paramLabel = "SIZE", order = 11,
            description = "Memory that numbers may take, on the backend and on the Java heap, such as 512m or 2g: arrays are"
                    + " worked on in parts that fit (default: what the Java heap holds).")
    private String memoryLimit;

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
        OutputOptions.requireWritable(out);
        OutputOptions.requireApart("--out", out, "--sheet", sheet);
        OutputOptions.requireApart("--out", out, "--json", output.json);
        OutputOptions.requireApart("--sheet", sheet, "--json", output.json);
        OutputOptions.requireApart("IN", in, "--sheet", sheet);
        OutputOptions.requireApart("IN", in, "--json", output.json);
        OutputOptions.requireApart("--truth", truthPath, "--out", out);
        OutputOptions.requireApart("--truth", truthPath, "--sheet", sheet);
        OutputOptions.requireApart("--truth", truthPath, "--json", output.json);
        if (sheet != null) {
            Graphics.require("--sheet " + sheet, "use the full build, or leave it out");
            OutputOptions.requireWritable(sheet);
        }
        if (!TvImages.isArray(in)) {
            Graphics.require("tv " + in, "use the full build, or .npy arrays");
        }
        Backends.check(backend);
        float weight = (float) Values.notNegative("--lambda", lambda);
        TotalVariationSettings settings = settings(weight);
        Long limit = memoryLimit == null ? null : MemorySize.parse("--memory-limit", memoryLimit);
        int count = 1;
        try {
            TvImages input = TvImages.read(in);
            count = input.images().count();
            denoise(input, weight, settings, limit);
        } catch (OutOfMemoryError problem) {
            throw exceeded(count, problem);
        } catch (NoRoomException problem) {
            throw problem.getCause() instanceof OutOfMemoryError ? exceeded(count, problem) : problem;
        }
        return ExitCode.DONE;
    }

    private InputException exceeded(int count, Throwable problem) {
        try (Backends backends = Backends.open(backend, new PrintWriter(Writer.nullWriter()))) {
            return TvMemory.exceeded(in, count, truthPath != null, backends.backend(), problem);
        }
    }

    private void denoise(TvImages input, float weight, TotalVariationSettings settings, Long limit) {
        input.requireSameKind(out);
        TvImages truth = truthPath == null ? null : TvImages.read(truthPath);
        if (truth != null) {
            input.requireSameSize(truth);
        }
        Model model = model(input, weight);
        ObjectNode report = Json.object().put("command", "tv").put("version", Version.text());
        TvRun run;
        try (Backends backends = Backends.open(backend, output.remarks(spec))) {
            TvMemory memory = TvMemory.of(input, truth != null, limit, backends.backend());
            backends.describe(report);
            memory.limit(backends.backend());
            try (Progress progress = progress(input, memory)) {
                run = TvRun.of(backends.backend(), model, settings, input, truth, memory.atOnce(), progress);
            }
            memory.report(report, backends.backend());
        }
        input.write(out, run.x());
        if (sheet != null) {
            draw(input, truth, run.x());
        }
        report(input, truth, run, report);
    }

    private Model model(TvImages input, float weight) {
        try {
            return new Model(input.images().height(), input.images().width(), !anisotropic, weight);
        } catch (IllegalArgumentException tooLarge) {
            throw new InputException(in + ": " + tooLarge.getMessage(), tooLarge);
        }
    }

    private TotalVariationSettings settings(float weight) {
        String name = Choice.require("--rule", rule, RULES);
        Values.atLeast("--iterations", iterations, 0);
        Values.atMost("--iterations", iterations, TotalVariation.MOST_ITERATIONS);
        Values.positive("--tau", tau);
        TotalVariationSettings settings = new TotalVariationSettings(
                Rule.valueOf(name.toUpperCase(Locale.ROOT)), (float) tau, null, (int) iterations,
                TotalVariationSettings.DEFAULT.checkEvery(), tolerance("--gap", gap), tolerance("--change", change));
        try {
            settings.requireStable(weight);
        } catch (IllegalArgumentException unstable) {
            throw new InputException("--tau and --lambda: " + unstable.getMessage(), unstable);
        }
        return settings;
    }

    private static double tolerance(String option, double value) {
        return Values.notNegative(option, value) == 0 ? TotalVariationSettings.NEVER : value;
    }

    private Progress progress(TvImages input, TvMemory memory) {
        int parts = (input.images().count() + memory.atOnce() - 1) / memory.atOnce();
        return Progress.of("tv", "iteration", 0, parts * iterations, output.remarks(spec), output.quiet);
    }

    private void draw(TvImages input, TvImages truth, float[] x) {
        int height = input.images().height();
        int width = input.images().width();
        String title = "Total variation, lambda " + lambda;
        int shown = Math.min(SampleSheet.MOST, input.images().count());
        if (truth != null) {
            SampleSheet.write(sheet, title,
                    new SampleSheet.Pictures(input.images().values(), truth.images().values(), shown, height, width),
                    List.of(new SampleSheet.Restoration("result", x)));
            return;
        }
        ImageSheet drawn = new ImageSheet(
                title, width, height, 1, List.of(ImageSheet.Column.grey("input"), ImageSheet.Column.grey("result")));
        int pixels = input.images().pixels();
        for (int i = 0; i < shown; i++) {
            drawn.row(new ImageSheet.Tile(input.part(i, 1), ""),
                    new ImageSheet.Tile(Arrays.copyOfRange(x, i * pixels, (i + 1) * pixels), ""));
        }
        drawn.write(sheet);
    }

    private void report(TvImages input, TvImages truth, TvRun run, ObjectNode report) {
        String digest = Digest.of(run.x());
        spec.commandLine().getOut().println(in + " -> " + out + ": " + input.shape() + ", " + run.text());
        if (truth != null) {
            double before = psnr(input.images().values(), truth);
            double after = psnr(run.x(), truth);
            spec.commandLine().getOut().println(
                    String.format(Locale.ROOT, "PSNR: input %.2f dB, result %.2f dB", before, after));
            report.set("psnr_input", Json.number(before));
            report.set("psnr_result", Json.number(after));
        }
        spec.commandLine().getOut().println("digest " + digest);
        if (output.json == null) {
            return;
        }
        report.put("input", in.toString()).put("out", out.toString()).put("images", input.images().count())
                .put("height", input.images().height()).put("width", input.images().width()).put("lambda", lambda)
                .put("isotropic", !anisotropic).put("rule", rule).put("tau", tau).put("iterations", iterations)
                .put("gap", gap).put("change", change).put("digest", digest);
        for (Outcome outcome : run.outcomes()) {
            ObjectNode entry = report.withArray("outcomes").addObject();
            entry.put("stopped", outcome.reason().name().toLowerCase(Locale.ROOT)).put("iterations", outcome.iterations());
            entry.set("gap", Json.number(outcome.gap()));
            entry.set("change_x", Json.number(outcome.changeX()));
            entry.set("change_z", Json.number(outcome.changeZ()));
        }
        Json.write(output.json, report);
    }

    private static double psnr(float[] values, TvImages truth) {
        return Psnr.of(Psnr.mse(values, truth.images().values()));
    }
}

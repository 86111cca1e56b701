package io.github.bitlift.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code bitlift demo}. */
@Command(
        name = "demo",
        header = "Lifted and conventional training side by side on real digits, in about a minute.",
        sortOptions = false,
        description = {
            "Trains the same 7-layer soft-threshold network to denoise real digits, once by lifted Bregman",
            "training and once by back-propagation, from the same weights and on the same mini-batches, for",
            "two thresholds; compares them on digits that training never saw."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  bitlift demo",
            "  bitlift demo --images 500 --out /tmp/demo --json demo.json"
        })
final class DemoCommand implements Callable<Integer> {
    @Option(names = "--out", paramLabel = "DIR", defaultValue = "out/demo", order = 1,
            description = "Where pictures, curves, metrics and models go (default: ${DEFAULT-VALUE}).")
    private Path out;

    @Option(names = "--images", paramLabel = "N", order = 2,
            description = "Train on the first N digits (default: 5000, all that are bundled).")
    private Integer images;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", order = 3,
            description = "Of weights, noise and batches (default: ${DEFAULT-VALUE}).")
    private long seed;

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
        DemoRecipe recipe = DemoRecipe.standard();
        if (images != null) {
            recipe = recipe.withImages((int) Values.atLeast("--images", images, 1));
        }
        DemoFolder folder = new DemoFolder(out);
        folder.requireOwn(names(recipe));
        TrainingData data =
                TrainingData.load(new ConfigResolver(recipe.options(true, recipe.lambdas()[0], seed)).source());
        long start = System.nanoTime();
        List<DemoRun> runs = new ArrayList<>();
        PrintWriter remarks = output.remarks(spec);
        try (Backends backends = Backends.open(backend, remarks)) {
            remarks.println(data.description());
            for (double lambda : recipe.lambdas()) {
                runs.add(run(recipe, true, lambda, data, folder, backends));
                runs.add(run(recipe, false, lambda, data, folder, backends));
            }
        }
        double psnrInput = RunReport.psnrInput(data);
        folder.draw(data, runs, psnrInput);
        report(recipe, data, runs, psnrInput, (System.nanoTime() - start) * 1e-9);
        return ExitCode.DONE;
    }

    private static List<String> names(DemoRecipe recipe) {
        List<String> names = new ArrayList<>();
        for (double lambda : recipe.lambdas()) {
            names.add(DemoRun.folder(true, lambda));
            names.add(DemoRun.folder(false, lambda));
        }
        return names;
    }

    private DemoRun run(
            DemoRecipe recipe, boolean lifted, double lambda, TrainingData data, DemoFolder folder, Backends backends) {
        ConfigResolver resolver = new ConfigResolver(recipe.options(lifted, lambda, seed));
        RunConfig config = resolver.resolve(resolver.source(), data, null);
        PrintWriter remarks = output.remarks(spec);
        String title = (lifted ? "lifted Bregman" : "back-propagation") + ", lambda " + lambda;
        remarks.println("training: " + title);
        TrainingSession session = new TrainingSession(
                config, data, null, recipe.settings(), folder.run(DemoRun.folder(lifted, lambda)),
                new TrainingSession.Console(title, remarks, output.quiet, main.afterStep()));
        return new DemoRun(lifted, lambda, session.start(backends, null));
    }

    private void report(
            DemoRecipe recipe, TrainingData data, List<DemoRun> runs, double psnrInput, double seconds) {
        DemoRun best = runs.stream().max(Comparator.comparingDouble(DemoRun::psnrValidation)).orElseThrow();
        PrintWriter to = spec.commandLine().getOut();
        table(to, runs, psnrInput);
        conclude(to, best, psnrInput);
        ObjectNode report = Json.object().put("command", "demo").put("version", Version.text());
        report.put("seconds", seconds).put("seed", seed).put("data", data.description());
        report.put("epochs", recipe.epochs()).put("psnr_input", psnrInput);
        report.put("recommended", DemoRun.folder(best.lifted(), best.lambda()));
        runs.forEach(run -> report.withArray("runs").add(run.outcome().report()));
        Json.write(out.resolve("report.json"), report);
        if (output.json != null) {
            Json.write(output.json, report);
        }
    }

    private static void table(PrintWriter to, List<DemoRun> runs, double psnrInput) {
        to.println();
        to.println("method            lambda   train PSNR   validation PSNR   gain over input   seconds");
        to.println("----------------  ------   ----------   ---------------   ---------------   -------");
        for (DemoRun run : runs) {
            to.printf(
                    Locale.ROOT, "%-16s  %6s   %7.2f dB   %12.2f dB   %+12.2f dB   %7.1f%n", run.method(), run.lambda(),
                    run.outcome().row().psnrTrain(), run.psnrValidation(), run.psnrValidation() - psnrInput,
                    run.seconds());
        }
        to.printf(Locale.ROOT, "%-16s  %6s   %7s      %12.2f dB%n", "noisy input", "", "", psnrInput);
        to.println();
    }

    private void conclude(PrintWriter to, DemoRun best, double psnrInput) {
        String name = best.method() + " with lambda " + best.lambda();
        double gain = best.psnrValidation() - psnrInput;
        to.printf(
                Locale.ROOT,
                gain > 0 ? "Best on digits that training never saw: %s, %.2f dB better than the noisy input.%n"
                        : "Best on digits that training never saw: %s, but %.2f dB worse than the noisy input;"
                                + " it needs more digits or epochs.%n",
                name, Math.abs(gain));
        to.println("This was a short run; to go further: ./bitlift train --task denoise --batch 100 --epochs 10");
        to.println("Look at " + out.resolve("samples.png") + " and " + out.resolve("curves.png") + ", then try:");
        to.println("  ./bitlift restore " + out.resolve(DemoRun.folder(best.lifted(), best.lambda()))
                .resolve("model.safetensors") + " " + out.resolve("noisy-1.png") + " " + out.resolve("noisy-2.png"));
    }
}
